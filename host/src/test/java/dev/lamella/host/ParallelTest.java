package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.host.push.PushReport.PushedLayer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must go on at the same time: the store answers some requests only when others have come,
 * which a host that makes one after the other would never send.
 */
@Timeout(60)
final class ParallelTest {
  private static final int TOGETHER = 5;

  /** The one layer that has more than one part. */
  private static final String FURTHER_PART = "PUT /staging/[^/]+/[1-9]\\d*";

  private static final Pattern LAST_PART = Pattern.compile("/staging/([^/]+)/19");
  private static final Pattern ANNOUNCEMENT = Pattern.compile("/v1/uploads/([^/]+)/parts");
  private static final String FURTHER_SHARD = "GET /servers/.*/0*[1-9]\\d*-[^/]*";

  /** What requests wait for; where the host never makes that happen, they end with the test. */
  private final List<CountDownLatch> held = new CopyOnWriteArrayList<>();

  @TempDir private Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(directory);
  }

  @AfterEach
  void stop() {
    for (CountDownLatch latch : held) {
      while (latch.getCount() > 0) {
        latch.countDown();
      }
    }
    bench.close();
  }

  @Test
  void push_partsOfALayer_areSentInParallel() throws IOException {
    answerTogether(FURTHER_PART);
    assertThat(bench.push(source()).layers()).allMatch(PushedLayer::sent);
  }

  @Test
  void pull_shardsOfALayer_areFetchedInParallel() throws IOException {
    Path source = source();
    bench.push(source);
    answerTogether(FURTHER_SHARD);
    bench.pull(directory.resolve("target"));
    assertThat(Bench.blobs(directory.resolve("target"))).isEqualTo(Bench.blobs(source));
  }

  @Test
  void push_partsThatAreStaged_areAnnouncedWhileTheRestIsSent() throws IOException {
    Map<String, CountDownLatch> announced = new ConcurrentHashMap<>();
    bench.store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          Matcher announcement = ANNOUNCEMENT.matcher(path);
          Matcher last = LAST_PART.matcher(path);
          if (announcement.matches()) {
            announced.computeIfAbsent(announcement.group(1), _ -> hold(1)).countDown();
          } else if (last.matches()) {
            await(announced.computeIfAbsent(last.group(1), _ -> hold(1)));
          }
          return false;
        });
    assertThat(bench.push(source()).layers()).allMatch(PushedLayer::sent);
  }

  private Path source() throws IOException {
    return TestImage.layout(directory.resolve("source"), 1, 20 * FakeStore.SHARD);
  }

  /** Holds the requests that match until so many of them are there, each for something else. */
  private void answerTogether(String regex) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch together = hold(TOGETHER);
    bench.store.troubles.add(
        exchange -> {
          String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
          if (request.matches(regex)) {
            if (seen.add(request)) {
              together.countDown();
            }
            await(together);
          }
          return false;
        });
  }

  private CountDownLatch hold(int count) {
    CountDownLatch latch = new CountDownLatch(count);
    held.add(latch);
    return latch;
  }

  /** The host gives up before, and the test fails, where that never comes. */
  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
