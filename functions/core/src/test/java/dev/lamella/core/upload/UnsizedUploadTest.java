package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.callerOf;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.hash;
import static dev.lamella.core.upload.MemoryStore.part;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.ShardBatch;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers in parts whose digest and size are said last, by honest hosts and others. */
class UnsizedUploadTest {
  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(5 * SHARD + 100, 1);
  private final Digest digest = sha256(layer);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SHARD - 1, SHARD, SHARD + 1, 3 * SHARD, 5 * SHARD + 100})
  void push_ofAnySize_comesBackBitForBit(int size) throws IOException {
    byte[] bytes = bytes(size, size);
    assertThat(push(bytes, sha256(bytes))).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(sha256(bytes))).isEqualTo(bytes);
  }

  @Test
  void push_ofSha512_isProvenByASerialPass() throws IOException {
    Digest sha512 = Digest.sha512(hash("SHA-512", layer));
    LayerId upload = open().upload();
    store.stage(upload, layer, 0, 1, 2, 3, 4);
    store.announce(upload, chain(layer), 0, 1, 2, 3, 4);
    assertThat(claim(upload, sha512, layer.length).missing()).hasSize(1);
    store.stage(upload, layer, 5);
    assertThat(complete(upload, sha512, layer.length)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(sha512)).isEqualTo(layer);
    LayerId lie = open().upload();
    Digest other = Digest.sha512(hash("SHA-512", new byte[1]));
    store.stageAll(lie, layer);
    store.announce(lie, chain(layer), 0, 1);
    var _ = claim(lie, other, layer.length);
    assertThatRefused(() -> complete(lie, other, layer.length), ErrorCode.DIGEST_INVALID);
  }

  @Test
  void open_saysShardSizeAndUrlsAndNothingElse() {
    UploadProgress begun = open();
    assertThat(begun.digest()).isEmpty();
    assertThat(begun.size()).isEmpty();
    assertThat(begun.shardSize()).isEqualTo(SHARD);
    assertThat(begun.shards()).isEqualTo(Slicing.MOST_SHARDS);
    assertThat(begun.parts()).hasSize(50).extracting("size").containsOnly(SHARD);
    UploadProgress later = store.progress.find(store.caller, begun.upload(), 50);
    assertThat(later.parts().getFirst().index()).isEqualTo(50);
    assertThat(later.parts().getFirst().offset()).isEqualTo(50L * SHARD);
  }

  @Test
  void announce_whatIsStaged_isWrittenBeforeTheRestIsThere() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 2, 0);
    store.announce(upload, chain(layer), 2, 0);
    assertThat(store.index.shards().from(upload, 0, 10)).extracting("index").containsExactly(0, 2);
    UploadProgress now = store.progress.find(store.caller, upload, 0);
    assertThat(now.written()).containsExactly(0, 2);
    assertThat(now.parts().getFirst().index()).isEqualTo(1);
  }

  /** Nothing is handed over for it, and it does not count as a byte of the layer. */
  @Test
  void announce_whatIsNotStaged_changesNothing() {
    LayerId upload = open().upload();
    Chain chain = chain(bytes(9_000 * SHARD, 2));
    store.announce(upload, chain, 0, 1, 8_998);
    assertThat(store.dispatched).isEmpty();
    assertThat(claim(upload, sha256(layer), layer.length).missing().getFirst().upload())
        .isEqualTo(upload);
  }

  @Test
  void announce_withoutLinksOrOutOfRange_isRefused() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 0);
    Link link = chain(layer).link(0);
    assertThatRefused(() -> accept(upload, List.of(0), List.of()), ErrorCode.CHAIN_INVALID);
    assertThatRefused(
        () -> accept(upload, List.of(Slicing.MOST_SHARDS - 1), List.of(link)),
        ErrorCode.REQUEST_INVALID);
    assertThatRefused(() -> accept(upload, List.of(-1), List.of(link)), ErrorCode.REQUEST_INVALID);
    assertThatRefused(
        () -> accept(upload, List.of(0), List.of(chain(layer).link(1))), ErrorCode.CHAIN_INVALID);
    assertThat(store.dispatched).isEmpty();
  }

  /** A part that is shorter than a shard can only be the last. */
  @Test
  void announce_partThatIsTooShort_isRejected() {
    LayerId upload = open().upload();
    store.staging.put(upload, 0, part(layer, 5));
    store.announce(upload, chain(layer), 0);
    assertThat(store.index.uploads().rejections(upload))
        .containsExactly(new Rejection(0, Rejection.Reason.WRONG_LENGTH));
    assertThat(store.staging.send(upload, 0, part(layer, 0))).as("it can be sent again").isTrue();
  }

  @Test
  void announce_linksThatLie_areRejectedByName() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 0, 1);
    Link lie = new Link(ChainState.INITIAL, chain(layer).after(1));
    var _ = accept(upload, List.of(0), List.of(lie));
    assertThat(store.index.uploads().rejections(upload)).extracting("index").containsExactly(0);
    assertThat(store.index.shards().from(upload, 0, 10)).isEmpty();
  }

  @Test
  void announce_otherBytesPutThereMeanwhile_areNotStored() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 0);
    store.meanwhile = () -> store.staging.put(upload, 0, bytes(SHARD, 9));
    store.announce(upload, chain(layer), 0);
    assertThat(store.index.shards().from(upload, 0, 10)).isEmpty();
    assertThat(store.index.uploads().rejections(upload)).hasSize(1);
  }

  /**
   * The state after whole shards is no digest, since it has no padding. A host that could have the
   * last shard written as if another followed would have bytes stored under it.
   */
  @Test
  void claim_stateInsteadOfDigest_isNotTakenForOne() {
    byte[] whole = Arrays.copyOf(layer, 3 * SHARD);
    Digest state = new Digest(Digest.Algorithm.SHA256, chain(layer).after(2).hex());
    LayerId upload = open().upload();
    store.stageAll(upload, whole);
    store.announce(upload, chain(layer), 0, 1, 2);
    assertThat(store.index.shards().from(upload, 0, 10)).hasSize(3);
    // A byte more is known to be there: it is the upload of another layer.
    assertThat(claim(upload, state, whole.length).missing().getFirst().upload())
        .isNotEqualTo(upload);
    assertThatThrownBy(() -> complete(upload, state, whole.length)).isInstanceOf(Refusal.class);
    // And where the last is announced after the claim, its link has the padding.
    LayerId other = open().upload();
    store.stageAll(other, whole);
    store.announce(other, chain(layer), 0, 1);
    assertThat(claim(other, state, whole.length).missing().getFirst().upload()).isEqualTo(other);
    store.announce(other, chain(layer), 2);
    assertThatRefused(() -> complete(other, state, whole.length), ErrorCode.SHARD_INVALID);
    assertThat(store.index.layers().find(state)).isEmpty();
  }

  /** The claim comes between a call's reading of the upload and its note. */
  @Test
  void announce_whileItIsClaimed_isHeldToTheClaim() {
    byte[] whole = Arrays.copyOf(layer, 3 * SHARD);
    List<Integer> all = List.of(0, 1, 2);
    List<Link> raw = all.stream().map(chain(layer)::link).toList();
    // Thirty times both at once, in whatever order.
    for (int i = 0; i < 30; i++) {
      LayerId raced = open().upload();
      store.stageAll(raced, whole);
      Digest state = new Digest(Digest.Algorithm.SHA256, chain(layer).after(2).hex());
      Parallel.map(
          List.of(true, false),
          2,
          isClaim -> {
            try {
              Object _ = isClaim ? claim(raced, state, whole.length) : accept(raced, all, raw);
            } catch (Refusal _) {
              // The other one was first.
            }
            return isClaim;
          });
      assertThatThrownBy(() -> complete(raced, state, whole.length)).isInstanceOf(Refusal.class);
      assertThat(store.index.layers().find(state)).isEmpty();
    }
  }

  @Test
  void claim_ofFewerOrMoreBytesThanCanBe_isOfAnotherUpload() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 0, 1);
    store.announce(upload, chain(layer), 0, 1);
    Digest other = sha256(bytes(1, 7));
    assertThat(claim(upload, other, 2 * SHARD).missing().getFirst().upload()).isNotEqualTo(upload);
    assertThat(
            claim(upload, other, (long) Slicing.MOST_SHARDS * SHARD + 1)
                .missing()
                .getFirst()
                .upload())
        .isNotEqualTo(upload);
    assertThat(claim(upload, digest, layer.length).missing().getFirst().upload()).isEqualTo(upload);
  }

  @Test
  void claim_ofOtherBytesThanWereSent_isNeverVisible() {
    Digest other = sha256(bytes(layer.length, 8));
    LayerId upload = open().upload();
    store.stageAll(upload, layer);
    store.announce(upload, chain(layer), 0, 1, 2, 3, 4);
    assertThat(claim(upload, other, layer.length).missing().getFirst().upload()).isEqualTo(upload);
    assertThatRefused(() -> store.announce(upload, chain(layer), 5), ErrorCode.CHAIN_INVALID);
    Link lie = new Link(chain(layer).before(5), ChainState.ofHex(other.hex()));
    var _ = accept(upload, List.of(5), List.of(lie));
    assertThatRefused(() -> complete(upload, other, layer.length), ErrorCode.SHARD_INVALID);
    assertThat(store.index.layers().find(other)).isEmpty();
  }

  @Test
  void claim_byTwo_isTheFirstOnes() {
    LayerId upload = open().upload();
    store.stageAll(upload, layer);
    Digest other = sha256(bytes(layer.length, 8));
    List<UploadAnswer> answers =
        Parallel.map(
            IntStream.range(0, 30).boxed().toList(),
            30,
            i -> claim(upload, i % 2 == 0 ? digest : other, layer.length));
    List<Digest> mine =
        answers.stream()
            .map(answer -> answer.missing().getFirst())
            .filter(progress -> progress.upload().equals(upload))
            .flatMap(progress -> progress.digest().stream())
            .distinct()
            .toList();
    assertThat(mine).hasSize(1);
  }

  @Test
  void complete_thirtyTimesAtOnce_commitsOnce() throws IOException {
    LayerId upload = open().upload();
    store.stageAll(upload, layer);
    store.announce(upload, chain(layer), 0, 1, 2, 3, 4);
    var _ = claim(upload, digest, layer.length);
    store.announce(upload, chain(layer), 5);
    List<Completion> done =
        Parallel.map(
            IntStream.range(0, 30).boxed().toList(),
            30,
            _ -> complete(upload, digest, layer.length));
    assertThat(done).allMatch(Completion.Committed.class::isInstance);
    assertThat(store.stored(digest)).isEqualTo(layer);
    assertThat(store.dispatched).flatExtracting(ShardBatch::shards).hasSize(6);
  }

  @Test
  void complete_beforeTheClaim_isRefused() {
    LayerId upload = open().upload();
    store.stageAll(upload, layer);
    assertThatRefused(() -> complete(upload, digest, layer.length), ErrorCode.BLOB_UPLOAD_INVALID);
  }

  @Test
  void claim_ofLayerThatIsStored_saysSo() {
    store.push(layer);
    LayerId upload = open().upload();
    store.stage(upload, layer, 0);
    store.announce(upload, chain(layer), 0);
    UploadAnswer answer = claim(upload, digest, layer.length);
    assertThat(answer.missing()).isEmpty();
    assertThat(answer.stored()).hasSize(1);
  }

  /** What passes by once cannot be asked for its damaged shards alone: all of it heals them too. */
  @Test
  void claim_ofLayerThatIsDamaged_healsIt() throws IOException {
    LayerId damaged = store.push(layer);
    assertThat(store.index.layers().damage(digest, damaged, List.of(1))).isTrue();
    assertThat(push(layer, digest)).isInstanceOf(Completion.Committed.class);
    assertThat(store.index.layers().find(digest).orElseThrow().isDamaged()).isFalse();
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void anyStep_ofUploadThatExpiredOrIsAnothers_isUnknown() {
    LayerId upload = open().upload();
    store.stage(upload, layer, 0);
    store.caller = callerOf(new RepositoryName("other/app"));
    assertThatRefused(() -> store.announce(upload, chain(layer), 0), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(this::open, ErrorCode.DENIED);
    store.caller = callerOf(IMAGE);
    store.now = store.now.plusSeconds(3_601);
    assertThatRefused(() -> store.announce(upload, chain(layer), 0), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThat(claim(upload, digest, layer.length).missing().getFirst().upload())
        .isNotEqualTo(upload);
  }

  private UploadProgress open() {
    return store.openUnsized.open(store.caller, new UnsizedRequest(IMAGE));
  }

  private UploadAnswer claim(LayerId upload, Digest what, long size) {
    return store.ask(IMAGE, what, size, Optional.of(upload));
  }

  private PartsAnswer accept(LayerId upload, List<Integer> staged, List<Link> links) {
    return store.accept.accept(store.caller, upload, new PartsRequest(staged, links));
  }

  private Completion complete(LayerId upload, Digest what, long size) {
    return store.complete.complete(
        store.caller, upload, new CompleteRequest(what, size, Optional.empty()));
  }

  /** As an honest host does that sees one part at a time. */
  private Completion push(byte[] bytes, Digest what) {
    LayerId upload = open().upload();
    Chain chain = chain(bytes);
    int last = chain.count() - 1;
    for (int index = 0; index < last; index++) {
      store.stage(upload, bytes, index);
      store.announce(upload, chain, index);
    }
    UploadProgress begun = claim(upload, what, bytes.length).missing().getFirst();
    assertThat(begun.upload()).isEqualTo(upload);
    assertThat(begun.parts()).extracting("index").containsExactly(last);
    store.stage(upload, bytes, last);
    store.announce(upload, chain, last);
    return complete(upload, what, bytes.length);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
      ThrowingCallable call, ErrorCode code) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
