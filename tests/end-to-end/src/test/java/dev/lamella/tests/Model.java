package dev.lamella.tests;

import dev.lamella.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a store must hold: the images that were acknowledged, and what they are made of. */
final class Model {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final int TAGS = 3;

  /** Tiny ones, an empty one, and two of several shards. */
  private static final int[] SIZES = {
    1, 0, 64, 1_000, StackTest.SHARD + 1, 2 * StackTest.SHARD + 70
  };

  private static final List<byte[]> LAYERS =
      IntStream.range(0, SIZES.length).mapToObj(i -> RawHost.bytes(SIZES[i], 77 + i)).toList();
  private static final List<Digest> DIGESTS = LAYERS.stream().map(RawHost::sha256).toList();

  /**
   * One image: the layers of each manifest, where tags point, and manifests whose last tag was
   * deleted, so that they may be there and will not be for long.
   */
  record Image(
      Map<Digest, Integer> manifests, Map<String, Digest> tags, Map<Digest, Integer> released) {
    private Image() {
      this(sorted(), new TreeMap<>(), sorted());
    }

    private static Map<Digest, Integer> sorted() {
      return new TreeMap<>(Comparator.comparing(Digest::toString));
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

  /** The first of the layers is its config. */
  static byte[] manifest(int layers) {
    List<String> descriptors =
        indexes(layers)
            .mapToObj(
                i ->
                    """
                    {"mediaType":"application/octet-stream","digest":"%s","size":%d}\
                    """
                        .formatted(digest(i), SIZES[i]))
            .collect(Collectors.toCollection(ArrayList::new));
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
    """
        .formatted(
            MANIFEST,
            descriptors.getFirst(),
            String.join(",", descriptors.subList(1, descriptors.size())))
        .getBytes(StandardCharsets.UTF_8);
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

  /** The layers of what a tag points to. */
  Optional<Integer> layersOf(String image, String tag) {
    return tagged(image, tag).flatMap(at -> Optional.ofNullable(image(image).manifests().get(at)));
  }

  void put(String image, String tag, int layers) {
    Digest digest = RawHost.sha256(manifest(layers));
    image(image).released().remove(digest);
    image(image).manifests().put(digest, layers);
    image(image).tags().put(tag, digest);
  }

  void deleteTag(String image, String tag) {
    Image at = image(image);
    Digest left = at.tags().remove(tag);
    if (left != null && !at.tags().containsValue(left)) {
      at.released().put(left, Objects.requireNonNull(at.manifests().remove(left)));
    }
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
    return image(image).released().values().stream().anyMatch(named -> (named & layers) != 0);
  }

  private static String entry(String image, Digest manifest) {
    return "IMAGE#" + image + " MANIFEST#" + manifest;
  }

  void deleteManifest(String image, Digest digest) {
    image(image).manifests().remove(digest);
    image(image).tags().values().removeIf(digest::equals);
  }

  /** Whether manifests of the image name all of these layers, so that it must have them. */
  boolean mustHave(String image, int layers) {
    int named = image(image).manifests().values().stream().reduce(0, (one, other) -> one | other);
    return (layers & ~named) == 0;
  }

  /** Images whose manifests name a layer. */
  List<String> imagesOf(Digest layer) {
    int bit = 1 << DIGESTS.indexOf(layer);
    return images.entrySet().stream()
        .filter(
            image ->
                image.getValue().manifests().values().stream()
                    .anyMatch(layers -> (layers & bit) != 0))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How many manifests name each layer that any names. */
  Map<String, Long> references() {
    return images.values().stream()
        .flatMap(image -> image.manifests().values().stream())
        .flatMap(layers -> indexes(layers).mapToObj(i -> digest(i).toString()))
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
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
