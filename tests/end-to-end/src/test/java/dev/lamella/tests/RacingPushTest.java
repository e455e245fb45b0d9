package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.push.PushReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two hosts push the same layer, and each is told that it is missing. */
class RacingPushTest extends StackTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"race/same, race/same, 1", "race/one, race/other, 2"})
  void push_byTwoHostsAtOnce_storesOneLayerForBoth(String one, String other, int seed)
      throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), seed, 6L * SHARD + 99);
    Digest layer = files.largest();
    CyclicBarrier asked = new CyclicBarrier(2);
    List<PushReport> reports;
    try (ExecutorService hosts = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<PushReport> first = hosts.submit(() -> push(files, one, "first", asked, layer));
      Future<PushReport> second = hosts.submit(() -> push(files, other, "second", asked, layer));
      reports = List.of(first.get(), second.get());
    }
    assertThat(reports).extracting(PushReport::digest).containsOnly(reports.getFirst().digest());
    assertThat(reports)
        .allSatisfy(
            report -> assertThat(report.layers()).anyMatch(pushed -> pushed.bytes() > 6L * SHARD));

    Set<String> ofOne = keys(one, layer);
    assertThat(keys(other, layer)).isEqualTo(ofOne).hasSize(7);
    assertThat(ofOne.stream().map(key -> key.replaceAll("/[^/]*$", "")).distinct()).hasSize(1);
    for (String image : List.of(one, other)) {
      Path target = directory.resolve("target-" + image.replace('/', '-'));
      new Host(stack().endpoint(), directory.resolve("third")).pull(image + ":1", target);
      assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
    }
    PushReport third =
        new Host(stack().endpoint(), directory.resolve("third"))
            .push(files.directory(), "race/third:1");
    assertThat(third.layers()).noneMatch(PushReport.PushedLayer::sent);
  }

  /** Waits for the other host, when both have been told what is missing. */
  private PushReport push(
      ImageFiles files, String image, String who, CyclicBarrier asked, Digest layer) {
    Progress waiting =
        new Progress() {
          @Override
          public void begin(Digest blob, long size) {
            if (blob.equals(layer)) {
              await(asked);
            }
          }

          @Override
          public void moved(Digest blob, long bytes) {}

          @Override
          public void end(Digest blob, String outcome) {}

          @Override
          public void note(String line) {}
        };
    return new Host(stack().endpoint(), directory.resolve(who))
        .telling(waiting)
        .push(files.directory(), image + ":1");
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where the shards are, without what signs the way to them. */
  private Set<String> keys(String image, Digest layer) throws IOException {
    return host().map(image, layer).map().stream()
        .map(ShardMap.Entry::url)
        .map(URI::getPath)
        .map(path -> path.substring(path.indexOf("/layers/")))
        .collect(Collectors.toSet());
  }
}
