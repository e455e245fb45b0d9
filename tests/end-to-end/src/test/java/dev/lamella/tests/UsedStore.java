package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Parallel;
import dev.lamella.core.api.AssemblyRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.local.lambda.InvocationResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A store that is used in all the ways that there are, also where something is missing. */
final class UsedStore {
  private static final String OTHERS = "team/plain";
  private static final String LATE = "team/late";
  private static final byte[] NOTHING = new byte[0];

  private final StackTest test;
  private final RawHost host;
  private final PlainClient client;
  private final Path directory;
  private final ImageFiles files;

  UsedStore(StackTest test, Path directory) throws IOException {
    this.test = test;
    this.host = test.host();
    this.client = new PlainClient(test.stack().endpoint());
    this.directory = directory;
    this.files = ImageFiles.image(directory.resolve("image"), 7, 12L * StackTest.SHARD - 7, 1_000);
  }

  /** As lamella does it, to one image, and by layers that are there to another. */
  void pushAndPull() {
    Host lamella = new Host(test.stack().endpoint(), directory.resolve("cache"));
    lamella.push(files.directory(), "team/app:1");
    lamella.push(files.directory(), "team/other:1");
    lamella.pull("team/app:1", directory.resolve("pulled"));
  }

  /** In one call, in chunks, past the API by the edge, and a large manifest. */
  void pushAsOthersDo() throws IOException {
    byte[] small = RawHost.bytes(1_000, 60);
    byte[] chunked = RawHost.bytes(StackTest.SHARD + 1, 62);
    byte[] whole = RawHost.bytes(2 * StackTest.SHARD + 17, 61);
    host.store(OTHERS, ManifestText.EMPTY);
    client.finish(client.open(OTHERS), RawHost.sha256(small), small);
    client.push(OTHERS, chunked, StackTest.SHARD / 2);
    stageWhole(OTHERS, whole);
    String manifest = manifest(ManifestText.LAYER, small, chunked, whole);
    put(OTHERS, "large", manifest);
    put(OTHERS, "large", manifest + " ".repeat(1 << 20));
    call(200, "GET", "/v2/" + OTHERS + "/manifests/large");

    String blobs = "/v2/team/other/blobs/";
    Digest mounted = RawHost.sha256(small);
    call(201, "POST", blobs + "uploads/?mount=" + mounted + "&from=" + OTHERS);
    call(202, "DELETE", blobs + mounted);
  }

  /** A layer that comes after the manifest that names it. */
  void pushLate() throws IOException {
    byte[] late = RawHost.bytes(StackTest.SHARD + 18, 65);
    host.store(LATE, ManifestText.EMPTY);
    put(LATE, "1", manifest("application/vnd.oci.image.layer.nondistributable.v1.tar", late));
    stageWhole(LATE, late);
    assertThat(client.pull(LATE, RawHost.sha256(late)).body()).isEqualTo(late);
  }

  /** What is ended, what is left open, and a part that is missing, and then another one. */
  void leaveUploads() throws Exception {
    client.call("DELETE", client.open(OTHERS));
    client.patch(client.open(OTHERS), 0, RawHost.bytes(StackTest.SHARD / 2, 63));
    byte[] layer = RawHost.bytes(2 * StackTest.SHARD, 64);
    Chain chain = RawHost.chain(layer, StackTest.SHARD);
    UploadProgress upload = host.open(OTHERS, RawHost.sha256(layer), layer.length);
    host.stage(upload.parts().getFirst(), RawHost.slice(layer, 0, StackTest.SHARD));
    host.announce(upload.upload(), chain, 0, 1);
    host.progress(upload.upload());
    ShardBatch batch =
        new ShardBatch(upload.upload(), List.of(new ShardBatch.Task(1, chain.link(1), "s0")));
    assertThat(invoke("ShardWriterFunction", ShardWriters.event(batch)))
        .isInstanceOf(InvocationResult.Completed.class);
    host.stage(upload.parts().get(1), new byte[StackTest.SHARD]);
    assertThat(invoke("ShardWriterFunction", ShardWriters.event(batch)))
        .isInstanceOf(InvocationResult.Completed.class);
  }

  void read() throws IOException {
    for (String path :
        List.of(
            "/v2/_catalog",
            "/v2/team/app/tags/list",
            "/v1/images",
            "/v1/images/team/app?reference=1",
            "/v2/team/app/referrers/" + files.largest(),
            "/v1/collections",
            "/v1/verifications")) {
      call(200, "GET", path);
    }
  }

  /** For clients that know nothing of shards: assembled, and once more where that has expired. */
  void assemble() throws IOException {
    byte[] layer = Files.readAllBytes(files.file(files.largest()));
    assertThat(client.pull("team/app", files.largest()).body()).isEqualTo(layer);
    removeAssembled();
    assertThat(client.pull("team/app", files.largest()).body()).isEqualTo(layer);
  }

  /** A large manifest without its bytes, as it is for a moment where one deletes it. */
  void loseManifest() throws IOException {
    String text = manifest(ManifestText.LAYER) + " ".repeat(1 << 20);
    put(OTHERS, "lost", text);
    Digest digest = ManifestText.sha256(text);
    Path bytes;
    try (Stream<Path> all = Files.walk(bucket("ManifestBucket"))) {
      bytes = all.filter(one -> one.toString().contains(digest.hex())).findFirst().orElseThrow();
    }
    Path away = directory.resolve("away");
    Files.move(bytes, away);
    String path = "/v2/" + OTHERS + "/manifests/" + digest;
    assertThat(Parallel.map(List.of("GET", "DELETE"), 2, method -> status(method, path)))
        .allMatch(status -> status >= 500);
    Files.move(away, bytes);
    call(202, "DELETE", path);
  }

  /** Shards are lost on every storage server: found out, and healed by a push. */
  void loseShards() throws Exception {
    Map<String, ShardMap.Entry> lost = new HashMap<>();
    host.map("team/app", files.largest()).map().forEach(each -> lost.put(each.server(), each));
    assertThat(lost).hasSize(4);
    for (ShardMap.Entry shard : lost.values()) {
      Files.delete(test.data().resolve("s3" + shard.url().getPath()));
    }
    removeAssembled();
    assertThat(invoke("AssemblerFunction", Json.write(new AssemblyRequest(files.largest()))))
        .isInstanceOf(InvocationResult.Failed.class);
    verify("{\"deep\":false}");
    verify("{\"deep\":false,\"name\":\"team/*\"}");
    verify("{\"deep\":true}");
    byte[] layer = Files.readAllBytes(files.file(files.largest()));
    PlainClient.require(host.push("team/app", layer), 201);
    verify("{\"deep\":true,\"name\":\"team/app\"}");
    assertThat(client.pull("team/app", files.largest()).body()).isEqualTo(layer);
  }

  void askForCollection() throws IOException {
    PlainClient.require(host.call("POST", "/v1/collections", "{\"dryRun\":true}"), 202);
  }

  void delete() throws IOException {
    for (String manifest :
        List.of("team/app/manifests/1", "team/other/manifests/1", "team/plain/manifests/large")) {
      call(202, "DELETE", "/v2/" + manifest);
    }
  }

  private void verify(String request) throws Exception {
    Verifications.await(host, Verifications.start(host, request).id());
  }

  private InvocationResult invoke(String function, byte[] event) throws InterruptedException {
    return test.stack().lambda().invoke(test.physicalName(function), event);
  }

  private void call(int status, String method, String path) throws IOException {
    PlainClient.require(client.call(method, path, NOTHING), status);
  }

  private int status(String method, String path) {
    try {
      return client.call(method, path, NOTHING).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As a client that follows a redirect. */
  private void stageWhole(String image, byte[] layer) throws IOException {
    HttpResponse<byte[]> redirect = client.finish(client.open(image), RawHost.sha256(layer), layer);
    PlainClient.require(redirect, 307);
    URI place = URI.create(PlainClient.header(redirect, "Location"));
    PlainClient.require(host.put(place, layer), 200);
  }

  private static String manifest(String type, byte[]... layers) {
    return ManifestText.image(
        ManifestText.descriptor(ManifestText.CONFIG, ManifestText.EMPTY),
        Stream.of(layers)
            .map(layer -> ManifestText.descriptor(type, layer))
            .toArray(String[]::new));
  }

  /** Sends it again as long as layers are still being sliced. */
  private void put(String image, String tag, String manifest) throws IOException {
    byte[] bytes = ManifestText.bytes(manifest);
    HttpResponse<byte[]> put = host.putManifest(image, tag, ManifestText.MANIFEST, bytes);
    for (int i = 0; i < 20 && put.statusCode() == 429; i++) {
      put = host.putManifest(image, tag, ManifestText.MANIFEST, bytes);
    }
    PlainClient.require(put, 201);
  }

  private void removeAssembled() throws IOException {
    try (Stream<Path> all = Files.walk(bucket("AssembledBucket"))) {
      for (Path object : all.filter(Files::isRegularFile).toList()) {
        Files.delete(object);
      }
    }
  }

  private Path bucket(String id) {
    return test.data().resolve("s3").resolve(test.stack().template().names().get(id));
  }
}
