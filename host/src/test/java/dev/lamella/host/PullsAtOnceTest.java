package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls into one target at once, by threads and by processes: one goes on, the others are told. */
@Timeout(300)
final class PullsAtOnceTest {
  @TempDir private Path directory;
  private Path source;
  private Bench bench;
  private final CountDownLatch isReading = new CountDownLatch(1);
  private final CountDownLatch mayRead = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    source = TestImage.layout(directory.resolve("source"), 1, 3 * FakeStore.SHARD);
    bench = new Bench(directory);
    bench.push(source);
    bench.store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/servers/")) {
            isReading.countDown();
            awaits(mayRead);
          }
          return false;
        });
  }

  @AfterEach
  void stop() {
    mayRead.countDown();
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "target.tar"})
  void pull_whileAnotherProcessPulls_isToldWhichAndBreaksNothing(String name) throws Exception {
    Path target = directory.resolve(name);
    try (HostProcess first = pullsByProcess(target)) {
      awaits(isReading);
      // Not the first refusal alone: it must not end what the second meets.
      for (int i = 0; i < 3; i++) {
        assertRefused(target, first.process().pid());
      }
      mayRead.countDown();
      assertThat(first.exit()).as(first.said()).isZero();
    }
    assertWhole(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "target.tar"})
  void pull_whileAnotherThreadPulls_endsNoLockThatProcessesMeet(String name) throws Exception {
    Path target = directory.resolve(name);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> first = threads.submit(() -> pullsByThread(target));
      awaits(isReading);
      long self = ProcessHandle.current().pid();
      assertRefused(target, self);
      assertRefused(target, self);
      try (HostProcess other = pullsByProcess(target)) {
        assertThat(other.exit()).as(other.said()).isEqualTo(ExitCode.IN_USE.value());
        assertThat(other.said())
            .matches("lamella: another pull \\(process " + self + "\\)[^\n]+\n");
      }
      mayRead.countDown();
      first.get();
    }
    assertWhole(target);
  }

  /** With more patience than {@link Bench} has, since it is kept waiting. */
  private PullReport pullsByThread(Path target) {
    return new Pull(
            new StoreClient(bench.store.url(), Retries.DEFAULT),
            Progress.NONE,
            new PullOptions(4, Optional.empty(), false))
        .run(Bench.NAME, target);
  }

  private HostProcess pullsByProcess(Path target) throws IOException {
    return HostProcess.start(
        directory, bench.store, "pull", Bench.NAME.toString(), target.toString());
  }

  private void assertRefused(Path target, long process) {
    assertThatThrownBy(() -> bench.pull(target))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IN_USE))
        .hasMessage("another pull (process %d) is writing to %s: wait for it", process, target);
  }

  /** What is there can be pushed, and nothing else is there. */
  private void assertWhole(Path target) throws IOException {
    assertThat(bench.push(target).layers()).hasSize(2);
    assertThat(directory)
        .isDirectoryNotContaining("glob:**.partial*")
        .isDirectoryNotContaining("glob:**.lock");
    assertThat(target.resolve(".lamella")).doesNotExist();
  }

  private static void awaits(CountDownLatch latch) {
    try {
      if (!latch.await(2, TimeUnit.MINUTES)) {
        throw new AssertionError("nothing came");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
