package dev.lamella.core.layer;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.Link;
import java.util.List;
import java.util.Optional;

/**
 * The shard record: what a shard is, and where it lies. Reading follows the record, never the
 * placement algorithm, so servers may come and go.
 *
 * @param image the image it was uploaded for
 * @param offset where it begins in the layer, in bytes
 * @param size its bytes; 0 only for the one shard of an empty layer
 * @param link the states of the digest chain before and after it, proven by the function that wrote
 *     it
 * @param copies where it lies, in the order in which they are read: 1 to {@value #MOST_COPIES},
 *     each on another storage server
 */
public record Shard(
    RepositoryName image,
    LayerId layer,
    int index,
    long offset,
    int size,
    Link link,
    List<Copy> copies) {

  /** What the keys of all shards begin with. */
  public static final String PREFIX = "layers/";

  public static final int MOST_COPIES = 8;

  /**
   * @throws IllegalArgumentException where it has no copy, too many, or two on one storage server
   */
  public Shard {
    copies = List.copyOf(copies);
    if (copies.isEmpty() || copies.size() > MOST_COPIES) {
      throw new IllegalArgumentException(
          "a shard has 1 to " + MOST_COPIES + " copies, not " + copies.size());
    }
    if (copies.stream().map(Copy::server).distinct().count() < copies.size()) {
      throw new IllegalArgumentException("each copy of a shard is on a storage server of its own");
    }
  }

  /** A shard that is to be written, once. */
  public Shard(
      RepositoryName image,
      LayerId layer,
      int index,
      long offset,
      int size,
      String server,
      String key,
      Link link) {
    this(image, layer, index, offset, size, link, List.of(Copy.at(server, key)));
  }

  /** The copy to be read: the first that is not damaged. Empty where all are: the shard is lost. */
  public Optional<Copy> whole() {
    return copies.stream().filter(copy -> !copy.isDamaged()).findFirst();
  }

  /**
   * @return the copy to be read
   * @throws Refusal {@code LAYER_DAMAGED} where none is whole
   */
  public Copy requireWhole() {
    return whole()
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.LAYER_DAMAGED,
                    "shard %d of layer %s is missing or wrong".formatted(index, layer)));
  }

  /** The copies to be written anew: those that are damaged, or all where none is known to be. */
  public List<Copy> toRepair() {
    List<Copy> damaged = copies.stream().filter(Copy::isDamaged).toList();
    return damaged.isEmpty() ? copies : damaged;
  }

  /** This shard with a copy in the place of another. */
  public Shard with(Copy was, Copy now) {
    return new Shard(
        image,
        layer,
        index,
        offset,
        size,
        link,
        copies.stream().map(copy -> copy.equals(was) ? now : copy).toList());
  }

  /** Its copy on a storage server. */
  public Optional<Copy> on(String server) {
    return copies.stream().filter(copy -> copy.server().equals(server)).findFirst();
  }

  /**
   * The position of a shard on its storage server: {@code layers/<layer>/<index>-<state after it>}.
   * The whole state: with a part of it, whoever finds different bytes that share that part could
   * have the object under a record replaced.
   */
  public static String keyOf(LayerId layer, int index, Link link) {
    return prefixOf(layer) + "%08d-%s".formatted(index, link.after().hex());
  }

  /** What the keys of all shards of a layer begin with. */
  public static String prefixOf(LayerId layer) {
    return PREFIX + layer + "/";
  }
}
