package dev.lamella.benchmarks.transfer;

import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.transfer.Plain.Piece;
import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.embedded.Shaping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What Lamella costs where the network costs nothing: against plain parallel code that puts, or
 * gets, hashes and writes, the same shards at the same S3 server. A push writes every byte twice
 * and reads it once there, so it cannot be as fast.
 */
final class Unshaped {
  private static final double PUSH_TARGET = 3;
  private static final double PULL_TARGET = 1.3;
  private static final int SHARD = 8 << 20;
  private static final long WARM_UP = 256 << 20;
  private static final int SMALL_IMAGES = 2;
  private static final int SMALL_LAYERS = 100;
  private static final int SMALL = 64 << 10;

  private final Path template;
  private final Workspace workspace;
  private final Timer timer;

  private final List<Double> pushes = new ArrayList<>();
  private final List<Double> puts = new ArrayList<>();
  private final List<Double> pulls = new ArrayList<>();
  private final List<Double> gets = new ArrayList<>();

  Unshaped(Path template, Workspace workspace, Timer timer) {
    this.template = template;
    this.workspace = workspace;
    this.timer = timer;
  }

  /**
   * @param size of the layer, in bytes
   */
  List<Comparison> run(long size, int rounds) throws IOException {
    warmUp();
    round(0, Math.min(size, WARM_UP));
    List.of(pushes, puts, pulls, gets).forEach(List::clear);
    for (int round = 1; round <= rounds; round++) {
      round(round, size);
    }
    return List.of(
        comparison("push, S3 near", "push", "plain parallel put", PUSH_TARGET, pushes, puts),
        comparison("pull, S3 near", "pull", "plain get, hash, write", PULL_TARGET, pulls, gets));
  }

  /**
   * Java compiles a thing when it has run some thousand times: much of what is done for each shard
   * is interpreted still, or being compiled, while a layer of so few shards is pushed. So as many
   * requests as a store has answered that has been up for a while.
   */
  private void warmUp() throws IOException {
    try (Store store = Store.start(template, workspace.make("unshaped"), Shaping.NONE)) {
      for (int number = 1; number <= SMALL_IMAGES; number++) {
        RandomImage image = RandomImage.make(workspace.make("image"), SMALL_LAYERS, SMALL);
        String name = "small/image" + number;
        timer.time("push of small layers, warm-up", () -> store.push(image, name));
        timer.time(
            "pull of small layers, warm-up", () -> store.pull(name, workspace.make("pulled")));
        workspace.delete("image", "pulled");
      }
    }
    workspace.delete("unshaped");
  }

  /** Each round has a stack of its own, whose data goes with it; who begins changes. */
  private void round(int round, long size) throws IOException {
    String label = round == 0 ? "warm-up" : Integer.toString(round);
    boolean oursFirst = round % 2 == 0;
    RandomImage image = RandomImage.make(workspace.make("image"), 1, size);
    try (Store store = Store.start(template, workspace.make("unshaped"), Shaping.NONE)) {
      List<Piece> parts = parts(store, size);
      both(
          oursFirst,
          () -> pushes.add(timer.time("push " + label, () -> store.push(image, "near"))),
          () ->
              puts.add(
                  timer.time(
                      "plain put " + label,
                      () -> Plain.put(image.file(), parts, Store.CONNECTIONS))));
      List<Piece> shards = shards(store, image);
      Path target = workspace.make("pulled");
      Path plain = workspace.make("plain").resolve("layer");
      both(
          oursFirst,
          () -> pulls.add(timer.time("pull " + label, () -> store.pull("near", target))),
          () ->
              gets.add(
                  timer.time(
                      "plain get " + label, () -> Plain.get(plain, shards, Store.CONNECTIONS))));
    }
    workspace.delete("image", "pulled", "plain", "unshaped");
  }

  private static void both(boolean oursFirst, Timer.Timed ours, Timer.Timed others)
      throws IOException {
    (oursFirst ? ours : others).run();
    (oursFirst ? others : ours).run();
  }

  private static List<Piece> parts(Store store, long size) {
    LayerId id = LayerId.random();
    Slicing slicing = Slicing.of(size, SHARD);
    return IntStream.range(0, slicing.count())
        .mapToObj(
            index ->
                new Piece(
                    store.signPut(id, index, slicing.length(index)),
                    slicing.offset(index),
                    slicing.length(index)))
        .toList();
  }

  private static List<Piece> shards(Store store, RandomImage image) {
    return store.shards("near", image.layer()).stream()
        .map(entry -> new Piece(entry.url(), entry.offset(), entry.size()))
        .toList();
  }

  private static Comparison comparison(
      String name,
      String way,
      String other,
      double target,
      List<Double> ours,
      List<Double> others) {
    return new Comparison(name, "lamella " + way, other, Goal.TIMES_AS_LONG, target, ours, others);
  }
}
