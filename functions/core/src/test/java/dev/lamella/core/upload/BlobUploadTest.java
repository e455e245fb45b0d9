package dev.lamella.core.upload;

import static dev.lamella.core.access.Caller.ANYBODY;
import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.hash;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.UploadIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Uploads of the OCI API over ports in memory. */
class BlobUploadTest {
  private static final byte[] NOTHING = new byte[0];

  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(5 * SHARD + 100, 1);
  private final Digest digest = sha256(layer);

  /** The same shards with the same links as one push by the host. */
  @Property(tries = 200)
  void finish_anyChunks_storeTheLayerAsOnePushDoes(
      @ForAll @Size(max = 12) List<@IntRange(min = 1, max = 3 * SHARD) Integer> sizes,
      @ForAll boolean lastWithPut)
      throws IOException {
    MemoryStore fresh = new MemoryStore();
    byte[] bytes = bytes(sizes.stream().mapToInt(Integer::intValue).sum(), sizes.size());
    LayerId id = fresh.openBlob.open(ANYBODY, IMAGE);
    int at = 0;
    for (int i = 0; i < sizes.size() - (lastWithPut ? 1 : 0); i++) {
      byte[] chunk = Arrays.copyOfRange(bytes, at, at + sizes.get(i));
      fresh.receiveChunk.receive(ANYBODY, IMAGE, id, OptionalLong.of(at), chunk);
      at += sizes.get(i);
    }
    byte[] last = Arrays.copyOfRange(bytes, at, bytes.length);
    Digest digest = sha256(bytes);

    assertThat(fresh.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.of(at), last, digest))
        .isEqualTo(new Finish.Stored());

    assertThat(fresh.stored(digest)).isEqualTo(bytes);
    // What came in chunks is not read again.
    assertThat(fresh.dispatched).noneMatch(ShardBatch::isSerial);
    LayerId stored = fresh.index.layers().find(digest).orElseThrow().id();
    assertThat(fresh.index.shards().from(stored, 0, 100))
        .extracting(Shard::link)
        .isEqualTo(IntStream.range(0, chain(bytes).count()).mapToObj(chain(bytes)::link).toList());
    assertThat(fresh.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, digest))
        .isEqualTo(new Finish.Stored());
  }

  @Test
  void receive_fullShards_areWrittenBeforeTheRestIsSent() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);

    receive(id, 0, 2 * SHARD);
    assertThat(store.index.shards().from(id, 0, 10)).extracting("index").containsExactly(0);

    receive(id, 2 * SHARD, 2 * SHARD + 1);
    assertThat(store.index.shards().from(id, 0, 10)).extracting("index").containsExactly(0, 1);
    assertThat(store.dispatched).extracting(batch -> batch.shards().size()).containsExactly(1, 1);
  }

  @Test
  void receive_outOfOrder_changesNothingAndTellsWhereToGoOn() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    receive(id, 0, 100);

    for (long start : new long[] {0, 99, 101, 1L << 60}) {
      assertThat(
              store.receiveChunk.receive(ANYBODY, IMAGE, id, OptionalLong.of(start), new byte[10]))
          .isEqualTo(new Receipt.OutOfOrder(100));
    }
    assertThat(receive(id, 100, 200)).isEqualTo(new Receipt.Accepted(200));
    assertThat(
            store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.of(100), new byte[10], digest))
        .isEqualTo(new Finish.OutOfOrder(200));
  }

  @Test
  void finish_afterACommitThatDiedBeforeItRemovedTheParts_removesThem() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    receive(id, 0, layer.length);
    store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, digest);
    store.stage(id, layer, 0);

    assertThat(store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, digest))
        .isEqualTo(new Finish.Stored());

    assertThat(store.staging.staged(id)).isEmpty();
  }

  @Test
  void finish_wrongDigest_isRefusedAndEndsTheUpload() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    receive(id, 0, 300);

    assertThatRefused(() -> finish(id, digest), ErrorCode.DIGEST_INVALID);

    assertThat(store.index.uploads().find(id).orElseThrow().state()).isEqualTo(State.ENDED);
    assertThatRefused(() -> finish(id, sha256(bytes(1, 1))), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  @Test
  void finish_sha512OfChunks_isProvenAndStored() throws IOException {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    receive(id, 0, 3 * SHARD + 7);
    byte[] sent = Arrays.copyOf(layer, 3 * SHARD + 7);
    Digest sha512 = Digest.sha512(hash("SHA-512", sent));

    assertThat(finish(id, sha512)).isEqualTo(new Finish.Stored());
    assertThat(store.stored(sha512)).isEqualTo(sent);

    LayerId other = store.openBlob.open(ANYBODY, IMAGE);
    receive(other, 0, 3 * SHARD);
    Digest wrong = Digest.sha512(hash("SHA-512", NOTHING));
    assertThatRefused(() -> finish(other, wrong), ErrorCode.DIGEST_INVALID);
    assertThat(store.index.layers().find(wrong)).isEmpty();
  }

  @Test
  void finish_wholeLayerOrNothing_takesOneCallToAShardWriter() throws IOException {
    for (byte[] bytes : List.of(bytes(SHARD, 7), bytes(1, 8), NOTHING)) {
      store.dispatched.clear();
      LayerId id = store.openBlob.open(ANYBODY, IMAGE);
      Digest named = Digest.sha512(hash("SHA-512", bytes));

      assertThat(store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), bytes, named))
          .isEqualTo(new Finish.Stored());

      assertThat(store.dispatched).hasSize(1).allMatch(batch -> batch.bytes().isPresent());
      assertThat(store.stored(named)).isEqualTo(bytes);
      assertThat(store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), bytes, named))
          .isEqualTo(new Finish.Stored());
      assertThat(store.finishBlob.store(ANYBODY, IMAGE, bytes, sha256(bytes)))
          .isEqualTo(new Finish.Stored());
      assertThat(store.stored(sha256(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void store_layerOverWhatOneCallCarries_goesByChunks() throws IOException {
    assertThat(store.finishBlob.store(ANYBODY, IMAGE, layer, digest))
        .isEqualTo(new Finish.Stored());

    assertThat(store.stored(digest)).isEqualTo(layer);
    assertThat(store.dispatched).noneMatch(batch -> batch.bytes().isPresent());
  }

  @Test
  void store_wrongSha512OverWhatOneCallCarries_isRefusedAndEndsItsUpload() {
    Digest wrong = Digest.sha512(hash("SHA-512", NOTHING));

    assertThatRefused(
        () -> store.finishBlob.store(ANYBODY, IMAGE, layer, wrong), ErrorCode.DIGEST_INVALID);

    LayerId upload = store.dispatched.getLast().upload();
    assertThat(store.index.uploads().find(upload).orElseThrow().state()).isEqualTo(State.ENDED);
    assertThat(store.staging.staged(upload)).isEmpty();
  }

  @Test
  void store_bytesOfALayerThatIsThere_linkItAndWriteNothing() {
    store.push(Arrays.copyOf(layer, 100));
    store.dispatched.clear();
    RepositoryName other = new RepositoryName("other/app");
    Digest small = sha256(Arrays.copyOf(layer, 100));

    store.finishBlob.store(ANYBODY, other, Arrays.copyOf(layer, 100), small);

    assertThat(store.index.layers().isLinked(other, small)).isTrue();
    assertThat(store.dispatched).isEmpty();
    assertThatRefused(
        () -> store.finishBlob.store(ANYBODY, other, new byte[100], small),
        ErrorCode.DIGEST_INVALID);
  }

  @Test
  void finish_shardWriterThatDied_isTakenUpByTheSamePut() throws IOException {
    boolean[] dies = {true};
    MemoryStore dying =
        new MemoryStore(
            batch -> {
              if (dies[0]) {
                throw new Unavailable("test", new IOException("died"));
              }
            });
    LayerId id = dying.openBlob.open(ANYBODY, IMAGE);

    // What a chunk could not hand over, the last PUT does.
    assertThat(dying.receiveChunk.receive(ANYBODY, IMAGE, id, OptionalLong.empty(), layer))
        .isEqualTo(new Receipt.Accepted(layer.length));
    assertThatThrownBy(
            () ->
                dying.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, digest))
        .isInstanceOf(Unavailable.class);
    assertThat(dying.index.layers().find(digest)).isEmpty();

    dies[0] = false;
    assertThat(dying.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, digest))
        .isEqualTo(new Finish.Stored());
    assertThat(dying.stored(digest)).isEqualTo(layer);
  }

  @Test
  void anyCall_uploadOfAnotherImageOrExpired_isUnknown() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    RepositoryName other = new RepositoryName("other/app");

    assertThatRefused(
        () -> store.receiveChunk.receive(ANYBODY, other, id, OptionalLong.empty(), layer),
        ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(() -> store.end.end(other, id), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    store.now = store.now.plus(Duration.ofHours(2));
    assertThatRefused(() -> receive(id, 0, 1), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(() -> finish(id, digest), ErrorCode.BLOB_UPLOAD_UNKNOWN);
  }

  @Test
  void write_bytesThatDoNotMatchTheirLink_areNotStored() {
    byte[] small = bytes(10, 1);
    boolean[] isFirst = {true};
    MemoryStore[] swapping = new MemoryStore[1];
    swapping[0] =
        new MemoryStore(
            batch -> {
              if (isFirst[0]) {
                isFirst[0] = false;
                assertThat(swapping[0].writeShards.write(batch.with(bytes(10, 2))).rejected())
                    .isEqualTo(1);
              }
            });

    swapping[0].finishBlob.store(ANYBODY, IMAGE, small, sha256(small));

    assertThat(isFirst[0]).isFalse();
  }

  /** Three layers of one size, which the client put without a call, and one that it never sent. */
  @Test
  void putManifest_layersThatAreStagedWhole_areSlicedAndStored() throws IOException {
    byte[] other = bytes(layer.length, 2);
    byte[] named = bytes(layer.length, 3);
    Digest sha512 = Digest.sha512(hash("SHA-512", named));
    for (byte[] bytes : List.of(other, named, layer)) {
      LayerId id = store.openBlob.open(ANYBODY, IMAGE);
      store.staging.put(id, StagedPart.WHOLE, bytes, 0, bytes.length);
    }
    store.openBlob.open(ANYBODY, IMAGE);

    put(List.of(digest, sha256(other), sha512), layer.length);

    assertThat(store.stored(digest)).isEqualTo(layer);
    assertThat(store.stored(sha256(other))).isEqualTo(other);
    assertThat(store.stored(sha512)).isEqualTo(named);
    assertThatRefused(
        () -> put(List.of(sha256(NOTHING)), layer.length), ErrorCode.MANIFEST_BLOB_UNKNOWN);
  }

  @Test
  void putManifest_layerThatIsStillBeingSliced_isToldToComeAgainAndThenStored() throws IOException {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(id, StagedPart.WHOLE, layer, 0, layer.length);
    store.losesSerialBatches = true;

    assertThatRefused(() -> put(List.of(digest), layer.length), ErrorCode.TOOMANYREQUESTS);
    assertThatRefused(() -> put(List.of(digest), layer.length), ErrorCode.TOOMANYREQUESTS);

    // One when it was found, as long as it may still be at work, and then another one.
    assertThat(store.dispatched).filteredOn(ShardBatch::isSerial).hasSize(1);
    store.now = store.now.plus(UploadIndex.PASS).plusMillis(1);
    assertThatRefused(() -> put(List.of(digest), layer.length), ErrorCode.TOOMANYREQUESTS);
    assertThat(store.dispatched).filteredOn(ShardBatch::isSerial).hasSize(2);
    store.losesSerialBatches = false;
    store.now = store.now.plus(UploadIndex.PASS).plusMillis(1);
    assertThat(put(List.of(digest), layer.length)).isNotNull();
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void putManifest_stagedBytesOfAnotherDigestOrImage_areNotTaken() {
    byte[] wrong = bytes(layer.length, 2);
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(id, StagedPart.WHOLE, wrong, 0, wrong.length);
    LayerId elsewhere = store.openBlob.open(ANYBODY, new RepositoryName("other/app"));
    store.staging.put(elsewhere, StagedPart.WHOLE, layer, 0, layer.length);

    assertThatRefused(() -> put(List.of(digest), layer.length), ErrorCode.MANIFEST_BLOB_UNKNOWN);

    assertThat(store.index.layers().find(digest)).isEmpty();
    assertThat(store.index.layers().find(sha256(wrong))).isEmpty();
    assertThat(put(List.of(sha256(wrong)), wrong.length)).isNotNull();
  }

  @Test
  void finish_layerThatIsStagedWhole_isSlicedAndStored() throws IOException {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(id, StagedPart.WHOLE, layer, 0, layer.length);

    assertThat(finish(id, digest)).isEqualTo(new Finish.Stored());
    assertThat(finish(id, digest)).isEqualTo(new Finish.Stored());

    assertThat(store.stored(digest)).isEqualTo(layer);
    LayerId wrong = store.openBlob.open(ANYBODY, IMAGE);
    store.staging.put(wrong, StagedPart.WHOLE, layer, 0, 100);
    assertThatRefused(() -> finish(wrong, sha256(NOTHING)), ErrorCode.DIGEST_INVALID);
  }

  @Test
  void finish_nothingArrived_saysWhatToDo() {
    LayerId id = store.openBlob.open(ANYBODY, IMAGE);

    assertThatRefused(() -> finish(id, digest), ErrorCode.BLOB_UPLOAD_INVALID)
        .hasMessageContaining("lamella push");

    assertThat(receive(id, 0, 10)).isEqualTo(new Receipt.Accepted(10));
  }

  private Digest put(List<Digest> layers, long size) {
    store.finishBlob.store(ANYBODY, IMAGE, new byte[] {'{', '}'}, sha256(new byte[] {'{', '}'}));
    String json =
        """
        {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":2},"layers":[%s]}
        """
            .formatted(
                sha256(new byte[] {'{', '}'}),
                layers.stream()
                    .map(
                        layer ->
                            "{\"mediaType\":\"a/b\",\"digest\":\"%s\",\"size\":%d}"
                                .formatted(layer, size))
                    .collect(Collectors.joining(",")));
    return store
        .putManifest
        .put(
            store.caller,
            IMAGE,
            Reference.parse("1"),
            ManifestReader.OCI_MANIFEST,
            json.getBytes(StandardCharsets.UTF_8))
        .digest();
  }

  private Receipt receive(LayerId id, int from, int to) {
    return store.receiveChunk.receive(
        ANYBODY, IMAGE, id, OptionalLong.of(from), Arrays.copyOfRange(layer, from, to));
  }

  private Finish finish(LayerId id, Digest named) {
    return store.finishBlob.finish(ANYBODY, IMAGE, id, OptionalLong.empty(), NOTHING, named);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
      ThrowingCallable call, ErrorCode code) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
