package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Reference;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.push.PushReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pull from a store in this JVM that has its troubles, or lies. */
@Timeout(60)
final class PullTest {
  private static final int SHARD = FakeStore.SHARD;
  private static final String GET_SHARD = "GET /servers/.*";

  @TempDir private Path directory;
  private Path source;
  private Path target;
  private Bench bench;
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    source = directory.resolve("source");
    target = directory.resolve("target");
    bench = new Bench(directory);
    store = bench.store;
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void pull_ofWhatWasPushed_isTheSameByteForByte() throws IOException {
    PushReport pushed = push(0, 1, 63, 64, 65, SHARD - 1, SHARD, SHARD + 1, 40 * SHARD + 7);
    PullReport pulled = bench.pull(target);
    assertThat(pulled.digest()).isEqualTo(pushed.digest());
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
    assertThat(pulled.layers()).hasSize(10).noneMatch(PulledLayer::kept);
    assertThat(target).isDirectoryNotContaining("glob:**.lamella");
  }

  @Test
  void pull_again_keepsWhatIsThere() throws IOException {
    push(3 * SHARD);
    bench.pull(target);
    store.requests.clear();
    assertThat(bench.pull(target).layers()).allMatch(PulledLayer::kept);
    assertThat(store.count(GET_SHARD)).isZero();
  }

  @Test
  void pull_whereBlobIsWrong_fetchesItAgain() throws IOException {
    PushReport pushed = push(3 * SHARD);
    bench.pull(target);
    Path blob = blob(pushed.layers().getLast().digest());
    Files.write(blob, new byte[3 * SHARD]);
    bench.pull(target);
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
  }

  @Test
  void pull_ofSecondImage_keepsTheFirst() throws IOException {
    push(SHARD);
    ImageName other = ImageName.parse("team/other:2");
    bench.push(TestImage.layout(directory.resolve("other"), 9, SHARD), other);
    bench.pull(target);
    bench.pull(other, target);
    bench.pull(target);
    assertThat(Files.readString(target.resolve("index.json")))
        .containsOnlyOnce("team/app:1")
        .containsOnlyOnce("team/other:2");
  }

  @Test
  void pull_ofSha512Layer_isProven() throws IOException {
    TestImage image = new TestImage(source);
    image.image("1", List.of(image.blob(Algorithm.SHA512, bytes(5 * SHARD + 3))));
    bench.push(source);
    bench.pull(target);
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
  }

  @Test
  void pull_byDigest_givesThatManifest() throws IOException {
    PushReport pushed = push(SHARD);
    ImageName name = new ImageName(Bench.NAME.name(), new Reference.ByDigest(pushed.digest()));
    assertThat(bench.pull(name, target).digest()).isEqualTo(pushed.digest());
  }

  @Test
  void pull_ofUnknownImage_isRefusedAndMakesNothing() {
    assertFails(ExitCode.REFUSED, target);
    assertThat(target).doesNotExist();
  }

  @Test
  void pull_toArchive_isTheSameEachTimeAndReadableAsSource() throws IOException {
    PushReport pushed = push(3 * SHARD + 5, 17);
    bench.pull(directory.resolve("a.tar"));
    bench.pull(directory.resolve("b.tar"));
    assertThat(directory.resolve("a.tar")).hasSameBinaryContentAs(directory.resolve("b.tar"));
    assertThat(directory.resolve("a.tar.partial")).doesNotExist();
    assertThat(bench.push(directory.resolve("a.tar"), ImageName.parse("x/y:2")).digest())
        .isEqualTo(pushed.digest());
  }

  @Test
  void pull_ofSha512LayerToArchive_hasItsLongName() throws IOException {
    TestImage image = new TestImage(source);
    image.image("1", List.of(image.blob(Algorithm.SHA512, bytes(SHARD + 3))));
    PushReport pushed = bench.push(source);
    bench.pull(directory.resolve("a.tar"));
    assertThat(bench.push(directory.resolve("a.tar"), ImageName.parse("x/y:2")).digest())
        .isEqualTo(pushed.digest());
  }

  @Test
  void pull_whenThrottledOrExpired_triesAgain() throws IOException {
    push(6 * SHARD);
    store.fail(GET_SHARD, 503, 1);
    store.fail("GET /v1/.*", 500, 1);
    store.fail(".*-0000.*|GET /servers/s1/.*", 403, 2);
    bench.pull(target);
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
  }

  @ParameterizedTest
  @CsvSource({"flipped", "short", "long"})
  void pull_whenShardIsWrongOnce_getsItAgain(String how) throws IOException {
    push(6 * SHARD);
    spoil("s2", how, 1);
    bench.pull(target);
    assertThat(store.count("GET /servers/s2/.*")).isEqualTo(2);
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
  }

  @Test
  void pull_whenShardIsAlwaysWrong_namesItAndLeavesNothing() throws IOException {
    PushReport pushed = push(6 * SHARD);
    spoil("s2", "flipped", Integer.MAX_VALUE);
    HostFailure failure = assertFails(ExitCode.WRONG_CONTENT, target);
    assertThat(failure)
        .hasMessageContaining("shard 2 of " + pushed.layers().getLast().digest())
        .hasMessageContaining("storage server s2");
    assertThat(blob(pushed.layers().getLast().digest())).doesNotExist();
    assertThat(target.resolve("index.json")).doesNotExist();
    assertFails(ExitCode.WRONG_CONTENT, directory.resolve("a.tar"));
    assertThat(directory.resolve("a.tar")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"target", "target.tar"})
  void pull_afterOneThatBroke_fetchesOnlyWhatIsMissing(String name) throws IOException {
    push(40 * SHARD);
    AtomicInteger got = new AtomicInteger();
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/servers/")
              || got.incrementAndGet() <= 20) {
            return false;
          }
          FakeStore.send(exchange, 500, new byte[0]);
          return true;
        });
    assertFails(ExitCode.UNREACHABLE, directory.resolve(name));
    assertThat(directory.resolve("target/index.json")).doesNotExist();
    assertThat(directory.resolve("target.tar")).doesNotExist();
    store.troubles.clear();
    store.requests.clear();
    bench.pull(directory.resolve(name));
    assertThat(store.count(GET_SHARD)).isBetween(20L, 30L);
  }

  @Test
  void pull_wherePartialFileWasAltered_fetchesThatShard() throws IOException {
    PushReport pushed = push(10 * SHARD);
    Digest layer = pushed.layers().getLast().digest();
    store.fail("GET /servers/.*/00000009-.*", 500, Integer.MAX_VALUE);
    assertFails(ExitCode.UNREACHABLE, target);
    store.troubles.clear();
    Path partial = target.resolve(".lamella/sha256-" + layer.hex());
    byte[] bytes = Files.readAllBytes(partial);
    bytes[3 * SHARD + 5] ^= 1;
    Files.write(partial, bytes);
    bench.pull(target);
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
  }

  static Stream<UnaryOperator<String>> lies() {
    return Stream.of(
        json -> json.replace("\"offset\":65536", "\"offset\":65537"),
        json -> json.replaceFirst("\"index\":1,", "\"index\":-1,"),
        json -> json.replace("\"size\":65536", "\"size\":65535"),
        json -> json.replace("\"shards\":6", "\"shards\":7"),
        json -> json.replace("\"shardSize\":65536", "\"shardSize\":64"),
        json -> json.replace("\"shardSize\":65536", "\"shardSize\":-5"),
        json -> json.replaceAll("http://[^\"]*", "file:///etc/hostname"));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void pull_whenMapLies_fails(UnaryOperator<String> lie) throws IOException {
    push(6 * SHARD);
    try (HttpClient http = HttpClient.newHttpClient()) {
      rewriteMaps(http, lie);
      assertThatThrownBy(() -> bench.pull(target)).isInstanceOf(HostFailure.class);
    }
    assertThat(target.resolve("index.json")).doesNotExist();
  }

  @Test
  void pull_whenManifestIsNotOfItsDigest_fails() throws IOException {
    PushReport pushed = push(SHARD);
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/v2/")) {
            return false;
          }
          exchange.getResponseHeaders().set("Content-Type", TestImage.MANIFEST);
          FakeStore.send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
          return true;
        });
    ImageName name = new ImageName(Bench.NAME.name(), new Reference.ByDigest(pushed.digest()));
    assertThatThrownBy(() -> bench.pull(name, target))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT));
  }

  @Test
  void pull_toSomethingElse_fails() throws IOException {
    push(SHARD);
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertFails(ExitCode.IO, file);
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("notes.txt"), "mine");
    assertFails(ExitCode.IO, other);
    assertThat(other.resolve("blobs")).doesNotExist();
    Path tar = Files.createDirectory(directory.resolve("directory.tar"));
    assertFails(ExitCode.IO, tar);
    assertFails(ExitCode.IO, directory.resolve("missing/a.tar"));
    assertThat(file).hasContent("mine");
  }

  private HostFailure assertFails(ExitCode code, Path where) {
    HostFailure[] failure = new HostFailure[1];
    assertThatThrownBy(() -> bench.pull(where))
        .isInstanceOfSatisfying(
            HostFailure.class,
            e -> {
              assertThat(e.exitCode()).as(e.getMessage()).isEqualTo(code);
              assertThat(e.getMessage()).doesNotContain("secret").doesNotContain("\n");
              failure[0] = e;
            });
    return failure[0];
  }

  private PushReport push(int... sizes) throws IOException {
    return bench.push(TestImage.layout(source, 1, sizes));
  }

  private Path blob(Digest digest) {
    return target.resolve("blobs/sha256").resolve(digest.hex());
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  /** A storage server that gives other bytes than it has, so many times for each shard. */
  private void spoil(String server, String how, int times) {
    Map<String, Integer> spoilt = new ConcurrentHashMap<>();
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.startsWith("/servers/" + server + "/")
              || spoilt.merge(path, 1, Integer::sum) > times) {
            return false;
          }
          int size = how.equals("short") ? SHARD - 1 : how.equals("long") ? SHARD + 1 : SHARD;
          FakeStore.send(exchange, 200, bytes(size));
          return true;
        });
  }

  /** Answers shard maps through a text that was changed on the way. */
  private void rewriteMaps(HttpClient http, UnaryOperator<String> change) {
    store.troubles.add(
        exchange -> {
          URI asked = exchange.getRequestURI();
          if (!asked.getPath().startsWith("/v1/layers/")
              || exchange.getRequestHeaders().containsKey("X-Honest")) {
            return false;
          }
          HttpRequest honest =
              HttpRequest.newBuilder(store.url().resolve(asked)).header("X-Honest", "1").build();
          try {
            String map = http.send(honest, BodyHandlers.ofString()).body();
            FakeStore.send(exchange, 200, change.apply(map).getBytes(StandardCharsets.UTF_8));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        });
  }
}
