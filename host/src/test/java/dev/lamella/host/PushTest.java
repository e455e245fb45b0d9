package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.LayerId;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.PushReport.PushedLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Push against a store in this JVM that has its troubles. */
@Timeout(60)
final class PushTest {
  private static final int SHARD = FakeStore.SHARD;
  private static final String PUT_PART = "PUT /staging/.*";

  @TempDir private Path directory;
  private Bench bench;
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(directory);
    store = bench.store;
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void push_ofManyShards_spreadsThemOverServers() throws IOException {
    PushReport report = bench.push(layout(40 * SHARD + 1));
    PushedLayer layer = report.layers().getLast();
    assertThat(layer.shards()).isEqualTo(41);
    assertThat(layer.servers()).containsOnlyKeys("s0", "s1", "s2", "s3");
    assertThat(layer.sent()).isTrue();
    assertThat(layer.bytes()).isGreaterThan(40 * SHARD);
    assertThat(store.count(PUT_PART)).isEqualTo(42);
  }

  @Test
  void push_again_sendsNothing() throws IOException {
    Path source = layout(3 * SHARD);
    bench.push(source);
    store.requests.clear();
    assertThat(bench.push(source).layers()).noneMatch(PushedLayer::sent);
    assertThat(store.count(PUT_PART)).isZero();
  }

  @Test
  void push_ofImageThatSharesLayers_sendsTheOthers() throws IOException {
    TestImage image = new TestImage(directory.resolve("two"));
    Digest shared = image.blob(Algorithm.SHA256, bytes(1, 2 * SHARD));
    image.image("1", List.of(shared, image.blob(Algorithm.SHA256, bytes(2, SHARD))));
    image.image("2", List.of(shared, image.blob(Algorithm.SHA256, bytes(3, SHARD))));
    bench.push(directory.resolve("two"), ImageName.parse("team/app:1"));
    PushReport second = bench.push(directory.resolve("two"), ImageName.parse("team/app:2"));
    assertThat(second.layers())
        .filteredOn(layer -> layer.digest().equals(shared))
        .noneMatch(PushedLayer::sent);
    assertThat(second.layers()).filteredOn(PushedLayer::sent).hasSize(1);
  }

  @Test
  void push_ofIndex_putsChildrenBeforeIt() throws IOException {
    TestImage image = new TestImage(directory.resolve("index"));
    Digest first = image.manifest(List.of(image.blob(Algorithm.SHA256, bytes(1, 10))));
    Digest second = image.manifest(List.of(image.blob(Algorithm.SHA256, bytes(2, 20))));
    Digest index =
        image.blob(
            Algorithm.SHA256,
            ("{\"schemaVersion\":2,\"manifests\":["
                    + image.descriptor(TestImage.MANIFEST, first, "")
                    + ","
                    + image.descriptor(TestImage.MANIFEST, second, "")
                    + "]}")
                .getBytes(StandardCharsets.UTF_8));
    image.entry("application/vnd.oci.image.index.v1+json", index, "1");
    PushReport report = bench.push(directory.resolve("index"));
    assertThat(report.digest()).isEqualTo(index);
    assertThat(report.manifests()).isEqualTo(3);
    assertThat(store.requests.getLast()).isEqualTo("PUT /v2/team/app/manifests/1");
  }

  /** Until somebody makes it again, there is nothing to wait for. */
  @Test
  void push_whenTheStagingBucketIsMissing_saysSoAtOnce() throws IOException {
    Path source = layout(3 * SHARD);
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/staging/")) {
            return false;
          }
          byte[] error =
              "<Error><Code>NoSuchBucket</Code><BucketName>the-staging</BucketName></Error>"
                  .getBytes(StandardCharsets.UTF_8);
          FakeStore.send(exchange, 404, error);
          return true;
        });
    assertThatThrownBy(() -> bench.push(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
        .hasMessageContaining("bucket the-staging that it is in, or should go to, is missing")
        .hasMessageNotContaining("tries");
    assertThat(store.count(PUT_PART)).isLessThanOrEqualTo(4);
  }

  @Test
  void push_whenAStorageServerDoesNotTakeALayer_namesItAndStoresTheOthers() throws Exception {
    TestImage image = new TestImage(directory.resolve("three"));
    Digest refused = image.blob(Algorithm.SHA256, bytes(1, SHARD));
    image.image("1", List.of(refused, image.blob(Algorithm.SHA256, bytes(2, SHARD))));
    CountDownLatch told = new CountDownLatch(5);
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith("/complete")) {
            return false;
          }
          String path = exchange.getRequestURI().getPath().split("/", -1)[3];
          boolean isRefused =
              store
                  .index
                  .uploads()
                  .find(new LayerId(path))
                  .map(upload -> upload.digest())
                  .equals(Optional.of(refused));
          if (isRefused) {
            FakeStore.answer(
                exchange,
                503,
                ErrorAnswer.of("UNAVAILABLE", "storage server s2 is not available", Map.of()));
            told.countDown();
            return true;
          }
          try {
            var _ = told.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return false;
        });
    assertThatThrownBy(() -> bench.push(directory.resolve("three")))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
        .hasMessageContaining("storage server s2 is not available");
    store.troubles.clear();
    assertThat(bench.push(directory.resolve("three")).layers())
        .filteredOn(PushedLayer::sent)
        .extracting(PushedLayer::digest)
        .containsExactly(refused);
  }

  @Test
  void push_ofSha512Layer_isStored() throws IOException {
    TestImage image = new TestImage(directory.resolve("sha512"));
    image.image("1", List.of(image.blob(Algorithm.SHA512, bytes(1, 5 * SHARD + 3))));
    assertThat(bench.push(directory.resolve("sha512")).layers().getLast().shards()).isEqualTo(6);
  }

  @Test
  void push_whenThrottled_triesAgain() throws IOException {
    store.fail(PUT_PART, 503, 2);
    store.fail(PUT_PART, 409, 1);
    store.fail("POST /v1/.*", 429, 1);
    store.fail("PUT /v2/.*", 500, 1);
    assertThat(bench.push(layout(6 * SHARD)).layers()).allMatch(PushedLayer::sent);
  }

  /** Where waiting helps, the answer is another one. */
  @Test
  void push_overALimitOfTheAccount_saysSoAtOnceAndIsNotTriedAgain() throws IOException {
    String limit = "a layer of 1536 bytes is over the limit of ci, whose layers have at most 1000";
    store.troubles.add(
        exchange -> {
          boolean isRequest = exchange.getRequestURI().getPath().equals("/v1/uploads");
          if (isRequest) {
            FakeStore.answer(exchange, 413, ErrorAnswer.of("TOO_LARGE", limit, Map.of()));
          }
          return isRequest;
        });
    Path layout = layout(6 * SHARD);
    assertThatThrownBy(() -> bench.push(layout))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining(limit)
        .message()
        .hasLineCount(1);
    assertThat(store.count("POST /v1/uploads")).isOne();
  }

  /** S3 says 400 where the session has ended of the function that signed it. */
  @ParameterizedTest
  @ValueSource(ints = {400, 403})
  void push_whenUrlsExpired_asksForFreshOnes(int status) throws IOException {
    store.fail(PUT_PART, status, 1);
    bench.push(layout(6 * SHARD));
    assertThat(store.count("GET /v1/uploads/[^/]*")).isPositive();
  }

  @Test
  void push_whenAnswersAreLost_goesOn() throws IOException {
    AtomicInteger lost = new AtomicInteger();
    store.troubles.add(
        exchange -> {
          if (exchange.getRequestMethod().equals("PUT") && lost.getAndIncrement() < 3) {
            exchange.close();
            return true;
          }
          return false;
        });
    assertThat(bench.push(layout(6 * SHARD)).layers()).allMatch(PushedLayer::sent);
  }

  @Test
  void push_whenPartArrivesBroken_sendsItAgain() throws IOException {
    AtomicBoolean broken = new AtomicBoolean();
    breakPart(3, () -> broken.compareAndSet(false, true));
    bench.push(layout(6 * SHARD));
    assertThat(store.count("PUT /staging/.*/3")).isEqualTo(2);
  }

  @Test
  void push_whenPartIsAlwaysBroken_namesShardAndLayer() throws IOException {
    Path source = layout(6 * SHARD);
    breakPart(3, () -> true);
    assertThatThrownBy(() -> bench.push(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining("shard 3 of sha256:");
    assertNothingVisible();
  }

  @Test
  void push_ofContentThatDoesNotMatch_endsTheUploadAndNamesTheBlob() throws IOException {
    Path source = directory.resolve("wrong");
    TestImage image = new TestImage(source);
    Digest layer = image.blob(Algorithm.SHA256, bytes(1, 5 * SHARD));
    image.image("1", List.of(layer));
    Files.write(image.file(layer), bytes(2, 5 * SHARD));
    assertThatThrownBy(() -> bench.push(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT))
        .hasMessageContaining(layer.toString());
    assertThat(store.count("DELETE /v1/uploads/.*")).isEqualTo(1);
    assertNothingVisible();
  }

  @Test
  void push_afterOneThatBroke_sendsOnlyWhatIsMissing() throws IOException {
    Path source = layout(40 * SHARD);
    AtomicInteger sent = new AtomicInteger();
    FakeStore.Trouble trouble =
        exchange -> {
          if (!exchange.getRequestMethod().equals("PUT") || sent.incrementAndGet() <= 20) {
            return false;
          }
          FakeStore.send(exchange, 500, new byte[0]);
          return true;
        };
    store.troubles.add(trouble);
    assertThatThrownBy(() -> bench.push(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
        .hasMessageNotContaining("secret");
    store.troubles.clear();
    store.requests.clear();
    bench.push(source);
    assertThat(store.count(PUT_PART)).isBetween(20L, 22L);
  }

  @Test
  void push_whenUploadIsGone_beginsAnother() throws IOException {
    AtomicBoolean ended = new AtomicBoolean();
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.endsWith("/parts") && ended.compareAndSet(false, true)) {
            assertThat(store.index.uploads().end(new LayerId(path.split("/", -1)[3]))).isTrue();
          }
          return false;
        });
    assertThat(bench.push(layout(6 * SHARD)).layers()).hasSize(2);
  }

  @Test
  void push_whenBatchesAreLost_announcesAgain() throws IOException {
    store.batchesToLose.set(2);
    assertThat(bench.push(layout(12 * SHARD)).layers()).allMatch(PushedLayer::sent);
  }

  @Test
  void push_whenLayerIsCollectedMeanwhile_pushesItAgain() throws IOException {
    AtomicBoolean refused = new AtomicBoolean();
    store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/v2/")
              && refused.compareAndSet(false, true)) {
            FakeStore.answer(
                exchange, 404, ErrorAnswer.of("MANIFEST_BLOB_UNKNOWN", "a blob is gone", Map.of()));
            return true;
          }
          return false;
        });
    bench.push(layout(SHARD));
    assertThat(store.count("POST /v1/uploads")).isEqualTo(2);
  }

  @Test
  void push_whenStoreHangs_givesUp() throws IOException {
    Path source = layout(SHARD);
    List<Object> hung = new ArrayList<>();
    store.troubles.add(
        exchange -> {
          hung.add(exchange);
          synchronized (hung) {
            try {
              hung.wait(20_000);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return true;
        });
    assertThatThrownBy(() -> bench.push(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNREACHABLE));
    synchronized (hung) {
      hung.notifyAll();
    }
  }

  /** Another push has sent them: of its own there is nothing to replace. */
  @Test
  void push_partsThatAreThereMeanwhile_goesOn() throws Exception {
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/staging/.*/[13]")) {
            return false;
          }
          int part = path.endsWith("1") ? 1 : 3;
          byte[] bytes = exchange.getRequestBody().readAllBytes();
          store.staging.send(new LayerId(path.split("/", -1)[2]), part, bytes);
          FakeStore.send(exchange, 412, new byte[0]);
          return true;
        });
    assertThat(bench.push(layout(5 * SHARD)).layers()).allMatch(PushedLayer::sent);
    assertThat(store.count("PUT /staging/.*/[13]")).isEqualTo(2);
  }

  /** No link tells which part is wrong: only another upload can do better. */
  @Test
  void push_sha512OfWhichAnotherHasSentAPart_beginsAnotherUpload() throws Exception {
    TestImage image = new TestImage(directory.resolve("sha512"));
    image.image("1", List.of(image.blob(Algorithm.SHA512, bytes(1, 5 * SHARD))));
    AtomicInteger times = new AtomicInteger();
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/staging/.*/3") || times.getAndIncrement() > 0) {
            return false;
          }
          store.staging.send(new LayerId(path.split("/", -1)[2]), 3, new byte[SHARD]);
          return false;
        });
    assertThat(bench.push(directory.resolve("sha512")).layers()).allMatch(PushedLayer::sent);
    assertThat(times).hasValue(2);
  }

  private Path layout(int size) throws IOException {
    return TestImage.layout(directory.resolve("source"), 1, size);
  }

  private static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private interface Condition {
    boolean holds();
  }

  /** Stages other bytes than those that were sent, as a broken network card would. */
  private void breakPart(int part, Condition condition) {
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/staging/.*/" + part) || !condition.holds()) {
            return false;
          }
          byte[] bytes = exchange.getRequestBody().readAllBytes();
          bytes[7] ^= 1;
          store.staging.put(new LayerId(path.split("/", -1)[2]), part, bytes);
          FakeStore.send(exchange, 200, new byte[0]);
          return true;
        });
  }

  private void assertNothingVisible() {
    assertThat(store.index.images().find(Bench.NAME.name(), Bench.NAME.reference())).isEmpty();
  }
}
