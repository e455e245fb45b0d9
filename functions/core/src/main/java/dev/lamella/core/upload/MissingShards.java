package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.chain.PausedChain;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Hands over the shards of an upload that are not written yet, in the way of its source. */
final class MissingShards {
  private final UploadIndex uploads;
  private final IntactShards intact;
  private final FanOut fanOut;
  private final ChainEngine engine;

  MissingShards(UploadIndex uploads, IntactShards intact, FanOut fanOut, ChainEngine engine) {
    this.uploads = uploads;
    this.intact = intact;
    this.fanOut = fanOut;
    this.engine = engine;
  }

  /** Hands over what an upload still needs whose bytes are all there. Idempotent. */
  void handOver(Upload upload, WrittenShards written) {
    switch (upload.source()) {
      case Source.Repair _ -> {
        tryAgain(upload);
        fanOut.repair(upload, intact.damaged(upload, written.missing().boxed().toList()));
      }
      case Source.Chunks(PausedChain hash) when isSha256(upload) ->
          handOver(upload, written, links(upload, written, hash));
      case Source.Parts()
          when upload.chained()
              && isSha256(upload) -> {} // Each was handed over when it was announced.
      case Source.Call() -> {} // And this one with its bytes.
      case Source.Parts(), Source.Chunks _, Source.Whole() -> {
        tryAgain(upload);
        fanOut.dispatchSerially(upload);
      }
    }
  }

  /**
   * The same, where the chain is known.
   *
   * @param links of at least those that are missing
   */
  void handOver(Upload upload, WrittenShards written, SortedMap<Integer, Link> links) {
    SortedMap<Integer, Link> missing = new TreeMap<>(links);
    missing.keySet().removeIf(written::has);
    if (!upload.chained()) {
      uploads.markChained(upload.id());
    }
    tryAgain(upload);
    fanOut.dispatch(upload, missing);
  }

  /**
   * Those of an upload in chunks that are full, while others may still come.
   *
   * @param from the first of them
   * @param to the one after the last of them; at most the layer's last
   */
  void handOverFull(Upload upload, int from, int to) {
    if (from < to) {
      fanOut.dispatch(upload, links(states(upload, from), from).headMap(to));
    }
  }

  private static boolean isSha256(Upload upload) {
    return upload.digest().algorithm() == Digest.Algorithm.SHA256;
  }

  /** Whoever waits is told of what fails anew, and not of what failed before. */
  private void tryAgain(Upload upload) {
    fanOut.forgive(upload, Rejection::isUntaken);
  }

  private SortedMap<Integer, Link> links(Upload upload, WrittenShards written, PausedChain hash) {
    int from = written.missing().findFirst().orElse(0);
    SortedMap<Integer, ChainState> states = states(upload, from);
    states.put(upload.slicing().count() - 1, hash.end(engine));
    return links(states, from);
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
