package dev.lamella.core.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryOpenUploads;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PutManifestTest {
  private static final RepositoryName IMAGE = new RepositoryName("team/app");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1);
  private static final Reference TAG = Reference.parse("1.0");
  private static final Digest CONFIG = Digest.parse("sha256:" + "1".repeat(64));
  private static final Digest LAYER = Digest.parse("sha256:" + "2".repeat(64));
  private static final String MANIFEST =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
       "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":1},
       "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":1}]}
      """
          .formatted(CONFIG, LAYER);
  private static final String OTHER = MANIFEST + " ";

  private final MemoryIndex index = MemoryIndex.create();
  private final Admission admission = MemoryOpenUploads.roomForAll(index.uploads(), () -> NOW);
  private final PutManifest putManifest =
      new PutManifest(index.images(), LateLayers.NONE, admission, () -> NOW);

  @Test
  void put_allBlobsThere_keepsTheExactBytesAndCountsReferencesOnce() {
    store(CONFIG);
    store(LAYER);
    Digest digest = put(MANIFEST);
    assertThat(put(MANIFEST)).isEqualTo(digest);
    Manifest found = index.images().find(IMAGE, TAG).orElseThrow();
    assertThat(found.bytes()).isEqualTo(MANIFEST.getBytes(StandardCharsets.UTF_8));
    assertThat(found.digest()).isEqualTo(digest);
    assertThat(index.images().find(IMAGE, new Reference.ByDigest(digest))).contains(found);
    assertThat(index.layers().isNamed(LAYER, LATER)).isTrue();
  }

  @Test
  void put_blobMissing_namesItAndStoresNothing() {
    store(CONFIG);
    assertThatThrownBy(() -> put(MANIFEST))
        .isInstanceOfSatisfying(
            Refusal.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_BLOB_UNKNOWN);
              assertThat(e.detail()).isEqualTo(Map.of("missing", List.of(LAYER.toString())));
            });
    assertThat(index.images().find(IMAGE, TAG)).isEmpty();
    assertThat(index.layers().isNamed(CONFIG, LATER)).isFalse();
  }

  @Test
  void put_underAnotherDigest_isRefused() {
    assertThatThrownBy(
            () ->
                putManifest.put(
                    Caller.ANYBODY,
                    IMAGE,
                    new Reference.ByDigest(LAYER),
                    ManifestReader.OCI_MANIFEST,
                    MANIFEST.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DIGEST_INVALID));
  }

  @Test
  void put_nonDistributableLayer_isNotAskedFor() {
    store(CONFIG);
    String foreign =
        MANIFEST.replace(
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar");
    assertThat(put(foreign)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{}",
        "{\"schemaVersion\":1}",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"config\":{},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:1\",\"size\":1.5},\"layers\":[]}",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"layers\":[]}",
        "{\"schemaVersion\":\"2\",\"config\":7,\"layers\":{}}",
        "\ufeff{\"schemaVersion\":2}"
      })
  void put_notAManifest_isRefused(String text) {
    assertThatThrownBy(() -> put(text))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID));
  }

  /** What a client written in Go does not decode, or reads as something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schemaVersion\":2 | \"schemaVersion\":\"2\"",
        "\"schemaVersion\":2 | \"schemaVersion\":2.9",
        "\"schemaVersion\":2 | \"schemaVersion\":2.0",
        "\"schemaVersion\":2 | \"schemaVersion\":2e0",
        "\"schemaVersion\":2 | \"schemaVersion\":4294967298",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"schemaVersion\":2",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"Layers\":[]",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"manifests\":[]",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"annotations\":[]",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"annotations\":{\"a\":1}",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"artifactType\":{}",
        "\"schemaVersion\":2 | \"schemaVersion\":2,\"subject\":[]",
        "\"size\":1} | \"size\":1e0}",
        "\"size\":1} | \"size\":\"1\"}",
        "\"size\":1} | \"size\":9223372036854775808}",
        "\"size\":1} | \"size\":1,\"Size\":1}",
        "\"size\":1} | \"size\":1,\"urls\":\"https://a\"}",
        "\"size\":1} | \"size\":1,\"urls\":[1]}",
        "\"size\":1} | \"size\":1,\"data\":\"%\"}",
        "\"size\":1} | \"size\":1,\"data\":\"AA==\"}",
        "\"size\":1} | \"size\":1,\"platform\":\"linux\"}",
        "\"size\":1} | \"size\":1,\"platform\":{\"os\":1}}",
        "\"size\":1} | \"size\":1,\"annotations\":{\"a\":{}}}",
        "]} | ]}{}",
        "]} | ]",
      })
  void put_whatClientsCannotDecode_isRefused(String part, String changed) {
    store(CONFIG);
    store(LAYER);
    assertThatThrownBy(() -> put(MANIFEST.strip().replace(part, changed)))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID));
    assertThat(put(MANIFEST)).isNotNull();
  }

  @Test
  void put_otherEncodings_areRefused() {
    store(CONFIG);
    store(LAYER);
    for (Charset charset :
        List.of(
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_32BE)) {
      byte[] bytes = MANIFEST.getBytes(charset);
      assertThatThrownBy(
              () -> putManifest.put(Caller.ANYBODY, IMAGE, TAG, ManifestReader.OCI_MANIFEST, bytes))
          .isInstanceOfSatisfying(
              Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID));
    }
  }

  @Test
  void put_typeInAnotherCaseAndWithParameters_isTheSameType() {
    store(CONFIG);
    store(LAYER);
    Manifest manifest =
        putManifest.put(
            Caller.ANYBODY,
            IMAGE,
            TAG,
            "Application/VND.oci.image.manifest.v1+JSON; charset=utf-8",
            MANIFEST.getBytes(StandardCharsets.UTF_8));
    assertThat(manifest.mediaType()).isEqualTo(ManifestReader.OCI_MANIFEST);
  }

  @Test
  void put_sizeThatIsNotTheStoredBlobs_isRefused() {
    store(CONFIG);
    store(LAYER);
    assertThatThrownBy(() -> put(MANIFEST.replace("\"size\":1}]", "\"size\":2}]")))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIZE_INVALID))
        .hasMessageContaining(LAYER.toString());
    assertThat(index.layers().isNamed(LAYER, LATER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.acme.foreign.key.v1",
        "application/vnd.acme.nondistributable.v1",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+x"
      })
  void put_typeLikeThatOfExternalLayers_isAskedFor(String type) {
    store(CONFIG);
    assertThatThrownBy(() -> put(MANIFEST.replace("application/vnd.oci.image.layer.v1.tar", type)))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_BLOB_UNKNOWN));
  }

  @Test
  void put_descriptorOutOfRange_isRefused() {
    assertThatThrownBy(() -> put(MANIFEST.replace("\"size\":1}", "\"size\":-1}")))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> put(MANIFEST.replace("sha256:", "md5:"))).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> put(" ".repeat(ManifestReader.LARGEST) + MANIFEST))
        .hasMessageContaining("over the limit");
  }

  @Test
  void put_tagThatIsThereWithoutTheRight_isDeniedAndStaysWhereItIs() {
    store(CONFIG);
    store(LAYER);
    Caller pusher = callerWith(Action.PULL, Action.PUSH);

    Digest first = put(pusher, TAG, MANIFEST);
    assertThat(put(pusher, TAG, MANIFEST)).isEqualTo(first);
    assertThatThrownBy(() -> put(pusher, TAG, OTHER))
        .isInstanceOfSatisfying(
            Refusal.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.DENIED);
              assertThat(e.detail()).isEmpty();
              assertThat(e)
                  .hasMessageContainingAll("1.0", IMAGE.value(), first.toString(), "overwrite");
            });

    assertThat(index.images().find(IMAGE, TAG).map(Manifest::digest)).contains(first);
    Digest other = Digest.of(Digest.Algorithm.SHA256, OTHER.getBytes(StandardCharsets.UTF_8));
    assertThat(index.images().find(IMAGE, new Reference.ByDigest(other))).isEmpty();
  }

  @Test
  void put_anotherTagOrDigestWithoutTheRight_isStored() {
    store(CONFIG);
    store(LAYER);
    Caller pusher = callerWith(Action.PUSH);
    put(pusher, TAG, MANIFEST);

    Digest other = put(pusher, Reference.parse("2.0"), OTHER);
    assertThat(put(pusher, new Reference.ByDigest(other), OTHER)).isEqualTo(other);

    index.images().delete(IMAGE, TAG, NOW);
    assertThat(put(pusher, TAG, OTHER)).isEqualTo(other);
  }

  @Test
  void put_tagThatIsThereWithTheRight_movesIt() {
    store(CONFIG);
    store(LAYER);
    put(callerWith(Action.PUSH), TAG, MANIFEST);

    Digest other = put(callerWith(Action.PUSH, Action.OVERWRITE), TAG, OTHER);

    assertThat(index.images().find(IMAGE, TAG).map(Manifest::digest)).contains(other);
  }

  /** Nothing is sliced for who is refused anyway. */
  @Test
  void put_takenTagAndMissingBlobs_isDeniedAndAsksForNone() {
    store(CONFIG);
    store(LAYER);
    put(callerWith(Action.PUSH), TAG, MANIFEST);
    List<Object> asked = new ArrayList<>();
    PutManifest waiting =
        new PutManifest(
            index.images(), (image, blobs) -> asked.addAll(blobs), admission, () -> NOW);
    byte[] missing =
        MANIFEST
            .replace(LAYER.toString(), "sha256:" + "3".repeat(64))
            .getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(
            () ->
                waiting.put(
                    callerWith(Action.PUSH), IMAGE, TAG, ManifestReader.OCI_MANIFEST, missing))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DENIED));
    assertThat(asked).isEmpty();
  }

  private static Caller callerWith(Action... actions) {
    return new Caller("ci", new Access(Map.of(IMAGE, Set.of(actions)), List.of(), false));
  }

  private Digest put(String manifest) {
    return put(Caller.ANYBODY, TAG, manifest);
  }

  private Digest put(Caller caller, Reference reference, String manifest) {
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return putManifest.put(caller, IMAGE, reference, ManifestReader.OCI_MANIFEST, bytes).digest();
  }

  private void store(Digest digest) {
    Slicing slicing = new Slicing(1, 64);
    Upload upload = Upload.open(LayerId.random(), IMAGE, digest, slicing, NOW, NOW.plusSeconds(60));
    index.uploads().create(upload);
    index
        .layers()
        .commit(
            upload, new Layer(digest, upload.id(), slicing, Map.of(), NOW, NOW, Optional.empty()));
  }
}
