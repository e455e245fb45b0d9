package dev.lamella.core.upload;

import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.chain.PausedChain;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.UploadIndex;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Hands over shards of an upload in chunks, whose chain is in the upload's records. */
public final class ChainedShards {
  private final UploadIndex uploads;
  private final FanOut fanOut;
  private final ChainEngine engine;

  public ChainedShards(UploadIndex uploads, FanOut fanOut, ChainEngine engine) {
    this.uploads = uploads;
    this.fanOut = fanOut;
    this.engine = engine;
  }

  /** The shards {@code [from, to)}, none of which is the last. */
  void dispatch(Upload upload, int from, int to) {
    if (from < to) {
      fanOut.dispatch(upload, links(states(upload, from), from).headMap(to));
    }
  }

  /**
   * Those that are still missing.
   *
   * @param hash of all bytes: the last shard ends in its digest
   */
  void dispatchMissing(Upload upload, WrittenShards written, PausedChain hash) {
    int from = written.missing().findFirst().orElse(0);
    SortedMap<Integer, ChainState> states = states(upload, from);
    states.put(upload.slicing().count() - 1, hash.end(engine));
    SortedMap<Integer, Link> links = links(states, from);
    links.keySet().removeIf(written::has);
    fanOut.dispatch(upload, links);
  }

  private SortedMap<Integer, ChainState> states(Upload upload, int from) {
    return new TreeMap<>(uploads.states(upload.id(), Math.max(0, from - 1)));
  }

  /**
   * @param states after each shard, from the one before {@code from} on
   */
  private static SortedMap<Integer, Link> links(SortedMap<Integer, ChainState> states, int from) {
    SortedMap<Integer, Link> links = new TreeMap<>();
    ChainState before = ChainState.INITIAL;
    for (Map.Entry<Integer, ChainState> state : states.entrySet()) {
      if (state.getKey() >= from) {
        links.put(state.getKey(), new Link(before, state.getValue()));
      }
      before = state.getValue();
    }
    return links;
  }
}
