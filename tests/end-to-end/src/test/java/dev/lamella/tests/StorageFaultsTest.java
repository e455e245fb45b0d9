package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.chain.Chain;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.PushReport;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.tests.FaultyLink.Call;
import dev.lamella.tests.FaultyLink.Fate;
import dev.lamella.tests.FaultyLink.Rule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A storage server, or staging, that fails, refuses, breaks off or is slow. */
class StorageFaultsTest extends StackTest {
  private static final int SHARDS = 8;

  @TempDir Path directory;

  /** Before storage server s1. */
  private final FaultyLink server = new FaultyLink();

  /** Before staging, and before the storage servers that have no link of their own. */
  private final FaultyLink home = new FaultyLink();

  /** How far ahead the functions' clock is. */
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  StorageFaultsTest() throws IOException {}

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withRetryDelay(Duration.ofMillis(50))
        .withClock(() -> Instant.now().plus(ahead.get()))
        .withEnvironment((_, environment) -> linked(environment));
  }

  private Map<String, String> linked(Map<String, String> environment) {
    URI s3 = URI.create(environment.get("AWS_ENDPOINT_URL_S3"));
    Map<String, String> linked = new HashMap<>(environment);
    linked.put("AWS_ENDPOINT_URL_S3", home.before(s3).uri().toString());
    linked.computeIfPresent(
        "STORAGE_SERVERS",
        (_, servers) ->
            servers.replace(
                "\"id\":\"s1\"", "\"id\":\"s1\",\"endpoint\":\"" + server.before(s3).uri() + "\""));
    return linked;
  }

  @AfterAll
  void closeLinks() throws IOException {
    server.close();
    home.close();
  }

  /** Shard-writers that avoid a server after the last test do so no more. */
  @BeforeEach
  void letTimePass() {
    ahead.updateAndGet(Duration.ofMinutes(1)::plus);
    heal();
  }

  private void heal() {
    server.rule(Rule.NONE);
    home.rule(Rule.NONE);
  }

  @Test
  void push_serverAnswers503ForAWhile_succeeds() throws IOException {
    ImageFiles files = image(1);
    AtomicInteger refused = new AtomicInteger();
    server.rule(call -> is("PUT", call) && refused.getAndIncrement() < 5 ? busy() : pass());
    container().push(files.directory(), "busy/app:1");
    assertThat(refused).hasValueGreaterThan(5);
    assertThat(pulled("busy/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pull_serverAnswers503OrBreaksOffAtFirst_succeeds() throws IOException {
    ImageFiles files = image(2);
    container().push(files.directory(), "broken/app:1");
    Set<String> met = ConcurrentHashMap.newKeySet();
    AtomicInteger broken = new AtomicInteger();
    server.rule(
        call ->
            met.add(call.path())
                ? broken.getAndIncrement() % 2 == 0 ? new Fate.BreakOff(SHARD / 2) : busy()
                : pass());
    assertThat(pulled("broken/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
    assertThat(broken).hasValueGreaterThanOrEqualTo(SHARDS / 4);
  }

  @Test
  void pull_serverAnswers503ForGood_failsInOneLineAndGoesOnWhenItIsHealthy() throws IOException {
    ImageFiles files = image(3);
    Digest layer = files.largest();
    container().push(files.directory(), "gone/app:1");
    Path target = directory.resolve("target");
    // The image's small layers have shards there too, and may be asked for first.
    String shards = folder(host().map("gone/app", layer).map().getFirst().url());
    server.rule(call -> call.path().contains(shards) ? busy() : pass());
    HostFailure failure = failure(() -> container().pull("gone/app:1", target));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure.getMessage())
        .contains("shard", layer.hex(), "storage server s1", "HTTP 503");
    assertThat(target.resolve("blobs/sha256").resolve(layer.hex())).doesNotExist();
    assertThat(target.resolve("index.json")).doesNotExist();

    server.rule(Rule.NONE);
    Path partial = target.resolve(".lamella/sha256-" + layer.hex());
    int missing = SHARDS - ImageFiles.sameShards(files.file(layer), partial, SHARD);
    PullReport again = container().pull("gone/app:1", target);
    assertThat(again.layers())
        .filteredOn(one -> one.digest().equals(layer))
        .singleElement()
        .satisfies(one -> assertThat(one.fetched()).isEqualTo(missing));
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pushAndPull_serverIsSlow_succeed() throws IOException {
    ImageFiles files = image(4);
    server.rule(_ -> new Fate.Slow(2));
    container().push(files.directory(), "slow/app:1");
    assertThat(pulled("slow/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void push_stagingRefusesEachUrlOnce_asksForFreshOnesAndSucceeds() throws IOException {
    ImageFiles files = image(5);
    Set<String> expired = ConcurrentHashMap.newKeySet();
    home.rule(call -> is("PUT", call) && isFirst(call, expired) ? forbidden() : pass());
    container().push(files.directory(), "expired/app:1");
    assertThat(expired).hasSizeGreaterThanOrEqualTo(SHARDS);
    assertThat(pulled("expired/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  /** What S3 itself answers to a URL whose time is over, which is not always all of an answer. */
  @Test
  void pushAndPull_everyUrlHasExpired_askForFreshOnesAndSucceed() throws IOException {
    ImageFiles files = image(8);
    Set<String> expired = ConcurrentHashMap.newKeySet();
    home.rule(call -> isSigned(call) && isFirst(call, expired) ? late(home, call) : pass());
    server.rule(call -> isSigned(call) && isFirst(call, expired) ? late(server, call) : pass());
    container().push(files.directory(), "late/app:1");
    assertThat(expired).hasSizeGreaterThanOrEqualTo(SHARDS);
    expired.clear();
    assertThat(pulled("late/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
    assertThat(expired).hasSizeGreaterThanOrEqualTo(SHARDS);
  }

  @Test
  void push_allServersAnswer503ForGood_endsInTheDeadLetterQueueAndHealsWithoutSendingAgain()
      throws Exception {
    ImageFiles files = image(9);
    server.rule(call -> isShard("PUT", call) ? busy() : pass());
    home.rule(call -> isShard("PUT", call) ? busy() : pass());
    HostFailure failure =
        failure(() -> container().impatient().push(files.directory(), "refused/app:1"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure.getMessage()).contains("storage servers s0, s1, s2, s3 are not available");
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(2))).isTrue();
    assertThat(stack().lambda().deadLetters())
        .isNotEmpty()
        .allSatisfy(
            letter -> {
              assertThat(letter.function()).isEqualTo("ShardWriterFunction");
              assertThat(letter.attempts()).isEqualTo(3);
              assertThat(letter.target()).contains("ShardWriterDeadLetters");
              assertThat(letter.error().json())
                  .contains("storage servers ", "s1", " are not available");
            });
    assertThat(host().isVisible("refused/app", files.largest())).isFalse();
    assertThat(host().call("GET", "/v2/refused/app/manifests/1", "").statusCode()).isEqualTo(404);

    heal();
    PushReport again = container().push(files.directory(), "refused/app:1");
    assertThat(again.bytes()).isLessThan(SHARD);
    assertThat(pulled("refused/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  /** No such bucket, no access, and out of order: the others take its shards. */
  @ParameterizedTest
  @ValueSource(ints = {404, 403, 503})
  void push_serverTakesNothing_placesItsShardsOnOthers(int status) throws IOException {
    ImageFiles files = image(20 + status);
    AtomicInteger refused = new AtomicInteger();
    server.rule(
        call -> {
          if (isShard("PUT", call)) {
            refused.incrementAndGet();
            return new Fate.Answer(status);
          }
          return pass();
        });
    String name = "other" + status + "/app";
    container().push(files.directory(), name + ":1");
    assertThat(refused).hasPositiveValue();
    assertThat(host().map(name, files.largest()).map())
        .hasSize(SHARDS)
        .noneMatch(shard -> shard.server().equals("s1"));
    assertThat(pulled(name + ":1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void putBlob_noServerTakesIt_namesThemForPeopleAndPrograms() throws IOException {
    server.rule(call -> isShard("PUT", call) ? new Fate.Answer(404) : pass());
    home.rule(call -> isShard("PUT", call) ? new Fate.Answer(404) : pass());
    byte[] blob = RawHost.bytes(1000, 21);
    HttpResponse<byte[]> answer =
        host().call("POST", "/v2/untaken/app/blobs/uploads/?digest=" + RawHost.sha256(blob), blob);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(RawHost.text(answer))
        .contains("UNAVAILABLE", "storage servers s0, s1, s2, s3 are not available")
        .contains("\"storageServers\":[\"s0\",\"s1\",\"s2\",\"s3\"]");
  }

  /** Whoever deleted it: the answer says which it is, and blames no host. */
  @Test
  void anyRoute_bucketIsMissing_isUnavailableAndNamesIt() throws IOException {
    PlainClient client = new PlainClient(stack().endpoint());
    byte[] layer = RawHost.bytes(SHARD + 1, 30);
    Chain chain = RawHost.chain(layer, SHARD);
    LayerId id = host().open("missing/app", RawHost.sha256(layer), layer.length).upload();
    URI chunks = client.open("missing/app");
    host().store("missing/app", ManifestText.EMPTY);
    byte[] large =
        ManifestText.bytes(
            ManifestText.image(ManifestText.descriptor(ManifestText.CONFIG, ManifestText.EMPTY))
                .replaceFirst(
                    "[{]", "{\"annotations\":{\"note\":\"" + "x".repeat(300_000) + "\"},"));
    PlainClient.require(
        host().putManifest("missing/app", "large", ManifestText.MANIFEST, large), 201);
    home.rule(_ -> new Fate.Answer(404, "<Error><Code>NoSuchBucket</Code></Error>"));

    for (HttpResponse<byte[]> answer :
        List.of(
            host().call("GET", "/v1/uploads/" + id, ""),
            host().announce(id, chain, 0),
            host().complete(id, RawHost.sha256(layer), layer.length, Optional.of(chain)),
            client.patch(chunks, 0, new byte[100]),
            client.finish(chunks, RawHost.sha256(layer), new byte[0]),
            // It has ended then, and its parts are left to the janitor.
            host().call("DELETE", "/v1/uploads/" + id, ""))) {
      assertThat(answer.statusCode()).as(answer + RawHost.text(answer)).isEqualTo(503);
      assertThat(RawHost.text(answer))
          .contains(
              "UNAVAILABLE",
              "bucket " + stack().environment("MetadataFunction").get("STAGING_BUCKET"));
    }
    for (HttpResponse<byte[]> answer :
        List.of(host().call("GET", "/v2/missing/app/manifests/large", ""))) {
      assertThat(answer.statusCode()).as(answer + RawHost.text(answer)).isEqualTo(503);
      assertThat(RawHost.text(answer)).contains("UNAVAILABLE", "large manifests", "operator");
    }
  }

  /** Staging expires by itself: that its parts stay a while is no reason to call a push failed. */
  @Test
  void push_stagedPartsCannotBeRemoved_succeeds() throws IOException {
    ImageFiles files = image(10);
    AtomicInteger refused = new AtomicInteger();
    home.rule(
        call -> {
          if (is("POST", call) && call.path().contains("?delete")) {
            refused.incrementAndGet();
            return busy();
          }
          return pass();
        });
    container().push(files.directory(), "kept/app:1");
    assertThat(refused).hasPositiveValue();
    assertThat(pulled("kept/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pull_storageRefusesEachUrlOnce_asksForFreshOnesAndSucceeds() throws IOException {
    ImageFiles files = image(6);
    container().push(files.directory(), "stale/app:1");
    Set<String> expired = ConcurrentHashMap.newKeySet();
    Rule once = call -> isFirst(call, expired) ? forbidden() : pass();
    server.rule(once);
    home.rule(once);
    assertThat(pulled("stale/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
    assertThat(expired).hasSizeGreaterThanOrEqualTo(SHARDS);
  }

  @Test
  void push_stagingAnswers503ForGood_failsInOneLineAndGoesOnWhenItIsHealthy() throws IOException {
    ImageFiles files = image(7);
    AtomicInteger taken = new AtomicInteger();
    home.rule(call -> is("PUT", call) && taken.incrementAndGet() > 3 ? busy() : pass());
    HostFailure failure = failure(() -> container().push(files.directory(), "full/app:1"));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(failure.getMessage()).contains("send shard", "HTTP 503");
    assertThat(host().call("GET", "/v2/full/app/manifests/1", "").statusCode()).isEqualTo(404);

    home.rule(Rule.NONE);
    PushReport again = container().push(files.directory(), "full/app:1");
    // At least one shard is not sent again; half a shard is room for the requests' own bytes.
    assertThat(again.bytes()).isLessThan((SHARDS - 1L) * SHARD + SHARD / 2);
    assertThat(pulled("full/app:1")).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  /** Matches a layer's shards, whatever the bucket. */
  private static String folder(URI shard) {
    String path = shard.getPath();
    return path.substring(path.indexOf('/', 1), path.lastIndexOf('/') + 1);
  }

  private ImageFiles image(int seed) throws IOException {
    return ImageFiles.image(directory.resolve("source"), seed, (long) SHARDS * SHARD - 7, 1000);
  }

  private Host container() {
    return new Host(stack().endpoint(), directory.resolve("cache"));
  }

  private Map<String, Digest> pulled(String name) throws IOException {
    Path target = directory.resolve("pulled");
    container().pull(name, target);
    return ImageFiles.blobs(target);
  }

  private static boolean isShard(String method, Call call) {
    return is(method, call) && call.path().contains("/layers/");
  }

  private static boolean is(String method, Call call) {
    return call.method().equals(method);
  }

  private static boolean isFirst(Call call, Set<String> met) {
    return !call.path().contains("list-type") && met.add(call.path().split("\\?", 2)[0]);
  }

  private static boolean isSigned(Call call) {
    return call.path().contains("X-Amz-Expires");
  }

  /** As if it came by a URL for the same that was signed too long ago. */
  private Fate late(FaultyLink link, Call call) {
    URI expired = expiredUrls().expired(call.method(), link.uri().resolve(call.path()));
    return new Fate.Instead(expired.getRawPath() + "?" + expired.getRawQuery());
  }

  private static Fate pass() {
    return new Fate.Pass();
  }

  private static Fate busy() {
    return new Fate.Answer(503);
  }

  private static Fate forbidden() {
    return new Fate.Answer(403);
  }
}
