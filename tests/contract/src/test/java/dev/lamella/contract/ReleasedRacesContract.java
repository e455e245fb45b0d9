package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Pushes, deletions and the janitor at the same manifests, step by step: what a tag, an index or a
 * subject leads to is never removed, and what nothing leads to is.
 */
abstract class ReleasedRacesContract {
  private static final Tag ONE = new Tag("one");
  private static final Tag TWO = new Tag("two");
  private static final Tag THREE = new Tag("three");

  /** So many steps of an actor can be its last before another one moves. */
  private static final int POINTS = 12;

  /** More steps than any actor takes. */
  private static final int TO_THE_END = 100;

  /**
   * Each of the first two actors begins, and stops at each point. The other then goes on to its
   * end, which is what most goes wrong by; in the rounds after the first, to each point.
   */
  static final int ROUND = 2 * POINTS;

  static final int ALL = ROUND * POINTS;

  private static final Instant END = LATER.plus(Duration.ofDays(1));

  @SuppressWarnings("NullAway.Init") // Before each test.
  private Indexes indexes;

  abstract Indexes indexes();

  /**
   * The same images for one who does something before each thing that others can see.
   *
   * @param actor one of them, from 0 on
   */
  abstract ImageIndex stepping(int actor, Runnable step) throws Exception;

  /** Those of the {@link #ALL} schedules that are tried of each race. */
  abstract List<Integer> schedules();

  @BeforeEach
  void open() {
    indexes = indexes();
  }

  @Test
  void remove_racingWithATag_keepsWhatItPointsTo() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.delete(ONE);
        },
        List.of(Scene::sweep, scene -> scene.put(scene.manifest(), TWO)),
        TWO);
  }

  @Test
  void remove_racingWithAnIndex_keepsWhatItNames() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.delete(ONE);
        },
        List.of(Scene::sweep, scene -> scene.put(scene.index(), TWO)),
        TWO);
  }

  @Test
  void remove_ofASignatureRacingWithItsSubject_leavesNothingOver() throws Exception {
    race(
        scene -> {
          scene.put(scene.signature(), ONE);
          scene.delete(ONE);
        },
        List.of(Scene::sweep, scene -> scene.put(scene.manifest(), TWO)),
        TWO);
  }

  /** Between two requests of the one, the other has the same manifest gone and there again. */
  @Test
  void remove_racingWithADeletionAndANewPush_keepsThat() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.delete(ONE);
        },
        List.of(
            Scene::sweep,
            scene -> {
              scene.delete(scene.manifest());
              scene.put(scene.manifest(), TWO);
              scene.put(scene.manifest(), TWO);
            }),
        TWO);
  }

  @Test
  void delete_tagRacingWithADeletionAndANewPush_keepsThat() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.put(scene.manifest(), ONE);
        },
        List.of(
            scene -> scene.delete(ONE),
            scene -> {
              scene.delete(scene.manifest());
              scene.put(scene.manifest(), ONE);
              scene.put(scene.manifest(), TWO);
            }),
        TWO);
  }

  @Test
  void delete_lastTagsRacingWithAThird_keepsWhatThatPointsTo() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.put(scene.manifest(), TWO);
        },
        List.of(
            scene -> scene.delete(ONE),
            scene -> scene.delete(TWO),
            scene -> scene.put(scene.manifest(), THREE)),
        THREE);
  }

  @Test
  void delete_indexRacingWithAnother_keepsWhatThatNames() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.put(scene.index(), TWO);
          scene.delete(ONE);
        },
        List.of(
            scene -> scene.delete(scene.index()),
            scene -> scene.put(scene.otherIndex(), THREE),
            Scene::sweep),
        THREE);
  }

  @Test
  void delete_indexRacingWithTheTagOfItsManifest_leavesNothingOver() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.put(scene.index(), TWO);
        },
        List.of(scene -> scene.delete(scene.index()), scene -> scene.delete(ONE), Scene::sweep));
  }

  @Test
  void remove_ofASubjectRacingWithItsPush_leavesNoSignatureOver() throws Exception {
    race(
        scene -> {
          scene.put(scene.manifest(), ONE);
          scene.put(scene.signature(), TWO);
          scene.delete(TWO);
          scene.delete(ONE);
        },
        List.of(Scene::sweep, scene -> scene.put(scene.manifest(), THREE)),
        THREE);
  }

  /**
   * @param kept tags that are put and never deleted
   */
  private void race(Consumer<Scene> before, List<Consumer<Scene>> actors, Tag... kept)
      throws Exception {
    for (int schedule : schedules()) {
      Scene scene = Scene.of(indexes);
      before.accept(scene);
      List<Consumer<Scene>> turned = new ArrayList<>(actors);
      Collections.rotate(turned, schedule % 2);

      int round = schedule / 2 / POINTS;
      play(scene, turned, order(schedule / 2 % POINTS, round == 0 ? TO_THE_END : POINTS - round));

      scene.sweep();
      assertThat(scene.tags()).as("tags after schedule %d", schedule).contains(kept);
      assertThatNothingIsMissing(scene, schedule);
      assertThatNothingIsLeft(scene, schedule);
    }
  }

  private static ToIntFunction<List<Integer>> order(int first, int second) {
    int[] steps = {0};
    return waiting -> {
      int wanted = steps[0] >= first && steps[0] < first + second ? 1 : 0;
      steps[0]++;
      return waiting.contains(wanted) ? wanted : waiting.getFirst();
    };
  }

  private void play(Scene scene, List<Consumer<Scene>> actors, ToIntFunction<List<Integer>> order)
      throws Exception {
    Turns turns = new Turns(actors.size());
    List<Callable<?>> work = new ArrayList<>();
    for (int i = 0; i < actors.size(); i++) {
      int actor = i;
      Scene seen = scene.through(stepping(actor, () -> turns.step(actor)));
      work.add(
          () -> {
            actors.get(actor).accept(seen);
            return actor;
          });
    }
    turns.run(work, order);
  }

  private static void assertThatNothingIsMissing(Scene scene, int schedule) {
    for (Tag tag : scene.tags()) {
      assertThat(scene.images().find(scene.image(), tag))
          .as("what tag %s points to after schedule %d", tag, schedule)
          .isPresent();
    }
    for (Manifest index : List.of(scene.index(), scene.otherIndex())) {
      if (scene.has(index)) {
        assertThat(scene.has(scene.manifest()))
            .as("what an index names after schedule %d", schedule)
            .isTrue();
      }
    }
  }

  /** All tags are deleted; all that they led to is released, and removed. */
  private void assertThatNothingIsLeft(Scene scene, int schedule) {
    scene.tags().forEach(scene::delete);
    // An index is removed before what it names, and a subject before what it is of.
    scene.sweep();
    scene.sweep();
    assertThat(scene.images().exists(scene.image())).as("after schedule %d", schedule).isFalse();
    assertThat(indexes.isNamed(scene.blob())).isFalse();
  }

  /** Manifests of one image, as one of several sees them. */
  private record Scene(
      ImageIndex images,
      RepositoryName image,
      Digest blob,
      Manifest manifest,
      Manifest signature,
      Manifest index,
      Manifest otherIndex) {

    static Scene of(Indexes indexes) {
      RepositoryName image = Samples.image();
      Digest blob = indexes.store(image);
      Manifest manifest = Samples.manifest(List.of(blob));
      return new Scene(
          indexes.images(),
          image,
          blob,
          manifest,
          Samples.about(manifest.digest(), blob, "signed"),
          Samples.index(List.of(manifest.digest())),
          Samples.index(Collections.nCopies(2, manifest.digest())));
    }

    Scene through(ImageIndex others) {
      return new Scene(others, image, blob, manifest, signature, index, otherIndex);
    }

    /** As a client does that finds something missing: it pushes that first. */
    void put(Manifest some, Tag tag) {
      while (images.put(image, some, Optional.of(tag), true, NOW) instanceof Put.Missing) {
        images.put(image, manifest, Optional.empty(), true, NOW);
      }
    }

    void delete(Tag tag) {
      images.delete(image, tag, NOW);
    }

    void delete(Manifest some) {
      images.delete(image, new ByDigest(some.digest()), NOW);
    }

    boolean has(Manifest some) {
      return images.find(image, new ByDigest(some.digest())).isPresent();
    }

    List<Tag> tags() {
      return images.tags(image, Optional.empty(), 10);
    }

    /** Removes what has been released, as the janitor does. */
    void sweep() {
      for (Released released : released()) {
        images.remove(released, LATER);
      }
    }

    private List<Released> released() {
      Page<Released> page = images.released(END, Optional.empty(), 1_000);
      return page.items().stream().filter(released -> released.image().equals(image)).toList();
    }
  }
}
