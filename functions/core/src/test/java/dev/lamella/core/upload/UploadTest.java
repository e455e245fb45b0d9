package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.IMAGE;
import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.hash;
import static dev.lamella.core.upload.MemoryStore.part;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.Upload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class UploadTest {
  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(5 * SHARD + 100, 1);
  private final Digest digest = sha256(layer);

  @Property(tries = 200)
  void push_layerOfAnySize_comesBackBitForBit(@ForAll @IntRange(max = 5 * SHARD) int size)
      throws IOException {
    MemoryStore fresh = new MemoryStore();
    byte[] bytes = bytes(size, size);
    fresh.push(bytes);
    assertThat(fresh.stored(sha256(bytes))).isEqualTo(bytes);
  }

  @Property(tries = 100)
  void push_anyFlippedBit_isNamedAndNothingBecomesVisible(
      @ForAll @IntRange(max = 5 * SHARD + 99) int at, @ForAll @IntRange(max = 7) int bit) {
    MemoryStore fresh = new MemoryStore();
    byte[] wrong = layer.clone();
    wrong[at] ^= (byte) (1 << bit);
    LayerId upload = fresh.open(digest, layer.length).upload();
    fresh.stageAll(upload, wrong);
    assertThatRefused(
            () -> fresh.completeWith(upload, layer, chain(layer)), ErrorCode.SHARD_INVALID)
        .hasMessageContaining("shard " + at / SHARD + " do not match");
    assertThat(fresh.index.layers().find(digest)).isEmpty();
    assertThat(fresh.index.layers().isLinked(IMAGE, digest)).isFalse();
  }

  @Test
  void accept_partsAsTheyAreStaged_areWrittenBeforeTheRestIsSent() {
    Chain chain = chain(layer);
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, layer, 2, 0);
    store.announce(upload, chain, 2, 0);
    assertThat(store.index.shards().from(upload, 0, 10)).extracting("index").containsExactly(0, 2);
    store.stage(upload, layer, 1, 3, 4, 5);
    store.announce(upload, chain, 1, 3, 4, 5);
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
  }

  @Test
  void complete_partSentWrongThenRight_isCommitted() throws IOException {
    Chain chain = chain(layer);
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    store.staging.put(upload, 3, bytes(SHARD, 99));
    assertThatRefused(() -> store.completeWith(upload, layer, chain), ErrorCode.SHARD_INVALID)
        .satisfies(
            e -> assertThat(((Refusal) e).detail()).isEqualTo(Map.of("rejected", List.of(3))));
    assertThat(store.staging.send(upload, 3, part(layer, 3))).as("it can be sent again").isTrue();
    store.announce(upload, chain, 3);
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  /** A part that is right stays where it is, whatever is rejected beside it. */
  @Test
  void announce_partsOfWhichOneIsWrong_removesThatOneAlone() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, layer, 0, 1, 2);
    store.staging.put(upload, 1, bytes(SHARD, 99));
    store.announce(upload, chain(layer), 0, 1, 2);
    assertThat(store.staging.staged(upload)).containsOnlyKeys(0, 2);
    assertThat(store.index.uploads().rejections(upload)).extracting("index").containsExactly(1);
  }

  /** Another shard-writer has rejected it, and its host has sent it again, right this time. */
  @Test
  void announce_partSentAgainBeforeItsRemoval_leavesTheOther() throws IOException {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    store.staging.put(upload, 1, bytes(SHARD, 99));
    store.beforeRemoval = () -> store.staging.put(upload, 1, part(layer, 1));
    store.announce(upload, chain(layer), 0, 1, 2);
    assertThat(store.staging.staged(upload)).containsKeys(1);
    var _ = store.announceAll(upload, chain(layer));
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void complete_partTooShortOfASha512_letsItBeSentAgain() {
    Digest sha512 = Digest.of(Digest.Algorithm.SHA512, layer);
    LayerId upload = store.open(sha512, layer.length).upload();
    store.stageAll(upload, layer);
    store.staging.put(upload, 2, new byte[3]);
    assertThatRefused(
        () ->
            store.complete.complete(
                Caller.ANYBODY,
                upload,
                new CompleteRequest(sha512, layer.length, Optional.empty())),
        ErrorCode.SHARD_INVALID);
    assertThat(store.staging.send(upload, 2, part(layer, 2))).isTrue();
  }

  @Test
  void complete_partsNeverStaged_namesThem() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, layer, 0, 1, 2, 5);
    assertThatRefused(
            () -> store.completeWith(upload, layer, chain(layer)), ErrorCode.SHARD_INVALID)
        .hasMessageContaining("2 of 6 parts are not staged, the first is part 3")
        .satisfies(
            e -> assertThat(((Refusal) e).detail()).isEqualTo(Map.of("missing", List.of(3, 4))));
  }

  @Test
  void complete_chainTooShortTooLongOrOfAnotherLayer_isRefused() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    List<ChainState> states = chain(layer).states();
    List<ChainState> tooLong = new ArrayList<>(states);
    tooLong.add(states.getLast());
    assertChainRefused(upload, states.subList(0, 5));
    assertChainRefused(upload, tooLong);
    assertChainRefused(upload, List.of());
    assertChainRefused(upload, chain(bytes(layer.length, 7)).states());
    assertThat(store.dispatched).isEmpty();
  }

  @Test
  void complete_wrongStateWithinTheChain_namesTheShardsAroundIt() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    List<ChainState> states = new ArrayList<>(chain(layer).states());
    states.set(2, ChainState.INITIAL);
    Chain wrong = new Chain(new Slicing(layer.length, SHARD), states);
    assertThatRefused(() -> store.completeWith(upload, layer, wrong), ErrorCode.SHARD_INVALID)
        .satisfies(
            e -> assertThat(((Refusal) e).detail()).isEqualTo(Map.of("rejected", List.of(2, 3))));
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  @Test
  void complete_linksOfTwoLayersThatEachHold_areRefusedWhereTheyDoNotJoin() {
    // A host that lies: parts 0 to 2 of another layer with that layer's own, true links.
    byte[] other = bytes(layer.length, 2);
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, other, 0, 1, 2);
    store.announce(upload, chain(other), 0, 1, 2);
    store.stage(upload, layer, 3, 4, 5);
    store.announce(upload, chain(layer), 3, 4, 5);
    assertThatRefused(() -> store.complete(upload, layer), ErrorCode.DIGEST_INVALID)
        .hasMessageContaining("shard 3 breaks the digest chain");
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  @Test
  void accept_secondChainForAWrittenShard_isRejected() {
    byte[] other = bytes(layer.length, 2);
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, other, 0);
    store.announce(upload, chain(other), 0);
    store.stageAll(upload, layer);
    assertThat(store.index.shards().from(upload, 0, 10).getFirst().link())
        .isEqualTo(chain(other).link(0));
    assertThatRefused(
        () -> store.completeWith(upload, layer, chain(layer)), ErrorCode.DIGEST_INVALID);
  }

  @Test
  void accept_linksThatContradictTheEnds_areRefusedAtOnce() {
    Chain other = chain(bytes(layer.length, 2));
    LayerId upload = store.open(digest, layer.length).upload();
    assertThatRefused(() -> store.announce(upload, other, 5), ErrorCode.CHAIN_INVALID)
        .hasMessageContaining(digest.toString());
    assertThatRefused(
            () ->
                store.accept.accept(
                    store.caller,
                    upload,
                    new PartsRequest(List.of(0), List.of(chain(layer).link(1)))),
            ErrorCode.CHAIN_INVALID)
        .hasMessageContaining("initial value");
    assertThat(store.dispatched).isEmpty();
  }

  @Test
  void accept_indexOutOfRangeOrLinksMissing_isRefused() {
    Chain chain = chain(layer);
    LayerId upload = store.open(digest, layer.length).upload();
    for (int index : new int[] {-1, 6, Integer.MAX_VALUE}) {
      assertThatRefused(
          () ->
              store.accept.accept(
                  store.caller, upload, new PartsRequest(List.of(index), List.of(chain.link(0)))),
          ErrorCode.REQUEST_INVALID);
    }
    assertThatRefused(
        () ->
            store.accept.accept(
                store.caller, upload, new PartsRequest(List.of(0, 1), List.of(chain.link(0)))),
        ErrorCode.CHAIN_INVALID);
    assertThatRefused(() -> store.announce(upload, chain, 1, 1), ErrorCode.REQUEST_INVALID);
  }

  @Test
  void everyStep_calledTwice_changesNothing() throws IOException {
    MemoryStore[] twice = new MemoryStore[1];
    twice[0] = new MemoryStore(batch -> twice[0].writeShards.write(batch));
    Chain chain = chain(layer);
    LayerId upload = twice[0].open(digest, layer.length).upload();
    twice[0].stageAll(upload, layer);
    twice[0].announce(upload, chain, 0, 1, 2, 3, 4, 5);
    twice[0].announce(upload, chain, 0, 1, 2, 3, 4, 5);
    Completion first = twice[0].complete(upload, layer);
    assertThat(twice[0].complete(upload, layer)).isEqualTo(first);
    assertThat(twice[0].stored(digest)).isEqualTo(layer);
    assertThat(twice[0].staging.staged(upload)).isEmpty();
  }

  @Test
  void complete_afterACommitThatDiedBeforeItRemovedTheParts_removesThem() {
    MemoryStore store = new MemoryStore();
    byte[] layer = MemoryStore.bytes(5 * SHARD, 1);
    LayerId upload = store.push(layer);
    store.stage(upload, layer, 0, 4);

    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);

    assertThat(store.staging.staged(upload)).isEmpty();
  }

  @Test
  void complete_secondOfTwoRacingUploads_joinsTheFirstLayer() throws IOException {
    LayerId first = store.open(digest, layer.length).upload();
    LayerId second = store.open(digest, layer.length).upload();
    store.stageAll(first, layer);
    store.stageAll(second, layer);
    store.completeWith(second, layer, chain(layer));
    assertThat(store.completeWith(first, layer, chain(layer)))
        .isInstanceOf(Completion.Committed.class);
    assertThat(store.index.layers().find(digest).orElseThrow().id()).isEqualTo(second);
    assertThat(store.complete(first, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void request_layerOfAnotherImage_countsAsStoredOnlyWhereThatImageMayBeRead() {
    store.push(layer);
    RepositoryName other = new RepositoryName("other/app");
    store.caller = MemoryStore.callerOf(other);
    assertThat(store.ask(other, digest, layer.length, Optional.empty()).missing()).hasSize(1);
    assertThat(store.index.layers().isLinked(other, digest)).isFalse();
    store.caller = Caller.ANYBODY;
    UploadAnswer answer = store.ask(other, digest, layer.length, Optional.empty());
    assertThat(answer.missing()).isEmpty();
    assertThat(answer.stored().getFirst().servers()).isEqualTo(Map.of("s0", 2, "s1", 2, "s2", 2));
    assertThat(store.index.layers().isLinked(other, digest)).isTrue();
  }

  @Test
  void request_layerOfManyImages_isLookedForInAllOfThem() {
    store.push(layer);
    for (int i = 0; i < 2_500; i++) {
      RepositoryName image = new RepositoryName("many/%04d".formatted(i));
      store.index.layers().link(image, digest, store.now);
    }
    RepositoryName mine = new RepositoryName("mine");
    RepositoryName readable = new RepositoryName("readable");
    store.caller = MemoryStore.callerOf(mine, readable);
    assertThat(store.ask(mine, digest, layer.length, Optional.empty()).stored()).isEmpty();

    store.index.layers().link(readable, digest, store.now);

    assertThat(store.ask(mine, digest, layer.length, Optional.empty()).stored()).hasSize(1);
  }

  @Test
  void anyStep_callerWhoMayNotPushThere_isDeniedAndChangesNothing() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    store.caller = MemoryStore.callerOf(new RepositoryName("other/app"));

    assertThatRefused(() -> store.open(digest, layer.length), ErrorCode.DENIED)
        .hasMessageContaining("ci may not push to team/app");
    assertThatRefused(() -> store.announce(upload, chain(layer), 0), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(
        () -> store.completeWith(upload, layer, chain(layer)), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(() -> store.end.end(store.caller, upload), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    assertThatRefused(
        () -> store.progress.find(store.caller, upload, 0), ErrorCode.BLOB_UPLOAD_UNKNOWN);

    assertThat(store.dispatched).isEmpty();
    assertThat(store.index.uploads().find(upload).orElseThrow().state())
        .isEqualTo(Upload.State.OPEN);
    store.caller = Caller.ANYBODY;
    assertThat(store.completeWith(upload, layer, chain(layer)))
        .isInstanceOf(Completion.Committed.class);
  }

  @Test
  void request_resumed_asksOnlyForWhatIsMissing() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stage(upload, layer, 0, 1, 4);
    store.announce(upload, chain(layer), 0, 1);
    store.staging.put(upload, 2, new byte[3]);
    UploadProgress resumed =
        store.ask(IMAGE, digest, layer.length, Optional.of(upload)).missing().getFirst();
    assertThat(resumed.upload()).isEqualTo(upload);
    assertThat(resumed.written()).containsExactly(0, 1);
    assertThat(resumed.staged()).containsExactly(4);
    assertThat(resumed.parts()).extracting("index").containsExactly(2, 3, 5);
    assertThat(resumed.parts()).extracting("size").containsExactly(SHARD, SHARD, 100);
    LayerId foreign = store.open(sha256(new byte[9]), 9).upload();
    assertThat(
            store
                .ask(IMAGE, digest, layer.length, Optional.of(foreign))
                .missing()
                .getFirst()
                .upload())
        .isNotIn(upload, foreign);
  }

  @Test
  void request_impossibleSizes_areRefused() {
    assertThatRefused(() -> store.open(digest, -1), ErrorCode.SIZE_INVALID);
    assertThatRefused(() -> store.open(digest, Long.MAX_VALUE), ErrorCode.SIZE_INVALID);
    store.push(layer);
    assertThatRefused(() -> store.open(digest, layer.length - 1), ErrorCode.SIZE_INVALID);
  }

  @Test
  void complete_withoutChain_makesItInASerialPass() throws IOException {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.dispatched).singleElement().matches(ShardBatch::isSerial);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void complete_withoutChainAndWithWrongBytes_isRefused() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, bytes(layer.length, 3));
    assertThatRefused(() -> store.complete(upload, layer), ErrorCode.DIGEST_INVALID);
    assertThat(store.index.layers().find(digest)).isEmpty();
  }

  @Test
  void complete_sha512_isProvenByASerialPass() throws IOException {
    Digest sha512 = Digest.sha512(hash("SHA-512", layer));
    CompleteRequest request = new CompleteRequest(sha512, layer.length, Optional.empty());
    LayerId wrong = store.open(sha512, layer.length).upload();
    store.stageAll(wrong, bytes(layer.length, 4));
    assertThatRefused(
        () -> store.complete.complete(store.caller, wrong, request), ErrorCode.DIGEST_INVALID);
    LayerId upload = store.open(sha512, layer.length).upload();
    assertThatRefused(() -> store.announce(upload, chain(layer), 0), ErrorCode.CHAIN_INVALID);
    store.stageAll(upload, layer);
    assertThat(store.complete.complete(store.caller, upload, request))
        .isInstanceOf(Completion.Committed.class);
    assertThat(store.stored(sha512)).isEqualTo(layer);
  }

  @Test
  void complete_serialPassThatDiedHalfway_isTakenUpByAnother() throws IOException {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    ShardBatch.Task first = new ShardBatch.Task(0, chain(layer).link(0), "s0");
    store.writeShards.write(new ShardBatch(upload, List.of(first)));
    assertThat(store.complete(upload, layer)).isInstanceOf(Completion.Committed.class);
    assertThat(store.dispatched).singleElement().matches(ShardBatch::isSerial);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }

  @Test
  void complete_shardsStillToCome_isPending() {
    MemoryStore slow = new MemoryStore();
    LayerId upload = slow.open(digest, layer.length).upload();
    slow.stageAll(upload, layer);
    slow.announce(upload, chain(layer), 0, 1, 2);
    assertThat(slow.complete(upload, layer))
        .isInstanceOfSatisfying(
            Completion.Pending.class,
            pending -> assertThat(pending.progress().staged()).containsExactly(3, 4, 5));
  }

  @Test
  void complete_anotherDigestOrSize_isRefused() {
    LayerId upload = store.open(digest, layer.length).upload();
    assertThatRefused(() -> store.complete(upload, new byte[1]), ErrorCode.DIGEST_INVALID);
    assertThatRefused(
        () ->
            store.complete.complete(
                store.caller, upload, new CompleteRequest(digest, 1, Optional.empty())),
        ErrorCode.SIZE_INVALID);
  }

  @Test
  void upload_endedExpiredOrUnknown_takesNothing() {
    LayerId ended = store.open(digest, layer.length).upload();
    store.end.end(ended);
    store.end.end(ended);
    LayerId expired = store.open(digest, layer.length).upload();
    store.now = store.now.plus(Duration.ofHours(2));
    for (LayerId id : List.of(ended, expired, LayerId.random())) {
      assertThatRefused(() -> store.announce(id, chain(layer), 0), ErrorCode.BLOB_UPLOAD_UNKNOWN);
      assertThatRefused(() -> store.complete(id, layer), ErrorCode.BLOB_UPLOAD_UNKNOWN);
    }
    LayerId committed = store.push(layer);
    assertThatRefused(() -> store.end.end(committed), ErrorCode.BLOB_UPLOAD_UNKNOWN)
        .hasMessageContaining("is stored");
  }

  @Test
  void write_uploadThatHasEnded_isSkipped() {
    LayerId upload = store.open(digest, layer.length).upload();
    store.stageAll(upload, layer);
    store.end.end(upload);
    ShardBatch late =
        new ShardBatch(upload, List.of(new ShardBatch.Task(0, chain(layer).link(0), "s0")));
    assertThat(store.writeShards.write(late).skipped()).isEqualTo(1);
    assertThat(store.index.shards().from(upload, 0, 10)).isEmpty();
  }

  private void assertChainRefused(LayerId upload, List<ChainState> states) {
    assertThatRefused(
        () ->
            store.complete.complete(
                store.caller,
                upload,
                new CompleteRequest(digest, layer.length, Optional.of(states))),
        ErrorCode.CHAIN_INVALID);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(
      ThrowingCallable call, ErrorCode code) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
