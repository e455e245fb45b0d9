package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.api.CollectionList;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.host.Lamella;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.InvocationInterceptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Collection as an operator asks for it, by the API and by the command. */
class CollectionTest extends StackTest {
  private volatile Duration ahead = Duration.ZERO;
  private volatile InvocationInterceptor interceptor = InvocationInterceptor.NONE;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withClock(() -> Instant.now().plus(ahead))
        .withInterceptor(
            (invocation, handler) ->
                invocation.function().equals("JanitorFunction")
                    ? interceptor.around(invocation, handler)
                    : handler.call());
  }

  /** Pushed all the same, such a layer is kept as any other: small, and whole past the API. */
  @Test
  void collect_externalLayersOfAManifest_keepsThem() throws Exception {
    String image = "team/windows";
    PlainClient client = new PlainClient(stack().endpoint());
    byte[] small = RawHost.bytes(1_000, 60);
    byte[] large = RawHost.bytes(2 * SHARD + 17, 61);
    host().store(image, ManifestText.EMPTY);
    client.finish(client.open(image), RawHost.sha256(small), small);
    HttpResponse<byte[]> redirect = client.finish(client.open(image), RawHost.sha256(large), large);
    assertThat(redirect.statusCode()).isEqualTo(307);
    host().put(URI.create(PlainClient.header(redirect, "Location")), large);
    byte[] manifest =
        ManifestText.bytes(
            ManifestText.image(
                ManifestText.descriptor(ManifestText.CONFIG, ManifestText.EMPTY),
                ManifestText.descriptor(
                    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", small),
                ManifestText.descriptor(
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", large),
                ManifestText.descriptor(
                    "application/vnd.oci.image.layer.nondistributable.v1.tar",
                    RawHost.bytes(1_000, 62))));
    HttpResponse<byte[]> put = host().putManifest(image, "1", ManifestText.MANIFEST, manifest);
    for (int i = 0; i < 20 && put.statusCode() == 429; i++) {
      put = host().putManifest(image, "1", ManifestText.MANIFEST, manifest);
    }
    assertThat(put.statusCode()).as(RawHost.text(put)).isEqualTo(201);

    ahead = ahead.plusDays(8);
    collect(0, "--json");

    for (byte[] layer : List.of(small, large)) {
      Digest digest = RawHost.sha256(layer);
      assertThat(client.pull(image, digest).body()).isEqualTo(layer);
      String path = "/v2/" + image + "/blobs/" + digest;
      assertThat(client.call("DELETE", path, new byte[0]).statusCode()).isEqualTo(405);
    }
  }

  /** However it comes, though its manifest does not come again, and whether or not it is read. */
  @Test
  void collect_externalLayersThatComeAfterTheirManifest_keepsThem() throws Exception {
    String image = "late/windows";
    PlainClient client = new PlainClient(stack().endpoint());
    byte[] small = RawHost.bytes(1_000, 70);
    byte[] chunked = RawHost.bytes(SHARD + 1, 71);
    byte[] read = RawHost.bytes(2 * SHARD + 17, 72);
    byte[] unread = RawHost.bytes(SHARD + 18, 73);
    List<byte[]> layers = List.of(small, chunked, read, unread);
    host().store(image, ManifestText.EMPTY);
    String[] named =
        layers.stream()
            .map(
                layer ->
                    ManifestText.descriptor(
                        "application/vnd.oci.image.layer.nondistributable.v1.tar", layer))
            .toArray(String[]::new);
    byte[] manifest =
        ManifestText.bytes(
            ManifestText.image(
                ManifestText.descriptor(ManifestText.CONFIG, ManifestText.EMPTY), named));
    PlainClient.require(host().putManifest(image, "1", ManifestText.MANIFEST, manifest), 201);

    assertThat(client.finish(client.open(image), RawHost.sha256(small), small).statusCode())
        .isEqualTo(201);
    assertThat(client.push(image, chunked, SHARD / 2).statusCode()).isEqualTo(201);
    stageWhole(client, image, read);
    assertThat(client.pull(image, RawHost.sha256(read)).body()).isEqualTo(read);
    stageWhole(client, image, unread);
    // The upload has expired; then the grace period of what nothing names is over, too.
    ahead = ahead.plusHours(25);
    collect(0, "--json");
    ahead = ahead.plusDays(8);
    collect(0, "--json");

    for (byte[] layer : layers) {
      Digest digest = RawHost.sha256(layer);
      assertThat(client.pull(image, digest).body()).isEqualTo(layer);
      String path = "/v2/" + image + "/blobs/" + digest;
      assertThat(client.call("DELETE", path, new byte[0]).statusCode()).isEqualTo(405);
    }
    VerificationReport deep =
        Verifications.start(host(), "{\"deep\":true,\"name\":\"" + image + "\"}");
    VerificationReport proven = Verifications.await(host(), deep.id());
    assertThat(proven.layers()).isEqualTo(layers.size() + 1);
    assertThat(proven.damage()).isEmpty();
  }

  private void stageWhole(PlainClient client, String image, byte[] layer) throws IOException {
    HttpResponse<byte[]> redirect = client.finish(client.open(image), RawHost.sha256(layer), layer);
    PlainClient.require(redirect, 307);
    URI place = URI.create(PlainClient.header(redirect, "Location"));
    PlainClient.require(host().put(place, layer), 200);
  }

  @Test
  void collect_command_showsThenRemovesWhatNobodyNeeds() throws Exception {
    byte[] layer = RawHost.bytes(1_000, 1);
    Digest digest = RawHost.sha256(layer);
    host().push("team/app", layer);
    ahead = ahead.plusDays(8);

    CollectionRun dry = collect(0, "--dry-run", "--json");
    assertThat(dry.dryRun()).isTrue();
    assertThat(tally(dry, Step.LAYERS).finds()).extracting(Find::name).contains(digest.toString());
    assertThat(tally(dry, Step.LAYERS).bytes()).isGreaterThanOrEqualTo(1_000);
    assertThat(host().isVisible("team/app", digest)).isTrue();

    CollectionRun wet = collect(0, "--json");
    assertThat(tally(wet, Step.LAYERS).finds()).extracting(Find::name).contains(digest.toString());
    assertThat(host().isVisible("team/app", digest)).isFalse();
    assertThat(tally(collect(0, "--json"), Step.LAYERS).finds())
        .extracting(Find::name)
        .doesNotContain(digest.toString());
    assertThat(host().push("team/app", layer).statusCode()).isEqualTo(201);
    assertThat(host().pull("team/app", digest)).isEqualTo(layer);
  }

  @Test
  void collect_dryRun_namesAnObjectThatNothingLeadsToOnceItIsOld() throws Exception {
    byte[] layer = RawHost.bytes(3 * SHARD, 2);
    Digest digest = RawHost.sha256(layer);
    host().push("lost/image", layer);
    ShardMap.Entry entry = host().map("lost/image", digest).map().getFirst();
    Path shard = data().resolve("s3" + entry.url().getPath());
    String key = "layers/" + LayerId.random() + "/" + shard.getFileName();
    Path stray = shard.resolve("../../..").normalize().resolve(key);
    Files.createDirectories(stray.getParent());
    Files.copy(shard, stray);
    Files.setLastModifiedTime(
        stray, FileTime.from(Instant.now().plus(ahead).minus(Duration.ofHours(1))));

    Tally found = tally(collect(0, "--dry-run", "--json"), Step.OBJECTS);
    assertThat(found.count()).as("of a store that has lost nothing").isZero();
    ahead = ahead.plusDays(1);
    found = tally(collect(0, "--dry-run", "--json"), Step.OBJECTS);
    assertThat(found.finds()).containsExactly(Find.of(entry.server() + " " + key, SHARD));
    assertThat(found.bytes()).isEqualTo(SHARD);
    assertThat(stray).exists();

    collect(0, "--json");
    assertThat(stray).doesNotExist();
    assertThat(host().pull("lost/image", digest)).isEqualTo(layer);
  }

  @Test
  void collect_secondStart_answersTheOneThatRuns() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    interceptor =
        (_, handler) -> {
          goOn.await();
          return handler.call();
        };
    try {
      CollectionRun first = start("{\"dryRun\":true}");

      assertThat(start("{\"dryRun\":true}").id()).isEqualTo(first.id());
      assertThat(start("{\"dryRun\":false}"))
          .satisfies(
              run -> {
                assertThat(run.id()).isEqualTo(first.id());
                assertThat(run.dryRun()).isTrue();
              });
      assertThat(run("collect", "--store", stack().endpoint().toString()).exitCode()).isEqualTo(5);
      goOn.countDown();
      assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
      HttpResponse<byte[]> found = host().call("GET", "/v1/collections/" + first.id(), "");
      assertThat(RawHost.read(found, 200, CollectionRun.class).isRunning()).isFalse();
      HttpResponse<byte[]> list = host().call("GET", "/v1/collections", "");
      assertThat(RawHost.read(list, 200, CollectionList.class).collections())
          .extracting(CollectionRun::id)
          .contains(first.id());
    } finally {
      goOn.countDown();
      interceptor = InvocationInterceptor.NONE;
    }
  }

  @Test
  void collect_badInput_isAnsweredInForm() throws Exception {
    for (String body : new String[] {"", "[]", "{}", "{\"dryRun\":\"yes\"}", "{\"dryRun\":"}) {
      HttpResponse<byte[]> answer = host().call("POST", "/v1/collections", body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(RawHost.text(answer)).contains("REQUEST_INVALID");
    }
    HttpResponse<byte[]> unknown = host().call("GET", "/v1/collections/none", "");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(RawHost.text(unknown)).contains("COLLECTION_UNKNOWN", "'none'");
  }

  private CollectionRun start(String body) throws IOException {
    return RawHost.read(host().call("POST", "/v1/collections", body), 202, CollectionRun.class);
  }

  private CollectionRun collect(int exitCode, String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "collect";
    arguments[1] = "--store";
    arguments[2] = stack().endpoint().toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    Result result = run(arguments);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
    return Json.read(result.out().getBytes(StandardCharsets.UTF_8), CollectionRun.class);
  }

  private record Result(int exitCode, String out) {}

  private static Result run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      return new Result(Lamella.execute(arguments), out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  private static Tally tally(CollectionRun run, Step step) {
    return run.found().stream().filter(tally -> tally.of() == step).findFirst().orElseThrow();
  }
}
