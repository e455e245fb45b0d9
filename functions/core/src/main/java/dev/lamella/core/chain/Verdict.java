package dev.lamella.core.chain;

import dev.lamella.core.Counted;
import java.util.List;

/** Whether claims about a layer's bytes hold. */
public sealed interface Verdict {
  /** Every claim that was checked holds. */
  record Proven() implements Verdict {}

  /**
   * A claim does not hold.
   *
   * @param index of the first shard whose claim does not hold; where there are too many or too few
   *     links, of the first one too many or missing
   * @param why for people
   */
  record Broken(int index, String why) implements Verdict {}

  /**
   * Whether links, each of which was checked against its own bytes, together prove a layer's
   * digest: as many as the layer has shards, the first from the initial value, each from where the
   * one before it ended, the last to the digest.
   *
   * @param count of the layer's shards, at least 1
   * @param links in the order of their shards
   */
  static Verdict ofLinks(int count, List<Link> links, ChainState digest) {
    if (count < 1) {
      throw new IllegalArgumentException("A layer has 1 shard or more, not " + count);
    }
    if (links.size() != count) {
      return new Broken(
          Math.min(links.size(), count),
          "the layer has "
              + Counted.of(count, "shard")
              + ", the chain "
              + Counted.of(links.size(), "link"));
    }
    ChainState state = ChainState.INITIAL;
    int index = 0;
    for (Link link : links) {
      if (!link.before().equals(state)) {
        return new Broken(
            index, "its link begins at " + link.before() + " where " + state + " is due");
      }
      state = link.after();
      index++;
    }
    return state.equals(digest)
        ? new Proven()
        : new Broken(index - 1, "the chain ends at " + state + ", the digest is " + digest);
  }
}
