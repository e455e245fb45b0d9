package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.push.PushReport;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.EnvironmentKilled;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.tests.FaultyLink.Fate;
import dev.lamella.tests.FaultyLink.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shard-writers that die before, in the middle of or after their work. */
class ShardWriterFaultsTest extends StackTest {
  private static final String SHARD_WRITER = "ShardWriterFunction";
  private static final int SHARDS = 9;

  @TempDir Path directory;
  private final FaultyLink storage = new FaultyLink();
  private volatile InvocationInterceptor fault = InvocationInterceptor.NONE;

  ShardWriterFaultsTest() throws IOException {}

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withRetryDelay(Duration.ofMillis(50))
        .withEnvironment((_, environment) -> storage.beforeS3(environment))
        .withInterceptor(
            (invocation, handler) ->
                invocation.function().equals(SHARD_WRITER)
                    ? fault.around(invocation, handler)
                    : handler.call());
  }

  @AfterAll
  void closeLink() throws IOException {
    storage.close();
  }

  @AfterEach
  void heal() {
    storage.rule(Rule.NONE);
    fault = InvocationInterceptor.NONE;
  }

  @Test
  void push_everyWriterDiesBeforeItsWorkAtFirst_isFinishedByTheRetry() throws IOException {
    AtomicInteger deaths = new AtomicInteger();
    fault =
        (invocation, handler) -> {
          if (invocation.attempt() == 1) {
            deaths.incrementAndGet();
            throw new EnvironmentKilled();
          }
          return handler.call();
        };
    assertRoundTrip("before", 1);
    assertThat(deaths).hasPositiveValue();
  }

  @Test
  void push_everyWriterDiesAfterItsWork_isFinishedAndWritesNothingTwice() throws IOException {
    AtomicInteger deaths = new AtomicInteger();
    fault =
        (invocation, handler) -> {
          byte[] answer = handler.call();
          if (invocation.attempt() <= 2) {
            deaths.incrementAndGet();
            throw new EnvironmentKilled();
          }
          return answer;
        };
    assertRoundTrip("after", 2);
    assertThat(deaths).hasPositiveValue();
  }

  /** As Lambda ends a function that has used up its time: in the middle of whatever it does. */
  @Test
  void push_everyWriterIsEndedWithinItsFirstWrite_isFinishedByTheRetry() throws IOException {
    Set<String> ended = ConcurrentHashMap.newKeySet();
    CountDownLatch writing = new CountDownLatch(1);
    storage.rule(
        call -> {
          if (call.method().equals("PUT") && call.path().contains("/layers/")) {
            writing.countDown();
          }
          return new Fate.Pass();
        });
    fault =
        (invocation, handler) -> {
          if (!ended.add(invocation.requestId())) {
            return handler.call();
          }
          FutureTask<byte[]> work = new FutureTask<>(handler);
          Thread.ofVirtual().start(work);
          writing.await();
          work.cancel(true);
          throw new EnvironmentKilled();
        };
    assertRoundTrip("within", 3);
    assertThat(ended).isNotEmpty();
  }

  @Test
  void push_everyWriterAlwaysDies_saysSoAndIsFinishedLaterWithoutSendingAgain() throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 4, (long) SHARDS * SHARD - 9);
    fault =
        (_, _) -> {
          throw new EnvironmentKilled();
        };
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    HostFailure failure = failure(() -> host.impatient().push(files.directory(), "dying/always:1"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure.getMessage()).contains("shards of sha256:", "push again later");
    assertThat(stack().lambda().awaitIdle(Duration.ofSeconds(30))).isTrue();
    assertThat(stack().lambda().deadLetters())
        .isNotEmpty()
        .allSatisfy(
            letter -> {
              assertThat(letter.function()).isEqualTo(SHARD_WRITER);
              assertThat(letter.attempts()).isEqualTo(3);
              assertThat(letter.target()).startsWith("arn:").contains("ShardWriterDeadLetters");
            });
    assertThat(host().isVisible("dying/always", files.largest())).isFalse();

    heal();
    PushReport again = host.push(files.directory(), "dying/always:1");
    assertThat(again.bytes()).isLessThan(SHARD);
    assertPulled(host, "dying/always:1", files);
  }

  private void assertRoundTrip(String name, int seed) throws IOException {
    ImageFiles files =
        ImageFiles.image(directory.resolve("source"), seed, (long) SHARDS * SHARD - 9, 0);
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    PushReport report = host.push(files.directory(), "dying/" + name + ":1");
    assertThat(report.bytes()).isLessThan((SHARDS + 1L) * SHARD);
    assertPulled(host, "dying/" + name + ":1", files);
  }

  private void assertPulled(Host host, String name, ImageFiles files) throws IOException {
    host.pull(name, directory.resolve("target"));
    assertThat(ImageFiles.blobs(directory.resolve("target")))
        .isEqualTo(ImageFiles.blobs(files.directory()));
  }
}
