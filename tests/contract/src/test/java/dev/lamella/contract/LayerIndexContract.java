package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.layer;
import static dev.lamella.contract.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex.Commit;
import dev.lamella.core.port.LayerIndex.Unlink;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /** Also where it takes the place of a damaged one, of which it may not have been kept. */
  @Test
  void commit_digestThatNoChainEndsIn_keepsTheStateThatItWasProvenWith() {
    Upload upload = indexes.open(image(), Digest.sha512(Samples.bytes(64)));
    Layer first = layer(upload);
    indexes.layers().commit(upload, first);
    assertThat(indexes.layers().find(upload.digest()).orElseThrow().end()).isEmpty();
    indexes.layers().damage(upload.digest(), upload.id(), List.of(0));

    Upload again = indexes.open(image(), upload.digest());
    Layer second = layer(again).ending(Samples.link().after());
    indexes.layers().commit(again, second);

    Layer stored = indexes.layers().find(upload.digest()).orElseThrow();
    assertThat(stored.id()).isEqualTo(again.id());
    assertThat(stored.end()).isEqualTo(second.end());
    assertThat(stored.used(LATER).end()).isEqualTo(second.end());
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
  void commit_layerIsDamaged_takesItsPlaceAndKeepsItsReferences() {
    Digest digest = digest();
    Upload first = indexes.open(image(), digest);
    Upload second = indexes.open(image(), digest);
    indexes.layers().commit(first, layer(first));
    indexes.images().put(first.image(), manifest(List.of(digest)), Optional.empty(), true, NOW);
    indexes.layers().damage(digest, first.id(), List.of(0));

    assertThat(indexes.layers().commit(second, layer(second))).isEqualTo(Commit.COMMITTED);
    assertThat(indexes.layers().commit(second, layer(second))).isEqualTo(Commit.COMMITTED);

    Layer replaced = indexes.layers().find(digest).orElseThrow();
    assertThat(replaced.id()).isEqualTo(second.id());
    assertThat(replaced.isDamaged()).isFalse();
    assertThat(indexes.isNamed(replaced.digest())).isTrue();
    assertThat(indexes.layers().isLinked(first.image(), digest)).isTrue();
    assertThat(indexes.layers().isLinked(second.image(), digest)).isTrue();
    assertThat(state(first)).as("what is left of it is collected").isEqualTo(State.ENDED);
  }

  @Test
  void commit_uploadThatRepaired_joinsTheLayer() {
    Upload first = indexes.open(image(), digest());
    Layer layer = layer(first);
    indexes.layers().commit(first, layer);
    indexes.layers().damage(layer.digest(), layer.id(), List.of(0));
    Layer damaged = indexes.layers().find(layer.digest()).orElseThrow();
    Upload repair = Upload.repair(LayerId.random(), image(), damaged, NOW, LATER);
    indexes.uploads().create(repair);
    assertThat(indexes.uploads().find(repair.id())).contains(repair);
    indexes.layers().repaired(layer.digest(), layer.id(), 0);

    Map<String, Integer> moved = Map.of("s7", layer.slicing().count());
    assertThat(indexes.layers().commit(repair, layer(repair).on(moved)))
        .isEqualTo(Commit.ALREADY_STORED);

    Layer healed = indexes.layers().find(layer.digest()).orElseThrow();
    assertThat(healed.id()).isEqualTo(first.id());
    assertThat(healed.servers()).isEqualTo(moved);
    assertThat(indexes.layers().isLinked(repair.image(), layer.digest())).isTrue();
    assertThat(state(repair)).isEqualTo(State.ENDED);
    assertThat(state(first)).isEqualTo(State.COMMITTED);
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
    assertThat(indexes.isNamed(digest)).isFalse();
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

    Eventually.equal(images, () -> indexes.layers().imagesOf(digest, Optional.empty(), 100));
    assertThat(indexes.layers().imagesOf(digest, Optional.empty(), 2))
        .isEqualTo(images.subList(0, 2));
    assertThat(indexes.layers().imagesOf(digest, Optional.of(images.get(1)), 2))
        .isEqualTo(images.subList(2, 4));
    assertThat(indexes.layers().imagesOf(digest, Optional.of(images.getLast()), 2)).isEmpty();
    assertThat(indexes.layers().imagesOf(digest(), Optional.empty(), 2)).isEmpty();
  }

  @Test
  void imagesOf_prefix_areThoseThatBeginWithIt() throws Exception {
    RepositoryName image = image();
    List<RepositoryName> images =
        Stream.of("", "-b", "/c", "/d", "0").map(end -> new RepositoryName(image + end)).toList();
    Digest digest = indexes.store(images.get(0));
    images.forEach(each -> indexes.layers().link(each, digest, LATER));
    Eventually.equal(
        Set.copyOf(images),
        () -> Set.copyOf(indexes.layers().imagesOf(digest, Optional.empty(), 100)));

    assertThat(prefixed(digest, image + "/", Optional.empty(), 9)).isEqualTo(images.subList(2, 4));
    assertThat(prefixed(digest, image + "/", Optional.of(images.get(2)), 9))
        .isEqualTo(images.subList(3, 4));
    assertThat(prefixed(digest, image + "/", Optional.empty(), 1)).isEqualTo(images.subList(2, 3));
    assertThat(prefixed(digest, image.value(), Optional.empty(), 9)).hasSize(5);
    assertThat(prefixed(digest, image + "0", Optional.empty(), 9)).isEqualTo(images.subList(4, 5));
    assertThat(prefixed(digest, image + "1", Optional.empty(), 9)).isEmpty();
  }

  private List<RepositoryName> prefixed(
      Digest digest, String prefix, Optional<RepositoryName> last, int limit) {
    return indexes.layers().imagesOf(digest, prefix, last, limit);
  }

  @Test
  void condemn_unusedLayer_takesItOutOfTheStoreForAll() {
    Upload upload = indexes.open(image(), digest());
    Layer layer = layer(upload);
    indexes.layers().commit(upload, layer);
    indexes.layers().link(image(), upload.digest(), NOW);

    assertThat(indexes.layers().condemn(layer, LATER)).isTrue();

    assertThat(indexes.layers().find(upload.digest())).isEmpty();
    assertThat(indexes.layers().isLinked(upload.image(), upload.digest())).isFalse();
    assertThat(indexes.layers().link(image(), upload.digest(), LATER)).isFalse();
    assertThat(indexes.layers().condemn(layer, LATER)).isFalse();
    Upload ended = indexes.uploads().find(upload.id()).orElseThrow();
    assertThat(ended.state()).isEqualTo(State.ENDED);
    assertThat(ended.expires()).isEqualTo(LATER);
    assertThat(indexes.layers().commit(upload, layer)).isEqualTo(Commit.NOT_OPEN);
  }

  @Test
  void condemn_usedSinceTheCutoff_changesNothing() {
    Upload upload = indexes.open(image(), digest());
    indexes.layers().commit(upload, layer(upload));
    Layer before = indexes.layers().find(upload.digest()).orElseThrow();
    indexes.layers().link(image(), upload.digest(), LATER);

    assertThat(indexes.layers().condemn(before, LATER)).isFalse();
    assertThat(indexes.layers().condemn(before, NOW)).isFalse();

    assertThat(indexes.layers().find(upload.digest())).isPresent();
    assertThat(state(upload)).isEqualTo(State.COMMITTED);
  }

  @Test
  void condemn_referencedLayer_changesNothing() {
    RepositoryName image = image();
    Digest digest = indexes.store(image);
    Layer before = indexes.layers().find(digest).orElseThrow();
    indexes.images().put(image, Samples.manifest(List.of(digest)), Optional.empty(), true, NOW);

    assertThat(indexes.layers().condemn(before, LATER)).isFalse();

    assertThat(indexes.isNamed(digest)).isTrue();
  }

  @Test
  void condemn_layerThatAnotherTookThePlaceOf_changesNothing() {
    Upload first = indexes.open(image(), digest());
    indexes.layers().commit(first, layer(first));
    indexes.layers().condemn(layer(first), LATER);
    Upload second = indexes.open(image(), first.digest());

    assertThat(indexes.layers().commit(second, layer(second))).isEqualTo(Commit.COMMITTED);
    assertThat(indexes.layers().condemn(layer(first), LATER)).isFalse();

    assertThat(indexes.layers().find(first.digest())).contains(layer(second));
    assertThat(indexes.layers().isLinked(second.image(), first.digest())).isTrue();
  }

  @Test
  void commit_repairOfALayerThatWasCollected_changesNothing() {
    Upload first = indexes.open(image(), digest());
    indexes.layers().commit(first, layer(first));
    Upload repair =
        Upload.repair(LayerId.random(), image(), layer(first), NOW, LATER.plusSeconds(1));
    indexes.uploads().create(repair);
    indexes.layers().condemn(layer(first), LATER);

    assertThat(indexes.layers().commit(repair, layer(repair))).isEqualTo(Commit.NOT_OPEN);

    assertThat(indexes.layers().find(first.digest())).isEmpty();
    assertThat(indexes.layers().isLinked(repair.image(), first.digest())).isFalse();
  }

  /** Whoever comes first: never a manifest whose layer is gone. */
  @Test
  void condemn_racingWithAManifest_oneOfThemFails() throws Exception {
    for (int round = 0; round < 20; round++) {
      RepositoryName image = image();
      Digest digest = indexes.store(image);
      Layer layer = indexes.layers().find(digest).orElseThrow();
      Manifest manifest = Samples.manifest(List.of(digest));

      List<Boolean> results =
          Race.of(
              2,
              i ->
                  i == 0
                      ? () -> indexes.layers().condemn(layer, LATER)
                      : () ->
                          indexes.images().put(image, manifest, Optional.empty(), true, LATER)
                              instanceof ImageIndex.Put.Stored);

      assertThat(results).containsExactlyInAnyOrder(true, false);
      assertThat(indexes.layers().find(digest).isPresent()).isEqualTo(results.get(1));
    }
  }

  @Test
  void condemn_racingWithALinkAndACommit_leavesEachToldTheTruth() throws Exception {
    for (int round = 0; round < 20; round++) {
      Digest digest = indexes.store(image());
      Layer layer = indexes.layers().find(digest).orElseThrow();
      RepositoryName mounting = image();
      Upload upload = indexes.open(image(), digest);

      List<Object> results =
          Race.of(
              3,
              i ->
                  switch (i) {
                    case 0 -> () -> indexes.layers().condemn(layer, LATER);
                    case 1 -> () -> indexes.layers().link(mounting, digest, LATER);
                    default -> () -> indexes.layers().commit(upload, Samples.layer(upload, LATER));
                  });

      assertThat(results.get(2)).isIn(Commit.COMMITTED, Commit.ALREADY_STORED);
      assertThat(indexes.layers().isLinked(upload.image(), digest)).isTrue();
      assertThat(indexes.layers().isLinked(mounting, digest)).isEqualTo(results.get(1));
      boolean isNew = indexes.layers().find(digest).orElseThrow().id().equals(upload.id());
      assertThat(isNew).isEqualTo(results.get(2) == Commit.COMMITTED).isEqualTo(results.get(0));
    }
  }

  @Test
  void forgetLinks_condemnedLayer_removesThoseOfAllImages() throws Exception {
    Upload upload = indexes.open(image(), digest());
    Layer layer = layer(upload);
    indexes.layers().commit(upload, layer);
    for (int i = 0; i < 150; i++) {
      indexes.layers().link(image(), upload.digest(), NOW);
    }
    Eventually.equal(
        151, () -> indexes.layers().imagesOf(upload.digest(), Optional.empty(), 1_000).size());
    indexes.layers().condemn(layer, LATER);

    indexes.layers().forgetLinks(upload.digest());
    indexes.layers().forgetLinks(upload.digest());

    Eventually.equal(
        List.of(), () -> indexes.layers().imagesOf(upload.digest(), Optional.empty(), 1_000));
    Upload again = indexes.open(image(), upload.digest());
    indexes.layers().commit(again, layer(again));
    assertThat(indexes.layers().isLinked(upload.image(), upload.digest())).isFalse();
  }

  @Test
  void forgetLinks_storedLayer_leavesThem() {
    RepositoryName image = image();
    Digest digest = indexes.store(image);

    indexes.layers().forgetLinks(digest);

    assertThat(indexes.layers().isLinked(image, digest)).isTrue();
  }

  @Test
  void unreferenced_pages_haveWhatNobodyReferencesOrUsed() throws Exception {
    RepositoryName image = image();
    Digest unused = indexes.store(image);
    Digest referenced = indexes.store(image);
    indexes.images().put(image, Samples.manifest(List.of(referenced)), Optional.empty(), true, NOW);
    Digest used = indexes.store(image);
    indexes.layers().link(image, used, LATER.plusSeconds(1));
    IntStream.range(0, 20).forEach(_ -> indexes.store(image));

    Eventually.equal(true, () -> unreferenced(LATER, 3).contains(unused));
    assertThat(unreferenced(LATER, 3)).doesNotContain(referenced, used).doesNotHaveDuplicates();
    assertThat(unreferenced(LATER, 1_000)).contains(unused).doesNotContain(referenced, used);
    assertThat(unreferenced(NOW, 1_000)).doesNotContain(unused);
  }

  private List<Digest> unreferenced(Instant cutoff, int limit) {
    List<Digest> found = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Layer> page = indexes.layers().unreferenced(cutoff, cursor, limit);
      assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
      page.items().forEach(layer -> found.add(layer.digest()));
      cursor = page.next();
    } while (cursor.isPresent());
    return found;
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

    assertThat(indexes.layers().unlink(one, digest, LATER)).isEqualTo(Unlink.UNLINKED);

    assertThat(indexes.layers().isLinked(one, digest)).isFalse();
    assertThat(indexes.layers().isLinked(other, digest)).isTrue();
    assertThat(indexes.layers().find(digest)).isPresent();
    assertThat(indexes.layers().unlink(one, digest, LATER)).isEqualTo(Unlink.NOT_LINKED);
  }

  @Test
  void unlink_layerThatAManifestOfTheImageNames_isRefusedUntilThatIsDeleted() {
    RepositoryName image = image();
    Digest digest = indexes.store(image);
    List<Manifest> manifests =
        List.of(Samples.manifest(List.of(digest), "one"), Samples.manifest(List.of(digest), "two"));
    for (Manifest manifest : manifests) {
      indexes.images().put(image, manifest, Optional.empty(), true, NOW);
      indexes.images().put(image, manifest, Optional.empty(), true, NOW);
      indexes.layers().link(image, digest, NOW);
      assertThat(indexes.layers().unlink(image, digest, LATER)).isEqualTo(Unlink.IN_USE);
    }
    RepositoryName other = image();
    indexes.layers().link(other, digest, NOW);
    assertThat(indexes.layers().unlink(other, digest, LATER)).isEqualTo(Unlink.UNLINKED);

    indexes.images().delete(image, new ByDigest(manifests.getFirst().digest()), NOW);
    assertThat(indexes.layers().unlink(image, digest, LATER)).isEqualTo(Unlink.IN_USE);
    indexes.images().delete(image, new ByDigest(manifests.getLast().digest()), NOW);

    assertThat(indexes.layers().unlink(image, digest, LATER)).isEqualTo(Unlink.UNLINKED);
    assertThat(indexes.images().put(image, manifests.getFirst(), Optional.empty(), true, NOW))
        .isEqualTo(new ImageIndex.Put.Missing(Set.of(digest)));
  }
}
