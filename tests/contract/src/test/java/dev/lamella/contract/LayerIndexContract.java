package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.layer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.port.LayerIndex.Commit;
import dev.lamella.core.port.LayerIndex.Unlink;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class LayerIndexContract {
  final Indexes indexes = indexes();

  abstract Indexes indexes();

  @Test
  void find_unknownDigest_isEmpty() {
    assertThat(indexes.layers().find(digest())).isEmpty();
  }

  @Test
  void commit_openUpload_makesLayerVisibleLinkedAndClosesUpload() {
    Upload upload = indexes.open(image(), digest());
    Layer layer = layer(upload);

    assertThat(indexes.layers().commit(upload, layer)).isEqualTo(Commit.COMMITTED);

    assertThat(indexes.layers().find(upload.digest())).contains(layer);
    assertThat(indexes.layers().isLinked(upload.image(), upload.digest())).isTrue();
    assertThat(state(upload)).isEqualTo(State.COMMITTED);
  }

  @Test
  void commit_twice_isAsOnce() {
    Upload upload = indexes.open(image(), digest());
    Layer layer = layer(upload);
    indexes.layers().commit(upload, layer);

    assertThat(indexes.layers().commit(upload, layer)).isEqualTo(Commit.COMMITTED);
    assertThat(indexes.layers().find(upload.digest())).contains(layer);
    assertThat(state(upload)).isEqualTo(State.COMMITTED);
  }

  @Test
  void commit_secondUploadOfDigest_linksItsImageToTheFirstLayer() {
    Digest digest = digest();
    Upload first = indexes.open(image(), digest);
    Upload second = indexes.open(image(), digest);
    indexes.layers().commit(first, layer(first));

    assertThat(indexes.layers().commit(second, layer(second))).isEqualTo(Commit.ALREADY_STORED);

    assertThat(indexes.layers().find(digest).orElseThrow().id()).isEqualTo(first.id());
    assertThat(indexes.layers().isLinked(second.image(), digest)).isTrue();
    assertThat(state(second)).isEqualTo(State.ENDED);
    assertThat(indexes.layers().commit(second, layer(second))).isEqualTo(Commit.ALREADY_STORED);
  }

  @Test
  void commit_endedUpload_changesNothing() {
    Upload upload = indexes.open(image(), digest());
    indexes.uploads().end(upload.id());

    assertThat(indexes.layers().commit(upload, layer(upload))).isEqualTo(Commit.NOT_OPEN);

    assertThat(indexes.layers().find(upload.digest())).isEmpty();
    assertThat(indexes.layers().isLinked(upload.image(), upload.digest())).isFalse();
  }

  @Test
  void commit_endedUploadOfStoredLayer_doesNotLinkIt() {
    Digest digest = digest();
    Upload first = indexes.open(image(), digest);
    indexes.layers().commit(first, layer(first));
    Upload ended = indexes.open(image(), digest);
    indexes.uploads().end(ended.id());

    assertThat(indexes.layers().commit(ended, layer(ended))).isEqualTo(Commit.NOT_OPEN);
    assertThat(indexes.layers().isLinked(ended.image(), digest)).isFalse();
  }

  @Test
  void commit_unknownUpload_changesNothing() {
    Upload unknown = Samples.upload(image(), digest());

    assertThat(indexes.layers().commit(unknown, layer(unknown))).isEqualTo(Commit.NOT_OPEN);
    assertThat(indexes.layers().find(unknown.digest())).isEmpty();
  }

  @Test
  void commit_racingUploadsOfOneDigest_exactlyOneIsFirst() throws Exception {
    Digest digest = digest();
    List<Upload> uploads =
        IntStream.range(0, 8).mapToObj(_ -> indexes.open(image(), digest)).toList();

    List<Commit> results =
        Race.of(8, i -> () -> indexes.layers().commit(uploads.get(i), layer(uploads.get(i))));

    assertThat(results).containsOnlyOnce(Commit.COMMITTED);
    assertThat(results).containsOnly(Commit.COMMITTED, Commit.ALREADY_STORED);
    Upload winner = uploads.get(results.indexOf(Commit.COMMITTED));
    assertThat(indexes.layers().find(digest).orElseThrow().id()).isEqualTo(winner.id());
    assertThat(uploads).allMatch(upload -> indexes.layers().isLinked(upload.image(), digest));
    assertThat(uploads).filteredOn(upload -> state(upload) == State.ENDED).hasSize(7);
  }

  @Test
  void commit_sameUploadFromManyAtOnce_isCommittedForAll() throws Exception {
    Upload upload = indexes.open(image(), digest());

    List<Commit> results = Race.of(6, _ -> () -> indexes.layers().commit(upload, layer(upload)));

    assertThat(results).containsOnly(Commit.COMMITTED);
    assertThat(state(upload)).isEqualTo(State.COMMITTED);
  }

  @Test
  void commit_racingWithEnd_isOneOrTheOther() throws Exception {
    for (int round = 0; round < 10; round++) {
      Upload upload = indexes.open(image(), digest());

      List<Boolean> results =
          Race.of(
              2,
              i ->
                  i == 0
                      ? () -> indexes.uploads().end(upload.id())
                      : () -> indexes.layers().commit(upload, layer(upload)) == Commit.COMMITTED);

      assertThat(results).containsExactlyInAnyOrder(true, false);
      assertThat(indexes.layers().find(upload.digest()).isPresent()).isEqualTo(results.get(1));
    }
  }

  @Test
  void link_storedLayer_letsImageReadItAndMarksItUsed() {
    Digest digest = indexes.store(image());
    RepositoryName other = image();
    assertThat(indexes.layers().isLinked(other, digest)).isFalse();

    assertThat(indexes.layers().link(other, digest, LATER)).isTrue();
    assertThat(indexes.layers().link(other, digest, LATER)).isTrue();

    assertThat(indexes.layers().isLinked(other, digest)).isTrue();
    assertThat(indexes.layers().find(digest).orElseThrow().used()).isEqualTo(LATER);
    assertThat(indexes.references(digest)).isZero();
  }

  @Test
  void link_unknownLayer_changesNothing() {
    RepositoryName image = image();
    Digest digest = digest();

    assertThat(indexes.layers().link(image, digest, LATER)).isFalse();

    assertThat(indexes.layers().isLinked(image, digest)).isFalse();
    assertThat(indexes.layers().find(digest)).isEmpty();
  }

  @Test
  void imagesOf_linkedLayer_areInOrderAndLimited() throws Exception {
    List<RepositoryName> images = IntStream.range(0, 5).mapToObj(_ -> image()).sorted().toList();
    Digest digest = indexes.store(images.get(3));
    images.forEach(image -> indexes.layers().link(image, digest, LATER));

    Eventually.equal(images, () -> indexes.layers().imagesOf(digest, 100));
    assertThat(indexes.layers().imagesOf(digest, 2)).isEqualTo(images.subList(0, 2));
    assertThat(indexes.layers().imagesOf(digest(), 2)).isEmpty();
  }

  private State state(Upload upload) {
    return indexes.uploads().find(upload.id()).orElseThrow().state();
  }

  @Test
  void unlink_layerOfTwoImages_takesItFromOne() {
    RepositoryName one = image();
    RepositoryName other = image();
    Digest digest = indexes.store(one);
    indexes.layers().link(other, digest, Samples.NOW);

    assertThat(indexes.layers().unlink(one, digest)).isEqualTo(Unlink.UNLINKED);

    assertThat(indexes.layers().isLinked(one, digest)).isFalse();
    assertThat(indexes.layers().isLinked(other, digest)).isTrue();
    assertThat(indexes.layers().find(digest)).isPresent();
    assertThat(indexes.layers().unlink(one, digest)).isEqualTo(Unlink.NOT_LINKED);
  }
}
