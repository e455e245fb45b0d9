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
import dev.lamella.tests.Move.Way;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/**
 * What hosts and other clients do with a store, each until it has an answer that says what became
 * of it; and what the model says of that answer.
 */
final class ModelHost {
  private static final int CHUNK = 4 << 20;
  private static final int QUESTIONS = 6;

  private final ModelStore store;
  private final Model model;

  ModelHost(ModelStore store, Model model) {
    this.store = store;
    this.model = model;
  }

  void push(String image, String tag, int layers, Way way) throws Exception {
    ModelManifest manifest = ModelManifest.image(layers);
    store.insist(
        () -> {
          switch (way) {
            case PARTS -> sendParts(image, layers);
            case CHUNKS -> sendChunks(image, layers);
          }
          return put(image, tag, manifest);
        },
        201);
    model.put(image, tag, manifest);
  }

  private HttpResponse<byte[]> put(String image, String tag, ModelManifest manifest)
      throws IOException {
    return store.host().putManifest(image, tag, manifest.mediaType(), manifest.bytes());
  }

  private void sendParts(String image, int layers) throws IOException {
    List<Wanted> wanted =
        Model.indexes(layers)
            .mapToObj(
                i ->
                    new Wanted(
                        Model.digest(i), Model.layer(i).length, Optional.empty(), Optional.empty()))
            .toList();
    byte[] request = Json.write(new UploadRequest(new RepositoryName(image), wanted));
    UploadAnswer answer =
        RawHost.read(store.host().call("POST", "/v1/uploads", request), 200, UploadAnswer.class);
    for (UploadProgress upload : answer.missing()) {
      byte[] layer = Model.layer(upload.digest().orElseThrow());
      store.host().stage(upload, layer);
      HttpResponse<byte[]> done = complete(upload, layer);
      for (int i = 0; i < QUESTIONS && done.statusCode() == 202; i++) {
        done = complete(upload, layer);
      }
      ModelStore.require(done, 201);
    }
  }

  private HttpResponse<byte[]> complete(UploadProgress upload, byte[] layer) throws IOException {
    return store
        .host()
        .complete(
            upload.upload(),
            upload.digest().orElseThrow(),
            layer.length,
            Optional.of(RawHost.chain(layer, upload.shardSize())));
  }

  private void sendChunks(String image, int layers) throws IOException {
    for (int index : Model.indexes(layers).toArray()) {
      ModelStore.require(store.client().push(image, Model.layer(index), CHUNK), 201);
    }
  }

  void abandon(String image, int index, int stage) throws Exception {
    byte[] layer = Model.layer(index);
    store.insist(
        () -> {
          RawHost host = store.host();
          UploadAnswer answer =
              host.ask(image, Model.digest(index), layer.length, Optional.empty());
          if (!answer.missing().isEmpty() && stage > 0) {
            UploadProgress upload = answer.missing().getFirst();
            host.stage(upload, layer);
            if (stage > 1) {
              ModelStore.require(
                  host.announce(upload.upload(), RawHost.chain(layer, upload.shardSize()), 0), 202);
            }
          }
          return answer;
        });
  }

  /** What is not there for it would have to be uploaded, and is not. */
  void mount(String image, String from, int index) throws Exception {
    boolean isThere = model.mustHave(from, 1 << index);
    String path =
        "/v2/%s/blobs/uploads/?mount=%s&from=%s".formatted(image, Model.digest(index), from);
    Integer[] statuses = isThere ? new Integer[] {201} : new Integer[] {201, 202};
    store.insist(() -> store.host().call("POST", path, ""), statuses);
  }

  void putManifest(String image, String tag, int layers) throws Exception {
    ModelManifest manifest = ModelManifest.image(layers);
    Integer[] statuses =
        model.mustHave(image, layers) ? new Integer[] {201} : new Integer[] {201, 404};
    HttpResponse<byte[]> answer = store.insist(() -> put(image, tag, manifest), statuses);
    if (answer.statusCode() == 201) {
      model.put(image, tag, manifest);
    } else {
      assertThat(RawHost.text(answer)).contains("MANIFEST_BLOB_UNKNOWN");
    }
  }

  /** An index of what some tags point to. */
  void putIndex(String image, String tag, List<String> tags) throws Exception {
    List<ModelManifest> named =
        tags.stream()
            .flatMap(from -> model.at(image, from).stream())
            .filter(manifest -> !manifest.isIndex())
            .toList();
    if (!named.isEmpty()) {
      ModelManifest index = ModelManifest.index(named);
      store.insist(() -> put(image, tag, index), 201);
      model.put(image, tag, index);
    }
  }

  void retag(String image, String from, String to) throws Exception {
    Optional<ModelManifest> manifest = model.at(image, from);
    if (manifest.isPresent()) {
      assertThat(store.insist(() -> manifest(image, from), 200).body())
          .isEqualTo(manifest.get().bytes());
      store.insist(() -> put(image, to, manifest.get()), 201);
      model.put(image, to, manifest.get());
    }
  }

  private HttpResponse<byte[]> manifest(String image, String reference) throws IOException {
    return store.host().call("GET", "/v2/" + image + "/manifests/" + reference, "");
  }

  void deleteTag(String image, String tag) throws Exception {
    delete(image, tag, model.tagged(image, tag).isPresent());
    model.deleteTag(image, tag);
  }

  void deleteManifest(String image, Digest digest) throws Exception {
    delete(image, digest.toString(), true);
    model.deleteManifest(image, digest);
  }

  /** One that was done, but whose answer was lost, is answered 404 the next time. */
  private void delete(String image, String reference, boolean isThere) throws Exception {
    int[] attempts = {0};
    store.insist(
        () -> {
          boolean isFirst = attempts[0]++ == 0;
          HttpResponse<byte[]> answer =
              store.host().call("DELETE", "/v2/" + image + "/manifests/" + reference, "");
          Integer[] again = isFirst ? new Integer[] {202} : new Integer[] {202, 404};
          ModelStore.require(answer, isThere ? again : new Integer[] {404});
          return answer;
        });
  }

  /** What manifests of the image name stays. */
  void deleteLayer(String image, int index) throws Exception {
    Integer[] statuses = {202, 404};
    if (model.mustHave(image, 1 << index)) {
      statuses = new Integer[] {405};
    } else if (model.mayHave(image, 1 << index)) {
      statuses = new Integer[] {202, 404, 405};
    }
    Integer[] expected = statuses;
    String path = "/v2/" + image + "/blobs/" + Model.digest(index);
    store.insist(() -> store.host().call("DELETE", path, ""), expected);
  }

  void pull(String image, String tag, boolean isPlain) throws Exception {
    Optional<ModelManifest> manifest = model.at(image, tag);
    Integer status = manifest.isPresent() ? 200 : 404;
    store.insist(() -> manifest(image, tag), status);
    if (manifest.isEmpty()) {
      return;
    }
    if (isPlain) {
      // An assembler that is killed keeps its claim for minutes, and others wait for that.
      store.calm();
      for (int index : Model.indexes(manifest.get().layers()).toArray()) {
        assertThat(store.insist(() -> store.client().pull(image, Model.digest(index)), 200).body())
            .isEqualTo(Model.layer(index));
      }
    } else {
      assertWhole(image, manifest.get());
    }
  }

  /** A manifest and its layers are there, bit for bit. */
  void assertWhole(String image, ModelManifest manifest) throws Exception {
    String digest = manifest.digest().toString();
    assertThat(store.insist(() -> manifest(image, digest), 200).body()).isEqualTo(manifest.bytes());
    for (int index : Model.indexes(manifest.layers()).toArray()) {
      byte[] pulled = store.insist(() -> layer(image, Model.digest(index)));
      assertThat(pulled).isEqualTo(Model.layer(index));
    }
  }

  /** A tag points to a manifest. */
  void assertTagged(String image, String tag, Digest digest) throws Exception {
    byte[] found = store.insist(() -> manifest(image, tag), 200).body();
    assertThat(RawHost.sha256(found)).isEqualTo(digest);
  }

  private byte[] layer(String image, Digest digest) throws IOException {
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    for (ShardMap.Entry shard : store.host().map(image, digest).map()) {
      HttpResponse<byte[]> answer = store.host().get(shard.url());
      ModelStore.require(answer, 200);
      merged.writeBytes(answer.body());
    }
    return merged.toByteArray();
  }
}
