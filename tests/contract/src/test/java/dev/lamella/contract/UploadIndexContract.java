package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.layer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.PausedChain;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class UploadIndexContract {
  final Indexes indexes = indexes();
  final UploadIndex uploads = indexes.uploads();

  abstract Indexes indexes();

  @Test
  void create_upload_isReadAsWritten() {
    Upload upload = indexes.open(image(), digest());

    assertThat(uploads.find(upload.id())).contains(upload);
    assertThat(uploads.find(LayerId.random())).isEmpty();
  }

  @Test
  void create_sameTwice_isAsOnce() {
    Upload upload = indexes.open(image(), digest());

    uploads.create(upload);

    assertThat(uploads.find(upload.id())).contains(upload);
  }

  @Test
  void create_otherUploadOfSameId_isRefused() {
    Upload upload = indexes.open(image(), digest());
    Upload other =
        Upload.open(
            upload.id(), image(), digest(), upload.slicing(), upload.created(), upload.expires());

    assertThatThrownBy(() -> uploads.create(other)).isInstanceOf(IllegalStateException.class);
    assertThat(uploads.find(upload.id())).contains(upload);
  }

  @Test
  void notes_openUpload_areKept() {
    Upload upload = indexes.open(image(), digest());
    Proven proven = proven();

    uploads.markChained(upload.id());
    uploads.markChained(upload.id());
    uploads.prove(upload.id(), proven);

    Upload noted = uploads.find(upload.id()).orElseThrow();
    assertThat(noted.chained()).isTrue();
    assertThat(noted.proven()).contains(proven);
    assertThat(noted.state()).isEqualTo(State.OPEN);
  }

  @Test
  void takePass_manyAtOnce_oneHasItUntilItsTimeIsOver() throws Exception {
    LayerId id = indexes.open(image(), digest()).id();
    PassId first = PassId.random();
    assertThat(uploads.takePass(id, first, NOW)).isTrue();

    List<Boolean> taken = Race.of(8, _ -> () -> uploads.takePass(id, PassId.random(), NOW));

    assertThat(taken).containsOnly(false);
    assertThat(uploads.takePass(id, first, NOW.plusSeconds(20))).isTrue();
    Instant end = NOW.plusSeconds(20).plus(UploadIndex.PASS);
    assertThat(uploads.takePass(id, PassId.random(), end)).isFalse();
    List<Boolean> later =
        Race.of(8, _ -> () -> uploads.takePass(id, PassId.random(), end.plusMillis(1)));
    assertThat(later).containsOnlyOnce(true);
    assertThat(uploads.takePass(id, first, end.plusMillis(1))).isFalse();
  }

  @Test
  void givePass_whoHasIt_letsAnotherTakeIt() {
    LayerId id = indexes.open(image(), digest()).id();
    PassId first = PassId.random();
    PassId second = PassId.random();
    uploads.takePass(id, first, NOW);

    uploads.givePass(id, second);
    assertThat(uploads.takePass(id, second, NOW)).isFalse();
    uploads.givePass(id, first);
    uploads.givePass(id, first);
    assertThat(uploads.takePass(id, second, NOW)).isTrue();

    uploads.end(id);
    assertThat(uploads.takePass(id, second, NOW)).isFalse();
    assertThat(uploads.takePass(LayerId.random(), second, NOW)).isFalse();
    uploads.givePass(LayerId.random(), second);
  }

  private static Proven proven() {
    return new Proven(Digest.sha512(Samples.bytes(64)), Samples.link().after());
  }

  @Test
  void notes_uploadThatIsNotOpen_changeNothing() {
    Upload upload = indexes.open(image(), digest());
    uploads.end(upload.id());
    Upload ended = uploads.find(upload.id()).orElseThrow();
    LayerId unknown = LayerId.random();

    for (LayerId id : List.of(upload.id(), unknown)) {
      uploads.markChained(id);
      uploads.prove(id, proven());
      uploads.reject(id, new Rejection(1, Reason.WRONG_LINK));
    }

    assertThat(uploads.find(upload.id())).contains(ended);
    assertThat(uploads.find(unknown)).isEmpty();
    assertThat(uploads.rejections(upload.id())).isEmpty();
    assertThat(uploads.rejections(unknown)).isEmpty();
  }

  /** A shard-writer that comes late leaves nothing that is never found. */
  @Test
  void reject_afterTheUploadIsRemoved_leavesNothing() {
    Upload upload = indexes.open(image(), digest());
    uploads.reject(upload.id(), new Rejection(1, Reason.WRONG_LINK));
    uploads.end(upload.id());
    uploads.remove(upload.id());

    uploads.reject(upload.id(), new Rejection(2, Reason.WRONG_LINK));

    assertThat(uploads.rejections(upload.id())).isEmpty();
    assertThat(uploads.find(upload.id())).isEmpty();
  }

  @Test
  void reject_manyAtOnce_allStand() throws Exception {
    Upload upload = indexes.open(image(), digest());

    Race.of(
        8,
        racer ->
            () -> {
              uploads.reject(upload.id(), new Rejection(racer, Reason.WRONG_LINK));
              return racer;
            });

    assertThat(uploads.rejections(upload.id()))
        .extracting(Rejection::index)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(uploads.find(upload.id())).contains(upload);
  }

  @Test
  void end_openUpload_endsItForEver() {
    Upload upload = indexes.open(image(), digest());

    assertThat(uploads.end(upload.id())).isTrue();
    assertThat(uploads.end(upload.id())).isTrue();
    assertThat(uploads.find(upload.id()).orElseThrow().state()).isEqualTo(State.ENDED);
  }

  @Test
  void end_unknownOrCommittedUpload_changesNothing() {
    Upload upload = indexes.open(image(), digest());
    indexes.layers().commit(upload, layer(upload));
    LayerId unknown = LayerId.random();

    assertThat(uploads.end(upload.id())).isFalse();
    assertThat(uploads.end(unknown)).isFalse();
    assertThat(uploads.find(upload.id()).orElseThrow().state()).isEqualTo(State.COMMITTED);
    assertThat(uploads.find(unknown)).isEmpty();
  }

  @Test
  void reject_indexes_standInOrderAndTheLastReasonStays() {
    LayerId id = indexes.open(image(), digest()).id();
    uploads.reject(id, new Rejection(10, Reason.NOT_STAGED));
    uploads.reject(id, new Rejection(9, Reason.WRONG_LINK));
    uploads.reject(id, new Rejection(10, Reason.WRONG_LENGTH));

    assertThat(uploads.rejections(id))
        .containsExactly(
            new Rejection(9, Reason.WRONG_LINK), new Rejection(10, Reason.WRONG_LENGTH));
    assertThat(uploads.rejections(LayerId.random())).isEmpty();

    uploads.reject(id, Rejection.untaken(11, List.of("s0", "s1")));
    assertThat(uploads.rejections(id)).last().isEqualTo(Rejection.untaken(11, List.of("s0", "s1")));
  }

  @Test
  void forgive_byMany_oneIsToldOfEach() throws Exception {
    LayerId id = indexes.open(image(), digest()).id();
    IntStream.range(0, 20).forEach(i -> uploads.reject(id, new Rejection(i, Reason.OTHER_CHAIN)));
    List<Integer> all = IntStream.range(0, 20).boxed().toList();
    List<Set<Integer>> forgiven = Race.of(8, _ -> () -> uploads.forgive(id, all));
    assertThat(forgiven.stream().flatMap(Set::stream).toList())
        .containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void claim_byMany_eachShardIsOnes_forAMoment() throws Exception {
    LayerId id = indexes.open(image(), digest()).id();
    List<Integer> some = List.of(0, 1, 255, 256, 9_999);
    List<Set<Integer>> claimed = Race.of(8, _ -> () -> uploads.claim(id, some, Samples.NOW));
    assertThat(claimed.stream().flatMap(Set::stream).toList())
        .containsExactlyInAnyOrderElementsOf(some);
    assertThat(uploads.claim(id, List.of(1, 2), Samples.NOW.plusSeconds(9))).containsExactly(2);
    assertThat(uploads.claim(indexes.open(image(), digest()).id(), some, Samples.NOW))
        .containsExactlyInAnyOrderElementsOf(some);

    uploads.unclaim(id, List.of(0, 9_999), Samples.NOW.plusSeconds(9));
    uploads.unclaim(id, List.of(), Samples.NOW);
    assertThat(uploads.claim(id, some, Samples.NOW.plusSeconds(9)))
        .containsExactlyInAnyOrder(0, 9_999);
    assertThat(uploads.claim(id, List.of(1, 256), Samples.NOW.plusSeconds(21)))
        .as("who asks again does not keep a claim alive")
        .containsExactlyInAnyOrder(1, 256);
    assertThat(uploads.claim(id, List.of(), Samples.NOW)).isEmpty();
  }

  @Test
  void forgive_someOfMany_forgetsThose() {
    LayerId id = indexes.open(image(), digest()).id();
    IntStream.range(0, 60).forEach(i -> uploads.reject(id, new Rejection(i, Reason.OTHER_CHAIN)));

    assertThat(uploads.forgive(id, IntStream.range(1, 70).boxed().toList()))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(1, 60).boxed().toList());
    assertThat(uploads.forgive(id, List.of(1, 1))).isEmpty();
    assertThat(uploads.forgive(id, List.of())).isEmpty();

    assertThat(uploads.rejections(id)).containsExactly(new Rejection(0, Reason.OTHER_CHAIN));
  }

  @Test
  void expired_pages_haveThoseBeforeTheTimeInOrder() throws Exception {
    Instant end = Instant.parse("2001-01-01T00:00:00Z").plusNanos(LayerId.random().hashCode());
    List<Upload> expired = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      expired.add(upload(end.minusSeconds(7 - i / 2)));
    }
    Upload later = upload(end);

    Eventually.equal(true, () -> expired(end, 2).containsAll(expired));
    assertThat(expired(end, 2)).doesNotContain(later).doesNotHaveDuplicates();
    assertThat(expired(end, 1_000)).extracting(Upload::expires).isSorted();
  }

  @Test
  void settle_committedUpload_isNoLongerAmongTheExpiredUntilItsLayerIsCondemned() throws Exception {
    Upload upload = indexes.open(image(), digest());
    Upload open = indexes.open(image(), digest());
    uploads.reject(upload.id(), new Rejection(1, Reason.NOT_STAGED));
    indexes.layers().commit(upload, layer(upload));
    Instant after = LATER.plusSeconds(1);
    Eventually.equal(true, () -> expiredIds(after).contains(upload.id()));

    uploads.settle(upload.id());
    uploads.settle(upload.id());
    uploads.settle(open.id());
    uploads.settle(LayerId.random());

    Eventually.equal(false, () -> expiredIds(after).contains(upload.id()));
    assertThat(expiredIds(after)).contains(open.id());
    assertThat(uploads.rejections(upload.id())).isEmpty();
    assertThat(uploads.find(upload.id()).orElseThrow().state()).isEqualTo(State.COMMITTED);

    indexes.layers().condemn(layer(upload), LATER);

    Eventually.equal(true, () -> expiredIds(after).contains(upload.id()));
  }

  @Test
  void remove_endedUpload_isGoneWithItsRejections() throws Exception {
    Upload upload = indexes.open(image(), digest());
    IntStream.range(0, 40)
        .forEach(i -> uploads.reject(upload.id(), new Rejection(i, Reason.NOT_STAGED)));
    uploads.end(upload.id());

    assertThat(uploads.remove(upload.id())).isTrue();
    assertThat(uploads.remove(upload.id())).isTrue();

    assertThat(uploads.find(upload.id())).isEmpty();
    assertThat(uploads.rejections(upload.id())).isEmpty();
    Eventually.equal(false, () -> expiredIds(LATER.plusSeconds(1)).contains(upload.id()));
  }

  @Test
  void remove_openOrCommittedUpload_changesNothing() {
    Upload open = indexes.open(image(), digest());
    Upload committed = indexes.open(image(), digest());
    indexes.layers().commit(committed, layer(committed));

    assertThat(uploads.remove(open.id())).isFalse();
    assertThat(uploads.remove(committed.id())).isFalse();

    assertThat(uploads.find(open.id())).isPresent();
    assertThat(uploads.find(committed.id())).isPresent();
  }

  private Upload upload(Instant expires) {
    Upload upload =
        Upload.open(
            LayerId.random(), image(), digest(), Samples.SLICING, expires.minusSeconds(1), expires);
    uploads.create(upload);
    return upload;
  }

  private List<LayerId> expiredIds(Instant before) {
    return expired(before, 1_000).stream().map(Upload::id).toList();
  }

  private List<Upload> expired(Instant before, int limit) {
    List<Upload> found = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Upload> page = uploads.expired(before, cursor, limit);
      assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
      found.addAll(page.items());
      cursor = page.next();
    } while (cursor.isPresent());
    return found;
  }

  @Test
  void receive_chunks_areReadAsWritten() {
    Upload opened = chunks();
    Upload first = opened.withReceived(pause(70));
    Upload second = first.withReceived(pause(133)).withClaim(digest()).withProven(proven());
    ChainState state = state();
    ChainState next = state();

    assertThat(
            uploads.receive(opened, first, List.of(piece(0, 64), piece(64, 6)), Map.of(0, state)))
        .isTrue();
    assertThat(uploads.find(opened.id())).contains(first);
    assertThat(uploads.receive(first, second, List.of(piece(70, 63)), Map.of(1, next))).isTrue();

    assertThat(uploads.find(opened.id())).contains(second);
    assertThat(uploads.pieces(opened.id(), 0, 133))
        .extracting(Piece::offset, Piece::length)
        .containsExactly(tuple(0L, 64), tuple(64L, 6), tuple(70L, 63));
    assertThat(uploads.pieces(opened.id(), 64, 70)).extracting(Piece::offset).containsExactly(64L);
    assertThat(uploads.states(opened.id(), 0)).isEqualTo(Map.of(0, state, 1, next));
    assertThat(uploads.states(opened.id(), 1)).isEqualTo(Map.of(1, next));
    assertThat(uploads.rejections(opened.id())).isEmpty();
  }

  @Test
  void receive_unsizedUpload_reachesFurtherAndIsClaimedOnce() throws Exception {
    Upload opened = Upload.unsized(LayerId.random(), image(), 64, NOW, LATER);
    uploads.create(opened);
    assertThat(uploads.find(opened.id())).contains(opened);
    Upload further = opened.withAnnounced(2);
    assertThat(uploads.receive(opened, further, List.of(), Map.of())).isTrue();
    assertThat(uploads.receive(opened, opened.withAnnounced(7), List.of(), Map.of())).isFalse();
    assertThat(uploads.find(opened.id())).contains(further);

    List<Boolean> claimed =
        Race.of(
            8,
            racer ->
                () ->
                    uploads.receive(
                        further, further.withClaim(digest(), 200 + racer), List.of(), Map.of()));

    assertThat(claimed).filteredOn(won -> won).hasSize(1);
    Upload now = uploads.find(opened.id()).orElseThrow();
    assertThat(now.isUnsized()).isFalse();
    assertThat(now.slicing().size()).isEqualTo(200 + claimed.indexOf(true));
    assertThat(uploads.receive(now, now.withAnnounced(9), List.of(), Map.of())).isFalse();
  }

  @Test
  void receive_afterAnother_changesNothing() {
    Upload opened = chunks();
    Upload winner = opened.withReceived(pause(70));
    uploads.receive(opened, winner, List.of(piece(0, 70)), Map.of());

    boolean isReceived =
        uploads.receive(
            opened, opened.withReceived(pause(5)), List.of(piece(0, 5)), Map.of(0, state()));

    assertThat(isReceived).isFalse();
    assertThat(uploads.find(opened.id())).contains(winner);
    assertThat(uploads.pieces(opened.id(), 0, 1000)).extracting(Piece::length).containsExactly(70);
    assertThat(uploads.states(opened.id(), 0)).isEmpty();
  }

  @Test
  void receive_uploadThatTakesNoMore_changesNothing() {
    Upload ended = chunks();
    uploads.end(ended.id());
    Upload claimed = chunks();
    uploads.receive(claimed, claimed.withClaim(digest()), List.of(), Map.of());

    for (Upload upload : List.of(ended, claimed, Samples.upload(image(), digest()))) {
      Upload after = upload.withReceived(pause(70));
      assertThat(uploads.receive(upload, after, List.of(piece(0, 70)), Map.of())).isFalse();
      assertThat(uploads.pieces(upload.id(), 0, 1000)).isEmpty();
    }
  }

  @Test
  void receive_sameChunkByMany_oneWins() throws Exception {
    Upload opened = chunks();

    List<Boolean> received =
        Race.of(
            8,
            racer ->
                () ->
                    uploads.receive(
                        opened,
                        opened.withReceived(pause(10 + racer)),
                        List.of(piece(0, 10 + racer)),
                        Map.of()));

    assertThat(received).filteredOn(won -> won).hasSize(1);
    assertThat(uploads.find(opened.id()).orElseThrow().slicing().size())
        .isEqualTo(10 + received.indexOf(true));
  }

  @Test
  void remove_uploadInChunks_takesWhatIsRecordedOfIt() {
    Upload opened = chunks();
    uploads.receive(
        opened, opened.withReceived(pause(70)), List.of(piece(0, 70)), Map.of(0, state()));
    uploads.reject(opened.id(), new Rejection(0, Reason.NOT_STAGED));
    uploads.end(opened.id());

    assertThat(uploads.remove(opened.id())).isTrue();

    assertThat(uploads.find(opened.id())).isEmpty();
    assertThat(uploads.pieces(opened.id(), 0, 1000)).isEmpty();
    assertThat(uploads.states(opened.id(), 0)).isEmpty();
    assertThat(uploads.rejections(opened.id())).isEmpty();
  }

  @Test
  void expectWhole_uploads_areFoundByTheirImage() {
    RepositoryName image = image();
    Upload one = indexes.open(image, digest());
    Upload two = indexes.open(image, digest());
    uploads.expectWhole(one);
    uploads.expectWhole(one);
    uploads.expectWhole(two);

    assertThat(uploads.expectedWhole(image, 10)).containsExactlyInAnyOrder(one.id(), two.id());
    assertThat(uploads.expectedWhole(image, 1)).hasSize(1);
    assertThat(uploads.expectedWhole(image(), 10)).isEmpty();
    uploads.expectNoMore(image, one.id());
    uploads.expectNoMore(image, one.id());
    assertThat(uploads.expectedWhole(image, 10)).containsExactly(two.id());
  }

  private Upload chunks() {
    Upload upload = Upload.ofChunks(LayerId.random(), image(), 64, Samples.NOW, Samples.LATER);
    uploads.create(upload);
    assertThat(uploads.find(upload.id())).contains(upload);
    return upload;
  }

  private static Source.Chunks pause(int count) {
    return new Source.Chunks(PausedChain.of(count, state(), Samples.bytes(count % 64)));
  }

  private static ChainState state() {
    return ChainState.of(Samples.bytes(32));
  }

  private static Piece piece(long offset, int length) {
    return new Piece(offset, length, StagedPart.ofChunk(offset));
  }
}
