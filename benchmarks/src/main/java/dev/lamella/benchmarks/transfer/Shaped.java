package dev.lamella.benchmarks.transfer;

import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.transfer.Plain.Piece;
import dev.lamella.core.LayerId;
import dev.lamella.embedded.Shaping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer to and from an S3 that is far away: 4 MB/s a connection and 20 ms a request, which is
 * to a small machine what S3's 85 MB/s a connection is to a fast host. Against one stream of the
 * same bytes through the same S3.
 */
final class Shaped {
  static final Shaping FAR_AWAY = new Shaping(4_000_000, Duration.ofMillis(20));

  private static final double PUSH_TARGET = 10;
  private static final double PULL_TARGET = 15;

  private final Path template;
  private final Workspace workspace;
  private final Timer timer;

  Shaped(Path template, Workspace workspace, Timer timer) {
    this.template = template;
    this.workspace = workspace;
    this.timer = timer;
  }

  /**
   * @param size of the layer, in bytes; one object of S3 has to hold it
   */
  List<Comparison> run(int size, int rounds) throws IOException {
    List<Double> pushes = new ArrayList<>();
    List<Double> pulls = new ArrayList<>();
    List<Double> puts = new ArrayList<>();
    List<Double> gets = new ArrayList<>();
    try (Store store = Store.start(template, workspace.make("shaped"), FAR_AWAY)) {
      warmUp(store, size);
      for (int round = 1; round <= rounds; round++) {
        RandomImage image = RandomImage.make(workspace.make("image"), 1, size);
        String name = "shaped/round" + round;
        pushes.add(timer.time("push " + round, () -> store.push(image, name)));
        Path target = workspace.make("pulled");
        pulls.add(timer.time("pull " + round, () -> store.pull(name, target)));
        if (round == 1) {
          // Slow, and the same each time: once is enough.
          LayerId object = LayerId.random();
          Piece whole = new Piece(store.signPut(object, 0, size), 0, size);
          puts.add(timer.time("one stream, put", () -> Plain.put(image.file(), List.of(whole), 1)));
          gets.add(timer.time("one stream, get", () -> read(store, object, size)));
        }
        workspace.delete("image", "pulled");
      }
    }
    workspace.delete("shaped");
    return List.of(
        comparison("push, S3 far away", "push", "one PUT", PUSH_TARGET, pushes, puts),
        comparison("pull, S3 far away", "pull", "one GET", PULL_TARGET, pulls, gets));
  }

  /** As large as the rest, so that as many functions have started as will be needed. */
  private void warmUp(Store store, int size) throws IOException {
    RandomImage image = RandomImage.make(workspace.make("image"), 1, size);
    timer.time(
        "warm-up",
        () -> {
          store.push(image, "shaped/warm");
          store.pull("shaped/warm", workspace.make("pulled"));
        });
    workspace.delete("image", "pulled");
  }

  private static void read(Store store, LayerId object, int size) throws IOException {
    long left = size;
    byte[] buffer = new byte[64 << 10];
    try (InputStream in = store.read(object, 0, size)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        left -= read;
      }
    }
    if (left != 0) {
      throw new IOException("the stream had another length");
    }
  }

  private static Comparison comparison(
      String name,
      String way,
      String other,
      double target,
      List<Double> ours,
      List<Double> others) {
    return new Comparison(
        name,
        "lamella " + way,
        other + ", one connection",
        Goal.TIMES_AS_FAST,
        target,
        ours,
        others);
  }
}
