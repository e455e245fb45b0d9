package dev.lamella.core.upload;

import static dev.lamella.core.access.Caller.ANYBODY;
import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.Janitor;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.AwaitLate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers that are put to staging whole after the manifest that names them, by bytes alone. */
class LateLayerTest {
  private static final byte[] CONFIG = {'{', '}'};

  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(3 * MemoryStore.SHARD + 1, 1);
  private final Digest digest = sha256(layer);
  private final List<RepositoryName> asked = new ArrayList<>();
  private boolean janitorWorks = true;
  private final AwaitLate awaitLate =
      new AwaitLate(
          store.index.layers(),
          store.index.uploads(),
          store.staging,
          new Late(),
          Duration.ZERO,
          () -> store.now);

  private final class Late implements Janitor {
    @Override
    public void dispatch(String run) {
      throw new AssertionError("nobody asked for " + run);
    }

    @Override
    public void storeLate(RepositoryName image) {
      asked.add(image);
      if (janitorWorks) {
        store.stagedWhole.storeLate(image);
      }
    }
  }

  @BeforeEach
  void putManifest() {
    store.finishBlob.store(ANYBODY, IMAGE, CONFIG, sha256(CONFIG));
    Digest other = Digest.sha512(MemoryStore.hash("SHA-512", bytes(700, 7)));
    String manifest =
        """
        {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":2},"layers":[
         {"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"%s",
          "size":%d},
         {"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"%s",
          "size":700}]}
        """
            .formatted(sha256(CONFIG), digest, layer.length, other);
    store.putManifest.put(
        store.caller,
        IMAGE,
        Reference.parse("1"),
        ManifestReader.OCI_MANIFEST,
        manifest.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void find_layerThatIsStaged_isStored() throws Exception {
    stage(layer);

    Optional<Layer> found = awaitLate.find(IMAGE, digest);

    assertThat(found).isPresent();
    assertThat(store.stored(digest)).isEqualTo(layer);
    assertThat(awaitLate.find(IMAGE, digest)).as("it is no longer awaited").isEmpty();
    assertThat(asked).containsExactly(IMAGE);
  }

  @Test
  void find_nothingThatMayBeIt_asksNobody() {
    LayerId untouched = store.openBlob.open(ANYBODY, IMAGE);
    assertThat(awaitLate.find(IMAGE, digest)).isEmpty();
    stage(layer);

    assertThat(awaitLate.find(IMAGE, sha256(CONFIG))).isEmpty();
    assertThat(awaitLate.find(new RepositoryName("other/app"), digest)).isEmpty();

    assertThat(asked).isEmpty();
    assertThat(store.index.uploads().find(untouched)).isPresent();
  }

  @Test
  void find_otherBytes_areSlicedOnceAndThenNobodyIsAsked() {
    LayerId wrong = stage(bytes(layer.length, 2));

    assertThat(awaitLate.find(IMAGE, digest)).isEmpty();
    assertThat(awaitLate.find(IMAGE, digest)).isEmpty();

    assertThat(asked).hasSize(1);
    // A manifest may still name it.
    assertThat(upload(wrong).state()).isEqualTo(State.OPEN);
  }

  @Test
  void find_layerThatIsStillBeingSliced_isUnavailableAndThenStored() {
    stage(layer);
    janitorWorks = false;
    assertThatThrownBy(() -> awaitLate.find(IMAGE, digest))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    janitorWorks = true;

    assertThat(awaitLate.find(IMAGE, digest)).isPresent();
  }

  @Test
  void storeLate_sha512_isFoundByIt() throws Exception {
    byte[] other = bytes(700, 7);
    stage(other);

    assertThat(store.stagedWhole.storeLate(IMAGE)).isTrue();
    assertThat(store.stagedWhole.storeLate(IMAGE)).isTrue();

    assertThat(store.stored(Digest.sha512(MemoryStore.hash("SHA-512", other)))).isEqualTo(other);
  }

  @Test
  void storeLate_uploadThatExpired_isNotToEndBeforeItIsStored() throws Exception {
    LayerId id = stage(layer);
    store.now = store.now.plus(Duration.ofHours(2));
    store.losesSerialBatches = true;

    assertThat(store.stagedWhole.storeLate(upload(id))).isFalse();
    store.losesSerialBatches = false;
    store.now = store.now.plus(UploadIndex.PASS).plusMillis(1);
    assertThat(store.stagedWhole.storeLate(upload(id))).isTrue();

    assertThat(upload(id).state()).isEqualTo(State.COMMITTED);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void storeLate_uploadOfAnImageThatWaitsForNothing_isNotSliced() {
    LayerId id = store.openBlob.open(ANYBODY, new RepositoryName("other/app"));
    store.staging.put(id, StagedPart.WHOLE, layer, 0, layer.length);
    store.dispatched.clear();

    assertThat(store.stagedWhole.storeLate(upload(id))).isTrue();

    assertThat(store.dispatched).isEmpty();
  }

  private LayerId stage(byte[] bytes) {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(id, StagedPart.WHOLE, bytes, 0, bytes.length);
    return id;
  }

  private Upload upload(LayerId id) {
    return store.index.uploads().find(id).orElseThrow();
  }
}
