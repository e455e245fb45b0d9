package dev.lamella.core.layer;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.chain.Verdict;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A stored layer: every shard record is written and the digest is proven.
 *
 * @param id of the upload whose shards it is made of
 * @param servers how many of its shards each storage server has a copy of
 * @param used when it was last committed, linked, or named by a manifest that was put or deleted:
 *     what was used lately is not collected
 * @param verified when a deep verification last proved it
 * @param end the state after its last shard, where that is not the digest itself: its digest was
 *     proven of records that end so, and of no others. Empty for a sha256, and where it was not
 *     kept
 * @param damaged shards that are lost: a verification found all their copies missing or wrong, and
 *     none was repaired since. Until one is, the layer is not served
 */
public record Layer(
    Digest digest,
    LayerId id,
    Slicing slicing,
    Map<String, Integer> servers,
    Instant committed,
    Instant used,
    Optional<Instant> verified,
    Optional<ChainState> end,
    SortedSet<Integer> damaged) {
  public Layer {
    servers = Map.copyOf(servers);
    damaged = Collections.unmodifiableSortedSet(new TreeSet<>(damaged));
  }

  /** A layer without damage, whose digest its chain ends in. */
  public Layer(
      Digest digest,
      LayerId id,
      Slicing slicing,
      Map<String, Integer> servers,
      Instant committed,
      Instant used,
      Optional<Instant> verified) {
    this(
        digest,
        id,
        slicing,
        servers,
        committed,
        used,
        verified,
        Optional.empty(),
        Collections.emptySortedSet());
  }

  public boolean isDamaged() {
    return !damaged.isEmpty();
  }

  /** Whether these records, in order of index, prove this layer. */
  public Verdict verdict(List<Shard> shards) {
    return verdict(digest, end, slicing, shards);
  }

  /**
   * Whether these records prove a digest: as many as the layer has shards, and their links join
   * from the initial value to it. For a sha512 layer, whose digest no chain ends in, that they join
   * to the state that its digest was proven with.
   *
   * @param end that state, for a sha512; where it was not kept, any
   * @param shards in order of index
   */
  static Verdict verdict(
      Digest digest, Optional<ChainState> end, Slicing slicing, List<Shard> shards) {
    List<Link> links = shards.stream().map(Shard::link).toList();
    if (links.size() != slicing.count()) {
      return new Verdict.Broken(
          Math.min(links.size(), slicing.count() - 1),
          "the layer has "
              + Counted.of(slicing.count(), "shard")
              + ", and "
              + Counted.of(links.size(), "record"));
    }
    ChainState due =
        switch (digest.algorithm()) {
          case SHA256 -> ChainState.ofHex(digest.hex());
          case SHA512 -> end.orElseGet(() -> links.getLast().after());
        };
    return Verdict.ofLinks(slicing.count(), links, due);
  }

  /** This layer, whose digest was proven of shards that end in that state. */
  public Layer ending(ChainState state) {
    return new Layer(
        digest, id, slicing, servers, committed, used, verified, Optional.of(state), damaged);
  }

  /**
   * @return this layer, all of whose shards are where they should be, as far as is known
   * @throws Refusal {@code LAYER_DAMAGED} naming those that are not
   */
  public Layer requireWhole() {
    if (damaged.isEmpty()) {
      return this;
    }
    throw new Refusal(
        ErrorCode.LAYER_DAMAGED,
        "layer "
            + digest
            + " is damaged: shard "
            + damaged.first()
            + (damaged.size() == 1 ? " is" : " and " + (damaged.size() - 1) + " others are")
            + " missing or wrong; push the layer again to heal it",
        Map.of("layer", digest.toString(), "shards", List.copyOf(damaged)));
  }

  /** This layer after a use at that time. */
  public Layer used(Instant now) {
    return new Layer(digest, id, slicing, servers, committed, now, verified, end, damaged);
  }

  /** This layer, with its shards where they are now. */
  public Layer on(Map<String, Integer> now) {
    return new Layer(digest, id, slicing, now, committed, used, verified, end, damaged);
  }

  /** This layer after a deep verification proved it. */
  public Layer verified(Instant now) {
    return new Layer(digest, id, slicing, servers, committed, used, Optional.of(now), end, damaged);
  }

  /** This layer with these of its shards missing or wrong. */
  public Layer damaged(SortedSet<Integer> shards) {
    return new Layer(digest, id, slicing, servers, committed, used, verified, end, shards);
  }
}
