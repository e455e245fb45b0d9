package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.host.push.PushReport;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.tests.FaultyLink.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shard-writers that have used up their time while a storage server takes its own. */
class TimeoutTest extends StackTest {
  private static final int SHARDS = 6;

  @TempDir Path directory;
  private final FaultyLink storage = new FaultyLink();

  TimeoutTest() throws IOException {}

  /** The template as it is, but for the shard-writer's five minutes. */
  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    String template = Files.readString(ROOT.resolve("template.yaml"));
    String hurried = template.replace("Timeout: 300\n", "Timeout: 5\n");
    assertThat(hurried).isNotEqualTo(template);
    Path file = Files.writeString(data().resolve("template.yaml"), hurried);
    return super.options(LocalStackOptions.of(file, data()))
        .withRetryDelay(Duration.ofMillis(50))
        .withEnvironment((_, environment) -> storage.beforeS3(environment));
  }

  @AfterAll
  void closeLink() throws IOException {
    storage.close();
  }

  @Test
  void push_everyShardHangsAtFirst_isFinishedByTheInvocationsAfter() throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 1, (long) SHARDS * SHARD);
    Set<String> hung = ConcurrentHashMap.newKeySet();
    CountDownLatch end = new CountDownLatch(1);
    storage.rule(
        call -> {
          if (call.method().equals("PUT")
              && call.path().contains("/layers/")
              && hung.add(call.path())) {
            hang(end);
          }
          return new Fate.Pass();
        });
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    PushReport report = host.push(files.directory(), "hung/app:1");
    end.countDown();
    // The config is a layer of one shard too.
    assertThat(hung).hasSize(SHARDS + 1);
    assertThat(report.bytes()).isLessThan((SHARDS + 1L) * SHARD);
    assertThat(Files.readString(data().resolve("logs/ShardWriterFunction.log")))
        .contains("Task timed out after 5.00 seconds");
    host.pull("hung/app:1", directory.resolve("target"));
    assertThat(ImageFiles.blobs(directory.resolve("target")))
        .isEqualTo(ImageFiles.blobs(files.directory()));
  }

  private static void hang(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
