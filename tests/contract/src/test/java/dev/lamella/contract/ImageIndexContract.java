package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Put;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

abstract class ImageIndexContract {
  static final Put STORED = new Put.Stored();
  static final Tag LATEST = new Tag("latest");

  final Indexes indexes = indexes();
  final ImageIndex images = indexes.images();
  final RepositoryName image = image();

  abstract Indexes indexes();

  @Test
  void put_manifest_isFoundByTagAndDigestWithItsBytes() {
    Manifest manifest = manifest(stored(3));

    assertThat(images.put(image, manifest, Optional.of(LATEST), true, NOW)).isEqualTo(STORED);

    for (Reference reference : List.of(LATEST, new ByDigest(manifest.digest()))) {
      Manifest found = images.find(image, reference).orElseThrow();
      assertThat(found.bytes()).isEqualTo(manifest.bytes());
      assertThat(found.mediaType()).isEqualTo(manifest.mediaType());
      assertThat(found.blobs()).isEqualTo(manifest.blobs());
    }
  }

  @Test
  void find_unknown_isEmpty() {
    images.put(image, manifest(stored(1)), Optional.empty(), true, NOW);

    assertThat(images.find(image, LATEST)).isEmpty();
    assertThat(images.find(image, new ByDigest(digest()))).isEmpty();
    assertThat(images.find(image(), LATEST)).isEmpty();
  }

  @Test
  void put_twice_countsReferencesOnce() {
    List<Digest> blobs = stored(2);
    Manifest manifest = manifest(blobs);

    images.put(image, manifest, Optional.of(LATEST), true, LATER);
    assertThat(images.put(image, manifest, Optional.of(LATEST), true, LATER)).isEqualTo(STORED);

    assertThat(blobs).allMatch(indexes::isNamed);
    assertThat(blobs)
        .allMatch(blob -> indexes.layers().find(blob).orElseThrow().used().equals(LATER));
  }

  @Test
  void put_manifestsThatShareBlobs_countEach() {
    Digest shared = indexes.store(image);
    images.put(image, manifest(List.of(shared, shared)), Optional.empty(), true, NOW);
    images.put(image, manifest(List.of(shared), "other"), Optional.empty(), true, NOW);
    RepositoryName second = image();
    indexes.layers().link(second, shared, NOW);
    images.put(second, manifest(List.of(shared), "other"), Optional.empty(), true, NOW);

    assertThat(indexes.isNamed(shared)).isTrue();
  }

  @Test
  void put_missingBlobs_namesAllAndChangesNothing() {
    Digest present = indexes.store(image);
    Digest elsewhere = indexes.store(image());
    Digest unknown = digest();
    Manifest manifest = manifest(List.of(present, elsewhere, unknown));

    assertThat(images.put(image, manifest, Optional.of(LATEST), true, NOW))
        .isEqualTo(new Put.Missing(Set.of(elsewhere, unknown)));

    assertThat(images.find(image, LATEST)).isEmpty();
    assertThat(images.find(image, new ByDigest(manifest.digest()))).isEmpty();
    assertThat(images.tags(image, Optional.empty(), 10)).isEmpty();
    assertThat(indexes.isNamed(present)).isFalse();
    assertThat(indexes.isNamed(elsewhere)).isFalse();
  }

  @Test
  void put_afterWhatWasMissingCame_isStored() {
    Digest elsewhere = indexes.store(image());
    Manifest manifest = manifest(List.of(elsewhere));
    images.put(image, manifest, Optional.of(LATEST), true, NOW);

    indexes.layers().link(image, elsewhere, NOW);

    assertThat(images.put(image, manifest, Optional.of(LATEST), true, NOW)).isEqualTo(STORED);
    assertThat(indexes.isNamed(elsewhere)).isTrue();
  }

  @Test
  void put_index_needsItsManifestsInTheImage() {
    Manifest child = manifest(stored(1));
    images.put(image, child, Optional.empty(), true, NOW);
    Digest unknown = digest();

    assertThat(
            images.put(image, Samples.index(List.of(child.digest(), unknown)), latest(), true, NOW))
        .isEqualTo(new Put.Missing(Set.of(unknown)));
    assertThat(images.put(image(), Samples.index(List.of(child.digest())), latest(), true, NOW))
        .isEqualTo(new Put.Missing(Set.of(child.digest())));
    assertThat(images.put(image, Samples.index(List.of(child.digest())), latest(), true, NOW))
        .isEqualTo(STORED);
  }

  @Test
  void put_indexOfMoreManifestsThanOneTransactionHas_isStored() {
    Digest blob = indexes.store(image);
    List<Digest> children =
        IntStream.range(0, 120)
            .mapToObj(
                i -> {
                  Manifest child = manifest(List.of(blob), "child " + i);
                  images.put(image, child, Optional.empty(), true, NOW);
                  return child.digest();
                })
            .toList();

    assertThat(images.put(image, Samples.index(children), latest(), true, NOW)).isEqualTo(STORED);
    assertThat(images.find(image, LATEST).orElseThrow().manifests()).hasSize(120);
  }

  @Test
  void put_subjectThatIsNotThere_isStored() {
    Manifest subject = manifest(List.of(digest()));
    Manifest note = Samples.about(subject.digest(), indexes.store(image), "note");

    assertThat(images.put(image, note, Optional.empty(), true, NOW)).isEqualTo(STORED);
    Manifest found = images.find(image, new ByDigest(note.digest())).orElseThrow();
    assertThat(found.subject().orElseThrow().digest()).isEqualTo(subject.digest());
    assertThat(found.artifactType()).contains("text/x-note");
  }

  @Test
  void put_130Layers_countsEachOnce() {
    List<Digest> blobs = stored(130);
    Manifest manifest = manifest(blobs);

    assertThat(images.put(image, manifest, latest(), true, NOW)).isEqualTo(STORED);
    assertThat(images.put(image, manifest, latest(), true, NOW)).isEqualTo(STORED);

    assertThat(images.find(image, LATEST).orElseThrow().bytes()).isEqualTo(manifest.bytes());
    assertThat(blobs).allMatch(indexes::isNamed);
  }

  @Test
  void put_130LayersOneMissing_countsNone() {
    List<Digest> blobs = stored(129);
    Digest unknown = digest();
    Manifest manifest = manifest(Stream.concat(blobs.stream(), Stream.of(unknown)).toList());

    assertThat(images.put(image, manifest, latest(), true, NOW))
        .isEqualTo(new Put.Missing(Set.of(unknown)));
    assertThat(blobs).noneMatch(indexes::isNamed);
  }

  @Test
  void put_racersWithOneManifest_countItOnce() throws Exception {
    for (int layers : List.of(3, 100)) {
      List<Digest> blobs = stored(layers);
      Manifest manifest = manifest(blobs);

      List<Put> results =
          Race.of(
              4, i -> () -> images.put(image, manifest, Optional.of(new Tag("t" + i)), true, NOW));

      assertThat(results).containsOnly(STORED);
      assertThat(blobs).allMatch(indexes::isNamed);
      for (int i = 0; i < 4; i++) {
        assertThat(images.find(image, new Tag("t" + i))).contains(manifest);
      }
    }
  }

  @Test
  void put_racersWithManifestsThatShareALayer_countAll() throws Exception {
    Digest shared = indexes.store(image);
    List<Manifest> manifests =
        IntStream.range(0, 6).mapToObj(i -> manifest(List.of(shared), "m" + i)).toList();

    List<Put> results =
        Race.of(6, i -> () -> images.put(image, manifests.get(i), Optional.empty(), true, NOW));

    assertThat(results).containsOnly(STORED);
    assertThat(indexes.isNamed(shared)).isTrue();
  }

  @Test
  void put_largeManifest_isFoundWithItsBytes() {
    Manifest manifest = manifest(stored(1), "x".repeat(300 << 10));

    assertThat(images.put(image, manifest, latest(), true, NOW)).isEqualTo(STORED);
    assertThat(images.find(image, LATEST).orElseThrow().bytes()).isEqualTo(manifest.bytes());
  }

  @Test
  void put_otherManifestUnderTag_movesTheTag() {
    Digest blob = indexes.store(image);
    Manifest first = manifest(List.of(blob), "first");
    Manifest second = manifest(List.of(blob), "second");
    images.put(image, first, latest(), true, NOW);
    images.put(image, second, latest(), true, NOW);
    assertThat(images.find(image, LATEST)).contains(second);

    images.put(image, first, latest(), true, NOW);

    assertThat(images.find(image, LATEST)).contains(first);
    assertThat(images.find(image, new ByDigest(second.digest()))).contains(second);
    assertThat(indexes.isNamed(blob)).isTrue();
  }

  @Test
  void put_takenTagWithoutTheRight_changesNothing() {
    List<Digest> blobs = stored(2);
    Manifest first = manifest(blobs);
    Manifest second = manifest(stored(2), "second");
    images.put(image, first, latest(), false, NOW);

    assertThat(images.put(image, first, latest(), false, NOW)).isEqualTo(STORED);
    assertThat(images.put(image, second, latest(), false, NOW)).isEqualTo(taken(first));
    assertThat(images.find(image, LATEST)).map(Manifest::digest).contains(first.digest());
    assertThat(images.find(image, new ByDigest(second.digest()))).isEmpty();
    assertThat(second.blobs()).noneMatch(blob -> indexes.isNamed(blob.digest()));

    images.put(image, second, Optional.of(new Tag("2")), false, NOW);
    assertThat(images.put(image, second, latest(), false, NOW)).isEqualTo(taken(first));
    assertThat(images.put(image, second, Optional.empty(), false, NOW)).isEqualTo(STORED);
    assertThat(images.find(image, LATEST)).map(Manifest::digest).contains(first.digest());
    assertThat(images.put(image, second, latest(), true, NOW)).isEqualTo(STORED);
    assertThat(images.put(image, first, latest(), false, NOW)).isEqualTo(taken(second));
  }

  @Test
  void put_takenTagAndMissingBlobs_tellsOfTheTag() {
    Manifest first = manifest(stored(1));
    images.put(image, first, latest(), false, NOW);

    assertThat(images.put(image, manifest(List.of(digest())), latest(), false, NOW))
        .isEqualTo(taken(first));
  }

  /** One that was refused does not bring a manifest back that nothing leads to. */
  @Test
  void put_takenTagOfAReleasedManifest_leavesItReleased() throws Exception {
    Manifest first = manifest(stored(1));
    Manifest released = manifest(stored(1), "released");
    images.put(image, first, latest(), false, NOW);
    images.put(image, released, Optional.of(new Tag("gone")), false, NOW);
    images.delete(image, new Tag("gone"), NOW);

    assertThat(images.put(image, released, latest(), false, NOW)).isEqualTo(taken(first));

    Eventually.equal(
        List.of(released.digest()),
        () ->
            images.released(LATER, Optional.empty(), 100).items().stream()
                .map(ImageIndex.Released::manifest)
                .toList());
  }

  @Test
  void put_tagDeletedBefore_isFreeWithoutTheRight() {
    images.put(image, manifest(stored(1)), latest(), false, NOW);
    images.delete(image, LATEST, NOW);

    assertThat(images.put(image, manifest(stored(1), "second"), latest(), false, NOW))
        .isEqualTo(STORED);
  }

  @Test
  void put_racersForOneNewTagWithoutTheRight_oneWins() throws Exception {
    List<Digest> blobs = stored(1);
    List<Manifest> manifests =
        IntStream.range(0, 30).mapToObj(i -> manifest(blobs, "racer " + i)).toList();

    List<Put> results =
        Race.of(30, i -> () -> images.put(image, manifests.get(i), latest(), false, NOW));

    Manifest winner = manifests.get(results.indexOf(STORED));
    assertThat(results).containsOnlyOnce(STORED);
    assertThat(results).allMatch(put -> put.equals(STORED) || put.equals(taken(winner)));
    assertThat(images.find(image, LATEST)).map(Manifest::digest).contains(winner.digest());
    assertThat(manifests)
        .filteredOn(one -> images.find(image, new ByDigest(one.digest())).isPresent())
        .containsExactly(winner);
  }

  @Test
  void put_racersOfManifestsThatAreThereForOneNewTagWithoutTheRight_oneWins() throws Exception {
    List<Digest> blobs = stored(1);
    List<Manifest> manifests =
        IntStream.range(0, 30).mapToObj(i -> manifest(blobs, "racer " + i)).toList();
    manifests.forEach(one -> images.put(image, one, Optional.empty(), false, NOW));

    List<Put> results =
        Race.of(30, i -> () -> images.put(image, manifests.get(i), latest(), false, NOW));

    assertThat(results).containsOnlyOnce(STORED);
    assertThat(images.find(image, LATEST))
        .map(Manifest::digest)
        .contains(manifests.get(results.indexOf(STORED)).digest());
  }

  @Test
  void put_racersWithTheSameManifestAndTagWithoutTheRight_areAllTaken() throws Exception {
    Manifest manifest = manifest(stored(1));

    assertThat(Race.of(8, i -> () -> images.put(image, manifest, latest(), false, NOW)))
        .containsOnly(STORED);
  }

  @Test
  void put_withoutTheRightRacingWithADeletionOfTheTag_isEitherAsBeforeOrNew() throws Exception {
    List<Digest> blobs = stored(1);
    for (int round = 0; round < 5; round++) {
      Manifest first = manifest(blobs, "first " + round);
      Manifest second = manifest(blobs, "second " + round);
      Optional<Tag> tag = Optional.of(new Tag("t" + round));
      images.put(image, first, tag, false, NOW);

      List<Object> results =
          Race.of(
              2,
              i ->
                  i == 0
                      ? () -> images.delete(image, tag.get(), NOW)
                      : () -> images.put(image, second, tag, false, NOW));

      assertThat(results.getFirst()).isEqualTo(true);
      assertThat(results.getLast()).isIn(STORED, taken(first));
      assertThat(images.find(image, tag.get()).map(Manifest::digest))
          .isEqualTo(
              results.getLast().equals(STORED) ? Optional.of(second.digest()) : Optional.empty());
    }
  }

  @Test
  void tags_pages_areInLexicalOrder() {
    Manifest manifest = manifest(stored(1));
    Stream.of("b", "a", "a-1", "a.b", "A", "_", "ab", "1.10", "1.9")
        .forEach(tag -> images.put(image, manifest, Optional.of(new Tag(tag)), true, NOW));
    List<Tag> expected =
        Stream.of("1.10", "1.9", "A", "_", "a", "a-1", "a.b", "ab", "b").map(Tag::new).toList();

    assertThat(images.tags(image, Optional.empty(), 100)).isEqualTo(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(images.tags(image, Optional.of(expected.get(i)), 2))
          .isEqualTo(expected.subList(i + 1, Math.min(expected.size(), i + 3)));
    }
    assertThat(images.tags(image, Optional.of(new Tag("a-0")), 1)).containsExactly(new Tag("a-1"));
    assertThat(images.tags(image(), Optional.empty(), 100)).isEmpty();
  }

  @Test
  void delete_manifest_takesItsTagsAndReferencesWithIt() {
    List<Digest> blobs = stored(3);
    Manifest manifest = manifest(blobs);
    Manifest other = manifest(blobs, "other");
    images.put(image, manifest, latest(), true, NOW);
    images.put(image, manifest, Optional.of(new Tag("1.0")), true, NOW);
    images.put(image, other, Optional.of(new Tag("other")), true, NOW);

    assertThat(images.delete(image, new ByDigest(manifest.digest()), LATER)).isTrue();

    assertThat(images.find(image, new ByDigest(manifest.digest()))).isEmpty();
    assertThat(images.find(image, LATEST)).isEmpty();
    assertThat(images.tags(image, Optional.empty(), 10)).containsExactly(new Tag("other"));
    assertThat(images.find(image, new Tag("other"))).contains(other);
    assertThat(blobs).allMatch(indexes::isNamed);
    assertThat(blobs)
        .allMatch(blob -> indexes.layers().find(blob).orElseThrow().used().equals(LATER));
  }

  @Test
  void delete_twice_isAsOnce() {
    Digest blob = indexes.store(image);
    Manifest manifest = manifest(List.of(blob, blob));
    Manifest other = manifest(List.of(blob), "other");
    images.put(image, manifest, latest(), true, NOW);
    images.put(image, other, latest(), true, NOW);
    Reference reference = new ByDigest(manifest.digest());

    assertThat(images.delete(image, reference, NOW)).isTrue();
    assertThat(images.delete(image, reference, NOW)).isFalse();

    assertThat(indexes.isNamed(blob)).isTrue();
    assertThat(images.find(image, LATEST)).contains(other);
  }

  @Test
  void delete_unknown_changesNothing() {
    Manifest manifest = manifest(stored(1));
    images.put(image, manifest, latest(), true, NOW);

    assertThat(images.delete(image, new ByDigest(digest()), NOW)).isFalse();
    assertThat(images.delete(image, new Tag("other"), NOW)).isFalse();
    assertThat(images.delete(image(), LATEST, NOW)).isFalse();
    assertThat(images.delete(image(), new ByDigest(manifest.digest()), NOW)).isFalse();

    assertThat(images.find(image, LATEST)).contains(manifest);
  }

  @Test
  void delete_tag_leavesTheManifest() {
    Digest blob = indexes.store(image);
    Manifest manifest = manifest(List.of(blob));
    images.put(image, manifest, latest(), true, NOW);

    assertThat(images.delete(image, LATEST, NOW)).isTrue();
    assertThat(images.delete(image, LATEST, NOW)).isFalse();

    assertThat(images.find(image, LATEST)).isEmpty();
    assertThat(images.find(image, new ByDigest(manifest.digest()))).contains(manifest);
    assertThat(indexes.isNamed(blob)).isTrue();
  }

  @Test
  void delete_thenPut_isAsNew() {
    for (int layers : List.of(2, 100)) {
      List<Digest> blobs = stored(layers);
      Manifest manifest = manifest(blobs);
      images.put(image, manifest, latest(), true, NOW);
      images.delete(image, new ByDigest(manifest.digest()), NOW);
      assertThat(blobs).noneMatch(indexes::isNamed);

      assertThat(images.put(image, manifest, latest(), true, NOW)).isEqualTo(STORED);

      assertThat(images.find(image, LATEST)).contains(manifest);
      assertThat(blobs).allMatch(indexes::isNamed);
    }
  }

  @Test
  void delete_largeManifest_leavesAnotherImagesCopy() {
    Digest blob = indexes.store(image);
    Manifest manifest = manifest(List.of(blob), "x".repeat(300 << 10));
    RepositoryName other = image();
    indexes.layers().link(other, blob, NOW);
    images.put(image, manifest, latest(), true, NOW);
    images.put(other, manifest, latest(), true, NOW);

    assertThat(images.delete(image, new ByDigest(manifest.digest()), NOW)).isTrue();

    assertThat(images.find(image, LATEST)).isEmpty();
    assertThat(images.find(other, LATEST).orElseThrow().bytes()).isEqualTo(manifest.bytes());
    assertThat(indexes.isNamed(blob)).isTrue();
  }

  @Test
  void delete_manifestOf130TagsAnd130Layers_leavesNone() {
    List<Digest> blobs = stored(130);
    Manifest manifest = manifest(blobs);
    for (int i = 0; i < 130; i++) {
      images.put(image, manifest, Optional.of(new Tag("t" + i)), true, NOW);
    }

    assertThat(images.delete(image, new ByDigest(manifest.digest()), NOW)).isTrue();

    assertThat(images.tags(image, Optional.empty(), 200)).isEmpty();
    assertThat(blobs).noneMatch(indexes::isNamed);
  }

  @Test
  void delete_racingWithTheSamePut_isOneOrTheOther() throws Exception {
    for (int layers : List.of(3, 100)) {
      List<Digest> blobs = stored(layers);
      Manifest manifest = manifest(blobs);
      images.put(image, manifest, Optional.empty(), true, NOW);

      Race.of(
          4,
          i ->
              i % 2 == 0
                  ? () -> images.delete(image, new ByDigest(manifest.digest()), NOW)
                  : () -> images.put(image, manifest, Optional.of(new Tag("t" + i)), true, NOW));

      boolean isThere = images.find(image, new ByDigest(manifest.digest())).isPresent();
      assertThat(blobs).allMatch(blob -> indexes.isNamed(blob) == isThere);
      for (Tag tag : images.tags(image, Optional.empty(), 10)) {
        assertThat(images.find(image, tag)).contains(manifest);
      }
      images.delete(image, new ByDigest(manifest.digest()), NOW);
      assertThat(blobs).noneMatch(indexes::isNamed);
    }
  }

  @Test
  void find_tagThatMovesWhileWhatItLeftIsDeleted_isAlwaysThere() throws Exception {
    Digest blob = indexes.store(image);
    List<Manifest> manifests =
        IntStream.range(0, 20).mapToObj(i -> manifest(List.of(blob), "m" + i)).toList();
    images.put(image, manifests.getFirst(), latest(), true, NOW);
    AtomicBoolean goesOn = new AtomicBoolean(true);

    List<Boolean> results =
        Race.of(
            3,
            i ->
                i == 0
                    ? () -> {
                      for (int m = 1; m < manifests.size(); m++) {
                        images.put(image, manifests.get(m), latest(), true, NOW);
                        Digest left = manifests.get(m - 1).digest();
                        images.delete(image, new ByDigest(left), NOW);
                      }
                      goesOn.set(false);
                      return true;
                    }
                    : () -> {
                      boolean found = true;
                      while (goesOn.get()) {
                        found &= images.find(image, LATEST).filter(manifests::contains).isPresent();
                      }
                      return found;
                    });

    assertThat(results).containsOnly(true);
    assertThat(images.find(image, LATEST)).contains(manifests.getLast());
    assertThat(indexes.isNamed(blob)).isTrue();
  }

  @Test
  void exists_image_isThereAsLongAsItHasAManifest() throws Exception {
    Digest blob = indexes.store(image);
    assertThat(images.exists(image)).isFalse();
    Manifest first = manifest(List.of(blob), "first");
    Manifest second = manifest(List.of(blob), "second");
    images.put(image, first, latest(), true, NOW);
    images.put(image, second, latest(), true, NOW);
    images.delete(image, new ByDigest(first.digest()), NOW);
    assertThat(images.exists(image)).isTrue();

    images.delete(image, new ByDigest(second.digest()), NOW);

    assertThat(images.exists(image)).isFalse();
    Eventually.equal(
        List.of(),
        () -> images.images(Optional.of(before(image)), 1).stream().filter(image::equals).toList());
  }

  @Test
  void referrers_ofASubject_areDescribedInOrder() {
    Manifest subject = manifest(stored(1));
    Digest config = indexes.store(image);
    List<Manifest> notes =
        IntStream.range(0, 5)
            .mapToObj(i -> Samples.about(subject.digest(), config, "note " + i))
            .sorted(Comparator.comparing(note -> note.digest().toString()))
            .toList();
    notes.reversed().forEach(note -> images.put(image, note, Optional.empty(), true, NOW));
    images.put(image, subject, latest(), true, NOW);

    List<Referrer> all = notes.stream().map(Referrer::of).toList();
    assertThat(images.referrers(image, subject.digest(), Optional.empty(), 10)).isEqualTo(all);
    assertThat(all.getFirst().annotations()).containsKey("note");
    assertThat(images.referrers(image, subject.digest(), Optional.of(notes.get(1).digest()), 2))
        .isEqualTo(all.subList(2, 4));
    assertThat(images.referrers(image, config, Optional.empty(), 10)).isEmpty();
    assertThat(images.referrers(image(), subject.digest(), Optional.empty(), 10)).isEmpty();
  }

  @Test
  void referrers_deletedOne_isGoneAndADeletedSubjectKeepsItsOwn() {
    Manifest subject = manifest(stored(1));
    Digest config = indexes.store(image);
    Manifest first = Samples.about(subject.digest(), config, "first");
    Manifest second = Samples.about(subject.digest(), config, "second");
    images.put(image, subject, latest(), true, NOW);
    images.put(image, first, Optional.empty(), true, NOW);
    images.put(image, second, Optional.empty(), true, NOW);

    images.delete(image, new ByDigest(first.digest()), NOW);
    images.delete(image, new ByDigest(subject.digest()), NOW);

    assertThat(images.referrers(image, subject.digest(), Optional.empty(), 10))
        .containsExactly(Referrer.of(second));
  }

  @Test
  void referrers_largeAnnotations_areWhole() {
    Digest subject = digest();
    Manifest note = Samples.about(subject, indexes.store(image), "x".repeat(500 << 10));
    images.put(image, note, Optional.empty(), true, NOW);

    assertThat(images.referrers(image, subject, Optional.empty(), 10))
        .containsExactly(Referrer.of(note));
  }

  @Test
  void images_pages_areInLexicalOrder() throws Exception {
    String team = LayerId.random().value();
    List<RepositoryName> names =
        Stream.of("a", "a-b", "a.b", "a/b", "ab").map(end -> name(team, end)).toList();
    for (RepositoryName name : names.reversed()) {
      images.put(name, manifest(List.of(indexes.store(name))), Optional.empty(), true, NOW);
    }
    indexes.store(name(team, "b-without-a-manifest"));
    Optional<RepositoryName> before = Optional.of(new RepositoryName(team));

    Eventually.equal(names, () -> images.images(before, 5));
    assertThat(images.images(Optional.of(names.get(0)), 2)).isEqualTo(names.subList(1, 3));
    assertThat(images.images(Optional.of(names.get(4)), 1))
        .doesNotContain(name(team, "b-without-a-manifest"));

    String prefix = team + "/a";
    assertThat(images.images(prefix, Optional.empty(), 9)).isEqualTo(names);
    assertThat(images.images(prefix, before, 9)).isEqualTo(names);
    assertThat(images.images(prefix, Optional.of(names.get(1)), 1)).containsExactly(names.get(2));
    assertThat(images.images(prefix + "b", before, 9)).containsExactly(names.get(4));
    assertThat(images.images(prefix + "/", Optional.of(names.get(4)), 9)).isEmpty();
    assertThat(images.images(team + "/c", Optional.empty(), 9)).isEmpty();
  }

  List<Digest> stored(int layers) {
    return IntStream.range(0, layers).mapToObj(_ -> indexes.store(image)).toList();
  }

  static Put taken(Manifest by) {
    return new Put.TagTaken(by.digest());
  }

  private static Optional<Tag> latest() {
    return Optional.of(LATEST);
  }

  /** A name that comes right before it. */
  private static RepositoryName before(RepositoryName image) {
    return new RepositoryName(image.value().substring(0, image.value().length() - 1));
  }

  private static RepositoryName name(String team, String end) {
    return new RepositoryName(team + "/" + end);
  }
}
