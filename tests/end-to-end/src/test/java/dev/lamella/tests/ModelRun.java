package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.tests.Move.Service;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * A store on an embedded stack, and the model that it has to agree with. Each move ends with an
 * answer that says what became of it, as a host sees to that: it asks again until it has one.
 */
final class ModelRun implements AutoCloseable {
  static {
    // DynamoDB Local writes a stack trace for each connection that breaks.
    System.setProperty("org.apache.logging.log4j.simplelog.level", "OFF");
  }

  private static final String[] IMAGES = {"team/one", "team/two", "other/three"};
  private static final int GRACE_HOURS = 168;
  private static final int ATTEMPTS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path data;
  private final Model model = new Model();
  private final Mischief mischief = new Mischief();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Map<Service, FaultyLink> links;
  private LocalStack stack;
  private RawHost host;

  ModelRun(Path data) throws IOException {
    this.data = data;
    this.links =
        Map.of(
            Service.S3, new FaultyLink(),
            Service.DYNAMODB, new FaultyLink(),
            Service.LAMBDA, new FaultyLink());
    links.forEach((service, link) -> link.rule(mischief.before(service)));
    this.stack = start();
    this.host = new RawHost(stack.endpoint());
  }

  private LocalStack start() {
    LocalStack started =
        LocalStack.start(
            LocalStackOptions.of(StackTest.ROOT.resolve("template.yaml"), data)
                .withParameter("ShardSize", Integer.toString(StackTest.SHARD))
                .withParameter("CollectAfterHours", Integer.toString(GRACE_HOURS))
                .withRetryDelay(Duration.ofMillis(20))
                .withEnvironment((_, environment) -> linked(environment))
                .withInterceptor(mischief)
                .withClock(() -> Instant.now().plus(ahead.get())));
    link(Service.S3).before(started.s3Endpoint());
    link(Service.DYNAMODB).before(started.dynamoDbEndpoint());
    link(Service.LAMBDA).before(started.lambdaEndpoint());
    return started;
  }

  private Map<String, String> linked(Map<String, String> environment) {
    Map<String, String> linked = new HashMap<>(environment);
    links.forEach(
        (service, link) -> linked.put("AWS_ENDPOINT_URL_" + service, link.uri().toString()));
    return linked;
  }

  /** Makes a move, and looks whether the store agrees with the model about what it touched. */
  void make(Move move) throws Exception {
    switch (move) {
      case Move.Push(int image, int tag, int layers) -> push(IMAGES[image], "t" + tag, layers);
      case Move.Abandon(int image, int layer, int stage) -> abandon(IMAGES[image], layer, stage);
      case Move.PutManifest(int image, int tag, int layers) ->
          putManifest(IMAGES[image], "t" + tag, layers);
      case Move.Retag(int image, int from, int to) -> retag(IMAGES[image], "t" + from, "t" + to);
      case Move.DeleteTag(int image, int tag) -> deleteTag(IMAGES[image], "t" + tag);
      case Move.DeleteManifest(int image, int tag) -> deleteManifest(IMAGES[image], "t" + tag);
      case Move.Pull(int image, int tag) -> pull(IMAGES[image], "t" + tag);
      case Move.Collect(boolean full, boolean awaited) ->
          invoke("JanitorFunction", full ? "{\"full\":true}" : "{}", awaited);
      case Move.Verify(boolean awaited) -> invoke("VerifierFunction", "{}", awaited);
      case Move.Jump(int hours) -> ahead.updateAndGet(now -> now.plusHours(hours));
      case Move.Kill(int request) -> mischief.killAt(request);
      case Move.Fail fail -> mischief.fail(fail);
      case Move.Repeat(int event) -> repeat(event);
      case Move.Restart() -> restart();
    }
  }

  private void push(String image, String tag, int layers) throws Exception {
    byte[] manifest = Model.manifest(layers);
    insist(
        () -> {
          List<Wanted> wanted =
              Model.indexes(layers)
                  .mapToObj(
                      i ->
                          new Wanted(
                              Model.digest(i),
                              Model.layer(i).length,
                              Optional.empty(),
                              Optional.empty()))
                  .toList();
          UploadRequest request = new UploadRequest(new RepositoryName(image), wanted);
          UploadAnswer answer =
              RawHost.read(
                  host.call("POST", "/v1/uploads", Json.write(request)), 200, UploadAnswer.class);
          for (UploadProgress upload : answer.missing()) {
            send(upload);
          }
          HttpResponse<byte[]> put = host.putManifest(image, tag, Model.MANIFEST, manifest);
          requireStatus(put, Set.of(201));
          return put;
        });
    model.put(image, tag, layers);
  }

  private void send(UploadProgress upload) throws IOException {
    byte[] layer = layerOf(upload.digest());
    host.stage(upload, layer);
    HttpResponse<byte[]> answer = complete(upload, layer);
    for (int i = 0; i < ATTEMPTS && answer.statusCode() == 202; i++) {
      answer = complete(upload, layer);
    }
    requireStatus(answer, Set.of(201));
  }

  private HttpResponse<byte[]> complete(UploadProgress upload, byte[] layer) throws IOException {
    return host.complete(
        upload.upload(),
        upload.digest(),
        layer.length,
        Optional.of(RawHost.chain(layer, upload.shardSize())));
  }

  private static byte[] layerOf(Digest digest) {
    for (int i = 0; i < Model.layers(); i++) {
      if (Model.digest(i).equals(digest)) {
        return Model.layer(i);
      }
    }
    throw new AssertionError("nobody asked for " + digest);
  }

  private void abandon(String image, int index, int stage) throws Exception {
    byte[] layer = Model.layer(index);
    insist(
        () -> {
          UploadAnswer answer =
              host.ask(image, Model.digest(index), layer.length, Optional.empty());
          if (!answer.missing().isEmpty() && stage > 0) {
            UploadProgress upload = answer.missing().getFirst();
            host.stage(upload, layer);
            if (stage > 1) {
              requireStatus(
                  host.announce(upload.upload(), RawHost.chain(layer, upload.shardSize()), 0),
                  Set.of(202));
            }
          }
          return answer;
        });
  }

  private void putManifest(String image, String tag, int layers) throws Exception {
    HttpResponse<byte[]> answer =
        insist(
            () -> {
              HttpResponse<byte[]> put =
                  host.putManifest(image, tag, Model.MANIFEST, Model.manifest(layers));
              requireStatus(
                  put, model.mustHave(image, layers) ? Set.of(201) : Set.of(201, 400, 404));
              return put;
            });
    if (answer.statusCode() == 201) {
      model.put(image, tag, layers);
    } else {
      assertThat(RawHost.text(answer)).contains("MANIFEST_BLOB_UNKNOWN");
    }
  }

  private void retag(String image, String from, String to) throws Exception {
    Optional<Integer> layers = model.layersOf(image, from);
    if (layers.isEmpty()) {
      return;
    }
    insist(
        () -> {
          HttpResponse<byte[]> found = host.call("GET", "/v2/" + image + "/manifests/" + from, "");
          requireStatus(found, Set.of(200));
          HttpResponse<byte[]> put = host.putManifest(image, to, Model.MANIFEST, found.body());
          requireStatus(put, Set.of(201));
          return put;
        });
    model.put(image, to, layers.get());
  }

  private void deleteTag(String image, String tag) throws Exception {
    delete(image, tag, model.tagged(image, tag).isPresent());
    model.deleteTag(image, tag);
  }

  private void deleteManifest(String image, String tag) throws Exception {
    Optional<Digest> digest = model.tagged(image, tag);
    if (digest.isPresent()) {
      delete(image, digest.get().toString(), true);
      model.deleteManifest(image, digest.get());
    }
  }

  /** One that was done, but whose answer was lost, is answered 404 the next time. */
  private void delete(String image, String reference, boolean isThere) throws Exception {
    int[] attempts = {0};
    insist(
        () -> {
          HttpResponse<byte[]> answer =
              host.call("DELETE", "/v2/" + image + "/manifests/" + reference, "");
          boolean isFirst = attempts[0]++ == 0;
          requireStatus(answer, isThere ? isFirst ? Set.of(202) : Set.of(202, 404) : Set.of(404));
          return answer;
        });
  }

  private void pull(String image, String tag) throws Exception {
    Optional<Integer> layers = model.layersOf(image, tag);
    insist(
        () -> {
          HttpResponse<byte[]> found = host.call("GET", "/v2/" + image + "/manifests/" + tag, "");
          requireStatus(found, layers.isPresent() ? Set.of(200) : Set.of(404));
          return found;
        });
    if (layers.isPresent()) {
      assertWhole(image, layers.get());
    }
  }

  private void assertWhole(String image, int layers) throws Exception {
    byte[] manifest =
        insist(
                () -> {
                  HttpResponse<byte[]> found =
                      host.call(
                          "GET",
                          "/v2/" + image + "/manifests/" + RawHost.sha256(Model.manifest(layers)),
                          "");
                  requireStatus(found, Set.of(200));
                  return found;
                })
            .body();
    assertThat(manifest).isEqualTo(Model.manifest(layers));
    for (int index : Model.indexes(layers).toArray()) {
      byte[] pulled = insist(() -> layer(image, Model.digest(index)));
      assertThat(RawHost.sha256(pulled)).isEqualTo(Model.digest(index));
    }
  }

  private byte[] layer(String image, Digest digest) throws IOException {
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    for (ShardMap.Entry shard : host.map(image, digest).map()) {
      HttpResponse<byte[]> answer = host.get(shard.url());
      requireStatus(answer, Set.of(200));
      merged.writeBytes(answer.body());
    }
    return merged.toByteArray();
  }

  private void repeat(int event) throws Exception {
    List<byte[]> events = mischief.events();
    if (!events.isEmpty()) {
      stack.lambda().enqueue(name("ShardWriterFunction"), events.get(event % events.size()));
    }
  }

  private void invoke(String function, String event, boolean wait) throws Exception {
    stack.lambda().enqueue(name(function), event.getBytes(StandardCharsets.UTF_8));
    if (wait) {
      awaitIdle();
    }
  }

  private void awaitIdle() throws InterruptedException {
    assertThat(stack.lambda().awaitIdle(PATIENCE)).as("functions come to an end").isTrue();
  }

  private String name(String function) {
    return Objects.requireNonNull(stack.template().names().get(function), function);
  }

  private FaultyLink link(Service service) {
    return Objects.requireNonNull(links.get(service), service.name());
  }

  private void restart() throws Exception {
    stack.close();
    mischief.stop();
    stack = start();
    host = new RawHost(stack.endpoint());
  }

  /** Something that may fail, and is then tried again, in the end without mischief. */
  @FunctionalInterface
  private interface Attempt<T> {
    T make() throws Exception;
  }

  private <T> T insist(Attempt<T> attempt) throws Exception {
    for (int i = 1; ; i++) {
      try {
        return attempt.make();
      } catch (IOException e) {
        mischief.stop();
        if (i == ATTEMPTS) {
          throw new AssertionError("failed " + ATTEMPTS + " times: " + e.getMessage(), e);
        }
      }
    }
  }

  private static void requireStatus(HttpResponse<byte[]> answer, Set<Integer> statuses)
      throws IOException {
    if (!statuses.contains(answer.statusCode())) {
      throw new IOException(
          answer.request().method()
              + " "
              + answer.request().uri().getPath()
              + " was answered "
              + answer.statusCode()
              + ": "
              + RawHost.text(answer));
    }
  }

  /**
   * The store agrees with the model in all, whatever its clock says; after the grace period, it
   * holds nothing but that; and when all images are deleted, nothing at all.
   */
  void end() throws Exception {
    mischief.stop();
    awaitIdle();
    assertImages();
    assertCounts(Inventory.of(stack));
    settle();
    assertImages();
    Inventory rest = Inventory.of(stack);
    assertCounts(rest);
    assertNothingElse(rest);
    for (Map.Entry<String, Model.Image> image : model.images().entrySet()) {
      for (Digest manifest : Set.copyOf(image.getValue().manifests().keySet())) {
        delete(image.getKey(), manifest.toString(), true);
        model.deleteManifest(image.getKey(), manifest);
      }
    }
    settle();
    Inventory nothing = Inventory.of(stack);
    assertCounts(nothing);
    assertNothingElse(nothing);
    assertThat(nothing.objects()).isEmpty();
  }

  /** Twice: what a run that began before ends with is not yet all. */
  private void settle() throws Exception {
    for (int i = 0; i < 2; i++) {
      ahead.updateAndGet(now -> now.plusHours(2L * GRACE_HOURS));
      invoke("JanitorFunction", "{\"full\":true}", true);
    }
  }

  private void assertImages() throws Exception {
    for (Map.Entry<String, Model.Image> image : model.images().entrySet()) {
      for (int layers : Set.copyOf(image.getValue().manifests().values())) {
        assertWhole(image.getKey(), layers);
      }
      for (Map.Entry<String, Digest> tag : image.getValue().tags().entrySet()) {
        HttpResponse<byte[]> found =
            host.call("GET", "/v2/" + image.getKey() + "/manifests/" + tag.getKey(), "");
        assertThat(RawHost.sha256(found.body())).isEqualTo(tag.getValue());
      }
    }
  }

  private void assertCounts(Inventory inventory) {
    Set<String> entries = new TreeSet<>(inventory.keys("IMAGE#"));
    entries.removeIf(key -> !key.contains(" MANIFEST#") && !key.contains(" TAG#"));
    assertThat(entries).isEqualTo(model.entries());
    Map<String, Long> counted = inventory.references();
    assertThat(counted).containsAllEntriesOf(model.references());
    counted.keySet().removeAll(model.references().keySet());
    assertThat(counted.values())
        .as("references of layers that nothing names")
        .allMatch(count -> count == 0);
  }

  private void assertNothingElse(Inventory inventory) {
    assertThat(inventory.references()).isEqualTo(model.references());
    assertThat(inventory.partitions("SHARDS#")).isEqualTo(inventory.layerIds());
    assertThat(inventory.partitions("UPLOAD#")).isEqualTo(inventory.layerIds());
    assertThat(inventory.objects()).isEqualTo(inventory.recorded());
    assertThat(inventory.staged()).isEmpty();
    assertThat(inventory.manifests()).isEmpty();
    Set<String> linked =
        inventory.keys("IMAGE#").stream()
            .filter(key -> key.contains(" LAYER#"))
            .map(key -> key.substring(key.indexOf(" LAYER#") + " LAYER#".length()))
            .collect(Collectors.toSet());
    assertThat(inventory.references().keySet())
        .as("layers that images may read")
        .containsAll(linked);
    assertThat(inventory.keys("IMAGE#")).noneMatch(key -> key.contains(" PENDING#"));
  }

  @Override
  public void close() throws IOException {
    stack.close();
    for (FaultyLink link : links.values()) {
      link.close();
    }
  }
}
