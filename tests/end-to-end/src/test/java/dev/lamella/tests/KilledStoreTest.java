package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.tests.FaultyLink.Fate;
import dev.lamella.tests.FaultyLink.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole store, in a JVM of its own, is killed in the middle of pushes, and started again on the
 * same data.
 */
class KilledStoreTest {
  private static final boolean IS_FULL = Boolean.getBoolean("lamella.full");
  private static final int SHARDS = IS_FULL ? 10 : 4;
  private static final long SIZE = (long) SHARDS * StackTest.SHARD + 11;

  /** Bytes that a host moves at a time. */
  private static final int PIECE = 64 << 10;

  @TempDir Path directory;

  /** When the store is killed: at a piece of the layer, or at the first call of a kind. */
  private sealed interface Moment {
    record Piece(int number) implements Moment {}

    /** Before the call reaches the API, or after the API did what it asks for. */
    record Call(String path, boolean isDone) implements Moment {}
  }

  private static List<Moment> moments() {
    Random random = new Random(6);
    int pieces = (int) (SIZE / PIECE);
    List<Moment> moments =
        List.of(
            new Moment.Piece(1 + random.nextInt(pieces / 2)),
            new Moment.Call("/parts", true),
            new Moment.Call("/complete", true),
            new Moment.Piece(pieces / 2 + random.nextInt(pieces / 2)),
            new Moment.Call("/complete", false),
            new Moment.Call("/manifests/", true));
    return moments.subList(0, IS_FULL ? moments.size() : 3);
  }

  @Test
  void push_stackKilledAtManyPoints_endsAfterARestartAndHarmsNothingEarlier() throws Exception {
    ImageFiles kept = ImageFiles.image(directory.resolve("kept"), 1, SIZE, 100, 0);
    try (FaultyLink api = new FaultyLink()) {
      Host host = new Host(api.uri(), directory.resolve("cache"));
      Child stack = Standing.up(directory.resolve("data"), api);
      try {
        host.push(kept.directory(), "kept/app:1");
        List<Moment> moments = moments();
        for (int kill = 0; kill < moments.size(); kill++) {
          String name = "killed/app:" + kill;
          ImageFiles files =
              ImageFiles.image(directory.resolve("source-" + kill), 10 + kill, SIZE, 9);
          Host watched = killing(stack, moments.get(kill), api, host);
          HostFailure failure = failure(() -> watched.push(files.directory(), name));
          assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);

          api.rule(Rule.NONE);
          stack = Standing.up(directory.resolve("data"), api);
          host.push(files.directory(), name);
          assertSame(host, name, files);
          assertSame(host, "kept/app:1", kept);
        }
      } finally {
        stack.close();
      }
    }
  }

  private static Host killing(Child stack, Moment moment, FaultyLink api, Host host) {
    return switch (moment) {
      case Moment.Piece(int number) -> atPiece(number, stack, host);
      case Moment.Call(String path, boolean isDone) -> {
        api.rule(call -> call.path().contains(path) ? kill(stack, isDone) : new Fate.Pass());
        yield host;
      }
    };
  }

  private static Fate kill(Child stack, boolean isDone) {
    if (isDone) {
      return new Fate.Lost(stack::kill);
    }
    stack.kill();
    return new Fate.Pass();
  }

  private static Host atPiece(int number, Child stack, Host host) {
    AtomicInteger pieces = new AtomicInteger();
    return host.telling(
        new Progress() {
          @Override
          public void begin(Digest blob, long size) {}

          @Override
          public void moved(Digest blob, long bytes) {
            if (pieces.incrementAndGet() == number) {
              stack.kill();
            }
          }

          @Override
          public void end(Digest blob, String outcome) {}

          @Override
          public void note(String line) {}
        });
  }

  private void assertSame(Host host, String name, ImageFiles files) throws IOException {
    Path target = directory.resolve("target-" + UUID.randomUUID());
    host.pull(name, target);
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }
}
