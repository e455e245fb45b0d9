package dev.lamella.tests;

import dev.lamella.core.Digest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a store must hold: the images that were acknowledged, and what they are made of. */
final class Model {
  /** Tiny ones, an empty one, and two of several shards. */
  private static final int[] SIZES = {
    1, 0, 64, 1_000, StackTest.SHARD + 1, 2 * StackTest.SHARD + 70
  };

  private static final List<byte[]> LAYERS =
      IntStream.range(0, SIZES.length).mapToObj(i -> RawHost.bytes(SIZES[i], 77 + i)).toList();
  private static final List<Digest> DIGESTS = LAYERS.stream().map(RawHost::sha256).toList();

  /**
   * One image: its manifests, where tags point, and manifests of which a deletion took the last
   * that led to them, so that they may be there and will not be for long.
   */
  record Image(
      Map<Digest, ModelManifest> manifests,
      Map<String, Digest> tags,
      Map<Digest, ModelManifest> released) {
    private Image() {
      this(sorted(), new TreeMap<>(), sorted());
    }

    private static Map<Digest, ModelManifest> sorted() {
      return new TreeMap<>(Comparator.comparing(Digest::toString));
    }

    private boolean isLed(Digest digest) {
      return tags.containsValue(digest)
          || manifests.values().stream().anyMatch(index -> index.children().contains(digest));
    }

    /** A deletion took something that led to a manifest. */
    private void leave(Digest digest) {
      if (!isLed(digest)) {
        Optional.ofNullable(manifests.remove(digest))
            .ifPresent(
                left -> {
                  released.put(digest, left);
                  left.children().forEach(this::leave);
                });
      }
    }

    /** A tag leaves a manifest for another, which releases it only with an index that is. */
    private void move(Digest digest) {
      if (released.values().stream().anyMatch(index -> index.children().contains(digest))) {
        leave(digest);
      }
    }

    private void keep(Digest digest) {
      Optional.ofNullable(released.remove(digest)).ifPresent(kept -> manifests.put(digest, kept));
    }
  }

  private final Map<String, Image> images = new TreeMap<>();

  static byte[] layer(int index) {
    return LAYERS.get(index);
  }

  static Digest digest(int index) {
    return DIGESTS.get(index);
  }

  static byte[] layer(Digest digest) {
    return LAYERS.get(DIGESTS.indexOf(digest));
  }

  static IntStream indexes(int layers) {
    return IntStream.range(0, SIZES.length).filter(i -> ((layers >> i) & 1) == 1);
  }

  Map<String, Image> images() {
    return images;
  }

  Image image(String name) {
    return images.computeIfAbsent(name, _ -> new Image());
  }

  Optional<Digest> tagged(String image, String tag) {
    return Optional.ofNullable(image(image).tags().get(tag));
  }

  /** What a tag points to. */
  Optional<ModelManifest> at(String image, String tag) {
    return tagged(image, tag).map(digest -> image(image).manifests().get(digest));
  }

  void put(String image, String tag, ModelManifest manifest) {
    Image at = image(image);
    at.released().remove(manifest.digest());
    at.manifests().put(manifest.digest(), manifest);
    manifest.children().forEach(at::keep);
    Optional.ofNullable(at.tags().put(tag, manifest.digest())).ifPresent(at::move);
  }

  void deleteTag(String image, String tag) {
    Image at = image(image);
    Optional.ofNullable(at.tags().remove(tag)).ifPresent(at::leave);
  }

  /** This model with those of the released manifests that a table still has. */
  Model with(Set<String> entries) {
    Model seen = new Model();
    images.forEach(
        (name, image) -> {
          Image copy = seen.image(name);
          copy.tags().putAll(image.tags());
          copy.manifests().putAll(image.manifests());
          copy.manifests().putAll(image.released());
          copy.manifests()
              .keySet()
              .removeIf(
                  digest ->
                      image.released().containsKey(digest)
                          && !entries.contains(entry(name, digest)));
        });
    return seen;
  }

  /** Time enough has passed: no released manifest is there any more. */
  void removeReleased() {
    images.values().forEach(image -> image.released().clear());
  }

  /** Whether released manifests of the image name a layer, so that they may keep it. */
  boolean mayHave(String image, int layers) {
    return image(image).released().values().stream()
        .anyMatch(manifest -> (manifest.layers() & layers) != 0);
  }

  private static String entry(String image, Digest manifest) {
    return "IMAGE#" + image + " MANIFEST#" + manifest;
  }

  void deleteManifest(String image, Digest digest) {
    Image at = image(image);
    at.tags().values().removeIf(digest::equals);
    Optional.ofNullable(at.manifests().remove(digest))
        .ifPresent(manifest -> manifest.children().forEach(at::leave));
  }

  /** Whether manifests of the image name all of these layers, so that it must have them. */
  boolean mustHave(String image, int layers) {
    int named =
        image(image).manifests().values().stream()
            .mapToInt(ModelManifest::layers)
            .reduce(0, (one, other) -> one | other);
    return (layers & ~named) == 0;
  }

  /** Images whose manifests name a layer. */
  List<String> imagesOf(Digest layer) {
    int bit = 1 << DIGESTS.indexOf(layer);
    return images.entrySet().stream()
        .filter(
            image ->
                image.getValue().manifests().values().stream()
                    .anyMatch(manifest -> (manifest.layers() & bit) != 0))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How many manifests name each layer that any names. */
  Map<String, Long> references() {
    return images.values().stream()
        .flatMap(image -> image.manifests().values().stream())
        .flatMap(manifest -> indexes(manifest.layers()).mapToObj(i -> digest(i).toString()))
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
  }

  /** Keys that say which indexes name a manifest, as the table has them. */
  Set<String> naming() {
    return images.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().manifests().values().stream()
                    .flatMap(
                        index ->
                            index.children().stream()
                                .map(
                                    child ->
                                        "IMAGE#%s NAMED#%s#%s"
                                            .formatted(entry.getKey(), child, index.digest()))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Keys of the manifests and tags, as the table has them. */
  Set<String> entries() {
    return images.entrySet().stream()
        .flatMap(
            entry ->
                Stream.concat(
                    entry.getValue().manifests().keySet().stream()
                        .map(digest -> entry(entry.getKey(), digest)),
                    entry.getValue().tags().keySet().stream()
                        .map(tag -> "IMAGE#" + entry.getKey() + " TAG#" + tag)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    return images.entrySet().stream()
        .map(
            entry -> entry.getKey() + Arrays.toString(entry.getValue().tags().entrySet().toArray()))
        .collect(Collectors.joining("; "));
  }
}
