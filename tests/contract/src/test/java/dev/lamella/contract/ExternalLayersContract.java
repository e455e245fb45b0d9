package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.digest;
import static dev.lamella.contract.Samples.external;
import static dev.lamella.contract.Samples.image;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Put;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.LayerIndex.Commit;
import dev.lamella.core.port.LayerIndex.Unlink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers that may be absent when a manifest that names them is put. */
abstract class ExternalLayersContract {
  private static final int ROUNDS = Boolean.getBoolean("lamella.full") ? 15 : 5;

  private final Indexes indexes = indexes();
  private final ImageIndex images = indexes.images();
  private final LayerIndex layers = indexes.layers();
  private final RepositoryName image = image();
  private Digest config;

  abstract Indexes indexes();

  @BeforeEach
  void storeConfig() {
    config = indexes.store(image);
  }

  @Test
  void put_externalLayerThatIsLinked_countsItLikeAnyOther() {
    Digest layer = indexes.store(image);
    Manifest manifest = external(config, List.of(layer, layer), "");

    put(manifest);
    put(manifest);

    assertThat(indexes.isNamed(layer)).isTrue();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.IN_USE);
    assertThat(layers.condemn(layers.find(layer).orElseThrow(), LATER)).isFalse();
    delete(manifest);
    assertThat(indexes.isNamed(layer)).isFalse();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.UNLINKED);
  }

  @Test
  void put_externalLayerThatIsAbsent_isStoredAndLinksNothing() {
    Digest layer = digest();
    Manifest manifest = external(config, List.of(layer), "");

    assertThat(layers.mayAwait(image)).isFalse();
    put(manifest);

    assertThat(layers.isAwaited(image, layer)).isTrue();
    assertThat(layers.mayAwait(image)).isTrue();
    assertThat(layers.isAwaited(image, config)).isFalse();
    assertThat(layers.isLinked(image, layer)).isFalse();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.NOT_LINKED);
    assertThat(layers.layersOf(image, Optional.empty(), 10)).containsExactly(config);
    store(image(), layer);
    assertThat(layers.isLinked(image, layer)).isFalse();
    assertThat(layers.imagesOf(layer, Optional.empty(), 10)).doesNotContain(image);
    assertThat(layers.isAwaited(image, layer)).isTrue();
    layers.link(image, layer, NOW);
    assertThat(layers.isAwaited(image, layer)).isFalse();
  }

  @Test
  void commit_layerThatManifestsNamedBefore_countsAll() {
    Digest layer = digest();
    Manifest first = external(config, List.of(layer), "first");
    Manifest second = external(config, List.of(layer), "second");
    put(first);
    put(first);
    put(second);
    delete(second);
    put(second);

    assertThat(store(image, layer)).isEqualTo(Commit.COMMITTED);

    assertThat(indexes.isNamed(layer)).isTrue();
    put(first);
    assertThat(indexes.isNamed(layer)).isTrue();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.IN_USE);
    delete(first);
    assertThat(indexes.isNamed(layer)).isTrue();
    delete(second);
    assertThat(indexes.isNamed(layer)).isFalse();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.UNLINKED);
  }

  @Test
  void commit_layerThatAnotherImageHas_countsThisImagesManifests() {
    Digest layer = digest();
    put(external(config, List.of(layer), ""));
    store(image(), layer);
    assertThat(indexes.isNamed(layer)).isFalse();

    assertThat(store(image, layer)).isEqualTo(Commit.ALREADY_STORED);

    assertThat(indexes.isNamed(layer)).isTrue();
  }

  @Test
  void link_layerThatManifestsNamedBefore_countsThemOnce() {
    Digest layer = digest();
    Manifest manifest = external(config, List.of(layer), "");
    put(manifest);
    store(image(), layer);

    assertThat(layers.link(image, layer, NOW)).isTrue();
    assertThat(layers.link(image, layer, NOW)).isTrue();

    assertThat(indexes.isNamed(layer)).isTrue();
    delete(manifest);
    assertThat(indexes.isNamed(layer)).isFalse();
  }

  @Test
  void link_layerWhoseManifestsAreDeleted_countsNone() {
    Digest layer = digest();
    Manifest manifest = external(config, List.of(layer), "");
    put(manifest);
    delete(manifest);
    assertThat(layers.isAwaited(image, layer)).isFalse();
    store(image, layer);

    assertThat(indexes.isNamed(layer)).isFalse();
    assertThat(layers.unlink(image, layer, LATER)).isEqualTo(Unlink.UNLINKED);
  }

  @Test
  void commit_inPlaceOfADamagedLayer_countsWhatNamedIt() {
    Digest layer = digest();
    store(image(), layer);
    put(external(config, List.of(layer), ""));
    layers.damage(layer, layers.find(layer).orElseThrow().id(), List.of(0));

    assertThat(store(image, layer)).isEqualTo(Commit.COMMITTED);

    assertThat(layers.find(layer).orElseThrow().isDamaged()).isFalse();
    assertThat(indexes.isNamed(layer)).isTrue();
  }

  /** Links to a layer that was collected stay for a while. */
  @Test
  void put_afterTheLayerWasCollected_countsItWhenItComesAgain() {
    Digest layer = indexes.store(image);
    layers.condemn(layers.find(layer).orElseThrow(), LATER);
    Manifest manifest = external(config, List.of(layer), "");

    put(manifest);
    layers.forgetLinks(layer);
    store(image(), layer);
    assertThat(layers.isLinked(image, layer)).isFalse();
    layers.link(image, layer, NOW);

    assertThat(indexes.isNamed(layer)).isTrue();
    delete(manifest);
    assertThat(indexes.isNamed(layer)).isFalse();
  }

  @Test
  void put_130ExternalLayersHalfOfThemAbsent_countsEachOnce() {
    List<Digest> there = IntStream.range(0, 65).mapToObj(_ -> indexes.store(image)).toList();
    List<Digest> absent = IntStream.range(0, 65).mapToObj(_ -> digest()).toList();
    List<Digest> all = new ArrayList<>(there);
    all.addAll(absent);
    Manifest manifest = external(config, all, "");

    put(manifest);
    put(manifest);

    assertThat(there).allMatch(indexes::isNamed);
    assertThat(images.find(image, new ByDigest(manifest.digest())).orElseThrow().external())
        .hasSize(130);
    store(image, absent.getFirst());
    assertThat(indexes.isNamed(absent.getFirst())).isTrue();
    delete(manifest);
    store(image, absent.getLast());
    assertThat(there).noneMatch(indexes::isNamed);
    assertThat(indexes.isNamed(absent.getFirst())).isFalse();
    assertThat(indexes.isNamed(absent.getLast())).isFalse();
  }

  @Test
  void put_racingWithThatLayersCommit_countsIt() throws Exception {
    for (int named : List.of(1, 60)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Digest> some = IntStream.range(0, named).mapToObj(_ -> digest()).toList();
        Manifest manifest = external(config, some, "");
        Callable<Object> putting = () -> images.put(image, manifest, Optional.empty(), true, NOW);
        Callable<Object> pushing = () -> store(image, some.getLast());

        Race.of(2, i -> i == 0 ? putting : pushing);

        assertThat(indexes.isNamed(some.getLast())).isTrue();
        delete(manifest);
        assertThat(indexes.isNamed(some.getLast())).isFalse();
      }
    }
  }

  @Test
  void delete_racingWithThatLayersCommit_leavesNoReference() throws Exception {
    for (int named : List.of(1, 60)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Digest> some = IntStream.range(0, named).mapToObj(_ -> digest()).toList();
        Manifest manifest = external(config, some, "");
        put(manifest);
        Callable<Object> deleting =
            () -> images.delete(image, new ByDigest(manifest.digest()), NOW);
        Callable<Object> pushing = () -> store(image, some.getLast());

        Race.of(2, i -> i == 0 ? deleting : pushing);

        assertThat(indexes.isNamed(some.getLast())).isFalse();
        assertThat(layers.unlink(image, some.getLast(), LATER)).isEqualTo(Unlink.UNLINKED);
      }
    }
  }

  @Test
  void put_anotherSizeThanWhatIsStored_isRefusedAndChangesNothing() {
    Manifest lying = Samples.lying(config);

    assertThat(images.put(image, lying, Optional.empty(), true, NOW))
        .isEqualTo(new Put.WrongSize(lying.blobs().getFirst(), 20));

    assertThat(images.find(image, new ByDigest(lying.digest()))).isEmpty();
    assertThat(indexes.isNamed(config)).isFalse();
    assertThat(images.put(image(), lying, Optional.empty(), true, NOW))
        .isEqualTo(new Put.Missing(Set.of(config)));
  }

  private void put(Manifest manifest) {
    assertThat(images.put(image, manifest, Optional.empty(), true, NOW))
        .isEqualTo(new Put.Stored());
  }

  private void delete(Manifest manifest) {
    assertThat(images.delete(image, new ByDigest(manifest.digest()), NOW)).isTrue();
  }

  private Commit store(RepositoryName to, Digest digest) {
    Upload upload = indexes.open(to, digest);
    Layer layer = Samples.layer(upload);
    return layers.commit(upload, layer);
  }
}
