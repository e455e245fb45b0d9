package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.about;
import static dev.lamella.contract.Samples.image;
import static dev.lamella.contract.Samples.index;
import static dev.lamella.contract.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Put;
import dev.lamella.core.port.ImageIndex.Released;
import dev.lamella.core.port.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which manifests are released, and what becomes of those. */
abstract class ReleasedContract {
  static final Tag ONE = new Tag("one");
  private static final Tag TWO = new Tag("two");
  private static final Instant MUCH_LATER = LATER.plus(Duration.ofHours(1));

  final Indexes indexes = indexes();
  final ImageIndex images = indexes.images();
  final RepositoryName image = image();
  final Digest blob = indexes.store(image);
  private final Manifest manifest = manifest(List.of(blob));

  abstract Indexes indexes();

  @Test
  void delete_lastTag_releasesTheManifest() {
    put(manifest, ONE);
    put(manifest, TWO);
    images.delete(image, ONE, NOW);
    assertThat(released()).isEmpty();

    images.delete(image, TWO, LATER);

    assertThat(all(LATER)).as("not before its time").isEmpty();
    assertThat(all(MUCH_LATER)).containsExactly(new Released(image, manifest.digest(), LATER));
    assertThat(images.find(image, new ByDigest(manifest.digest()))).contains(manifest);
    assertThat(indexes.isNamed(blob)).isTrue();
  }

  @Test
  void delete_tagOfAnotherManifest_releasesNoOther() {
    put(manifest, ONE);
    put(manifest(List.of(blob), "next"), ONE);

    assertThat(images.delete(image, ONE, NOW)).isTrue();

    assertThat(released()).doesNotContain(manifest.digest()).hasSize(1);
  }

  @Test
  void put_releasedManifest_keepsIt() {
    for (Optional<Tag> tag : List.of(Optional.of(TWO), Optional.<Tag>empty())) {
      put(manifest, ONE);
      images.delete(image, ONE, NOW);
      Released released = all(LATER).getFirst();

      images.put(image, manifest, tag, true, LATER);

      assertThat(released()).isEmpty();
      assertThat(images.remove(released, LATER)).isFalse();
      assertThat(images.find(image, new ByDigest(manifest.digest()))).contains(manifest);
      images.delete(image, TWO, NOW);
    }
  }

  @Test
  void remove_releasedManifest_takesItsReferencesAlong() {
    put(manifest, ONE);
    images.delete(image, ONE, NOW);
    Released released = all(LATER).getFirst();

    assertThat(images.remove(new Released(image, manifest.digest(), LATER), LATER)).isFalse();
    assertThat(images.remove(released, LATER)).isTrue();
    assertThat(images.remove(released, LATER)).isFalse();

    assertThat(images.exists(image)).isFalse();
    assertThat(indexes.isNamed(blob)).isFalse();
    assertThat(indexes.layers().find(blob).orElseThrow().used()).isEqualTo(LATER);
  }

  @Test
  void remove_releasedAnewSince_isLeft() {
    put(manifest, ONE);
    images.delete(image, ONE, NOW);
    Released released = all(LATER).getFirst();
    put(manifest, ONE);
    images.delete(image, ONE, LATER);

    assertThat(images.remove(released, LATER)).isFalse();

    assertThat(released()).containsExactly(manifest.digest());
  }

  @Test
  void put_indexThatNamesAReleasedManifest_keepsIt() {
    put(manifest, ONE);
    images.delete(image, ONE, NOW);
    Released released = all(LATER).getFirst();

    put(index(List.of(manifest.digest())), TWO);

    assertThat(released()).isEmpty();
    assertThat(images.remove(released, LATER)).isFalse();
  }

  /** As people tag an image for each platform, and an index of all of them. */
  @Test
  void delete_tagOfAManifestThatAnIndexNames_keepsItWithTheIndex() {
    Manifest index = index(List.of(manifest.digest()));
    put(manifest, ONE);
    put(index, TWO);

    images.delete(image, ONE, NOW);
    assertThat(released()).isEmpty();
    images.delete(image, TWO, NOW);
    assertThat(released()).containsExactly(index.digest());
    assertThat(images.remove(all(LATER).getFirst(), LATER)).isTrue();

    assertThat(released()).containsExactly(manifest.digest());
    assertThat(images.remove(all(MUCH_LATER).getFirst(), LATER)).isTrue();
    assertThat(indexes.isNamed(blob)).isFalse();
    assertThat(images.exists(image)).isFalse();
  }

  @Test
  void delete_index_releasesWhatOnlyItNamed() {
    // More than a batch and, in the full run, than a transaction has.
    for (int children : List.of(3, Boolean.getBoolean("lamella.full") ? 120 : 30)) {
      List<Digest> untagged = new ArrayList<>(children(children));
      Digest tagged = manifest.digest();
      Digest shared = untagged.getFirst();
      put(manifest, ONE);
      put(index(List.of(shared)), new Tag("other"));
      List<Digest> named = new ArrayList<>(untagged);
      named.add(tagged);
      Manifest index = index(named);
      put(index, TWO);
      assertThat(released()).isEmpty();

      assertThat(images.delete(image, new ByDigest(index.digest()), NOW)).isTrue();

      assertThat(released())
          .containsExactlyInAnyOrderElementsOf(untagged.subList(1, untagged.size()));
      assertThat(all(LATER)).allMatch(released -> images.remove(released, LATER));
      assertThat(images.find(image, new ByDigest(shared))).isPresent();
      assertThat(images.find(image, new ByDigest(tagged))).isPresent();
    }
  }

  /** As a signature has a tag of its own with some tools, and none with others. */
  @Test
  void delete_tagOfAManifestWhoseSubjectIsThere_keepsItWithItsSubject() {
    Manifest tagged = about(manifest.digest(), blob, "tagged");
    Manifest untagged = about(manifest.digest(), blob, "untagged");
    Manifest ofAnother = about(Samples.digest(), blob, "of what is not there");
    put(manifest, ONE);
    put(tagged, TWO);
    images.put(image, untagged, Optional.empty(), true, NOW);
    images.put(image, ofAnother, Optional.empty(), true, NOW);

    images.delete(image, TWO, NOW);
    assertThat(released()).isEmpty();
    assertThat(images.remove(new Released(image, tagged.digest(), NOW), LATER)).isFalse();
    images.delete(image, ONE, NOW);
    assertThat(released()).containsExactly(manifest.digest());
    assertThat(images.remove(all(LATER).getFirst(), LATER)).isTrue();

    assertThat(all(MUCH_LATER))
        .containsExactlyInAnyOrder(
            new Released(image, tagged.digest(), LATER),
            new Released(image, untagged.digest(), LATER));
    assertThat(all(MUCH_LATER)).allMatch(released -> images.remove(released, MUCH_LATER));
    assertThat(images.find(image, new ByDigest(ofAnother.digest()))).isPresent();
  }

  @Test
  void put_subjectOfAReleasedManifest_keepsThat() {
    Manifest signature = about(manifest.digest(), blob, "before its subject");
    put(signature, TWO);
    images.delete(image, TWO, NOW);
    Released released = all(LATER).getFirst();

    put(manifest, ONE);

    assertThat(released()).isEmpty();
    assertThat(images.remove(released, LATER)).isFalse();
  }

  @Test
  void put_whatADeletedIndexNamed_keepsIt() {
    images.put(image, manifest, Optional.empty(), true, NOW);
    put(index(List.of(manifest.digest())), ONE);
    images.delete(image, ONE, NOW);
    assertThat(images.remove(all(LATER).getFirst(), LATER)).isTrue();
    assertThat(released()).containsExactly(manifest.digest());

    images.put(image, manifest, Optional.empty(), true, LATER);

    assertThat(released()).isEmpty();
  }

  @Test
  void released_pages_haveEachOnce() {
    List<Digest> children = children(7);
    Manifest index = index(children);
    put(index, ONE);
    images.delete(image, new ByDigest(index.digest()), NOW);

    for (int limit : List.of(3, 7, 50)) {
      assertThat(all(LATER, limit).stream().map(Released::manifest))
          .containsExactlyInAnyOrderElementsOf(children);
    }
  }

  @Test
  void delete_racersWithTheLastTags_releaseTheManifest() throws Exception {
    for (int i = 0; i < 10; i++) {
      put(manifest, ONE);
      put(manifest, TWO);

      Race.of(2, actor -> () -> images.delete(image, actor == 0 ? ONE : TWO, NOW));

      assertThat(released()).containsExactly(manifest.digest());
    }
  }

  @Test
  void remove_racingWithATagOrAnIndex_isOneOrTheOther() throws Exception {
    Manifest index = index(List.of(manifest.digest()));
    for (int i = 0; i < 20; i++) {
      Manifest put = i % 2 == 0 ? manifest : index;
      put(manifest, ONE);
      images.delete(image, ONE, NOW);
      Released released = all(LATER).getFirst();

      List<Object> results =
          Race.of(
              2,
              actor ->
                  actor == 0
                      ? () -> images.remove(released, LATER)
                      : () -> images.put(image, put, Optional.of(TWO), true, LATER));

      boolean isThere = images.find(image, new ByDigest(manifest.digest())).isPresent();
      boolean wasPut = results.get(1) instanceof Put.Stored;
      // Who puts the manifest itself has it, whoever was first.
      assertThat(isThere).isEqualTo(wasPut);
      assertThat(indexes.isNamed(blob)).isEqualTo(isThere);
      images.delete(image, new ByDigest(index.digest()), NOW);
      images.delete(image, new ByDigest(manifest.digest()), NOW);
    }
  }

  private void put(Manifest some, Tag tag) {
    assertThat(images.put(image, some, Optional.of(tag), true, NOW)).isEqualTo(new Put.Stored());
  }

  /** Manifests that no tag points to. */
  final List<Digest> children(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> manifest(List.of(blob), "child %d of %d".formatted(i, count)))
        .peek(child -> images.put(image, child, Optional.empty(), true, NOW))
        .map(Manifest::digest)
        .toList();
  }

  final Set<Digest> released() {
    return all(MUCH_LATER).stream().map(Released::manifest).collect(Collectors.toSet());
  }

  /** Of this image. */
  final List<Released> all(Instant before) {
    return all(before, 50);
  }

  private List<Released> all(Instant before, int limit) {
    List<Released> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Released> page = images.released(before, cursor, limit);
      all.addAll(page.items());
      cursor = page.next();
    } while (cursor.isPresent());
    return all.stream().filter(released -> released.image().equals(image)).toList();
  }
}
