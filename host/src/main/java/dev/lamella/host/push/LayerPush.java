package dev.lamella.host.push;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.source.Region;
import dev.lamella.host.store.Completion;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.work.Crew;
import dev.lamella.host.work.Places;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One upload of one layer, from what the store says is missing to the commit. One thread hashes,
 * many send, one announces what is staged and hashed, all at the same time.
 */
final class LayerPush {
  private static final int MOST_REJECTIONS = 3;

  private final StoreClient store;
  private final Places connections;
  private final Progress progress;
  private final Descriptor layer;
  private final FileChannel channel;
  private final Region region;
  private final UploadProgress begun;
  private final Slicing slicing;
  private final PartSender sender;
  private final Map<Integer, Integer> rejections = new HashMap<>();
  private final Map<Integer, Link> links = new TreeMap<>();

  LayerPush(
      StoreClient store,
      Places connections,
      Progress progress,
      Descriptor layer,
      FileChannel channel,
      Region region,
      UploadProgress begun) {
    this.store = store;
    this.connections = connections;
    this.progress = progress;
    this.layer = layer;
    this.channel = channel;
    this.region = region;
    this.begun = begun;
    this.slicing = PartUrls.slicing(layer, begun);
    this.sender =
        new PartSender(
            store, new PartUrls(store, begun, slicing), layer.digest(), channel, region, progress);
  }

  /**
   * @throws HostFailure {@code WRONG_CONTENT} where the file does not match the digest: the upload
   *     has been ended then
   * @throws NotStored where all was sent and the store does not get on with it
   * @throws StaleUpload where the upload is of no use any more
   */
  StoredLayer run() throws StaleUpload {
    try {
      sendAll();
      return settle();
    } catch (StoreRefusal e) {
      if (e.is(ErrorCode.BLOB_UPLOAD_UNKNOWN) || e.is(ErrorCode.CHAIN_INVALID)) {
        throw new StaleUpload(e);
      }
      throw e;
    } catch (HostFailure e) {
      if (e.exitCode() == ExitCode.WRONG_CONTENT) {
        end();
      }
      throw e;
    }
  }

  /** Ends the upload, where that is possible: it expires by itself otherwise. */
  void end() {
    try {
      store.end(begun.upload());
    } catch (HostFailure _) {
      // What ends the push is more important than this.
    }
  }

  private void sendAll() {
    BitSet written = bits(begun.written());
    BitSet staged = bits(begun.staged());
    BitSet due = new BitSet();
    due.set(0, slicing.count());
    due.andNot(written);
    if (due.isEmpty()) {
      return;
    }
    Ready ready = new Ready(due);
    staged.stream().forEach(ready::staged);
    Crew crew = new Crew();
    crew.start(() -> new HashPass(channel, region, layer.digest()).run(slicing, ready::linked));
    crew.start(() -> sendEach(crew, ready, written, staged));
    if (isChained()) {
      crew.start(() -> announceAll(ready));
    }
    crew.join();
    due.stream().forEach(index -> ready.link(index).ifPresent(link -> links.put(index, link)));
  }

  private void sendEach(Crew crew, Ready ready, BitSet written, BitSet staged) {
    for (int index = 0; index < slicing.count(); index++) {
      if (written.get(index) || staged.get(index)) {
        progress.moved(layer.digest(), slicing.length(index));
        continue;
      }
      int part = index;
      connections.start(
          crew,
          () -> {
            sender.send(part);
            ready.staged(part);
          });
    }
  }

  private void announceAll(Ready ready) {
    for (List<Integer> group = ready.take(); !group.isEmpty(); group = ready.take()) {
      announce(group, group.stream().map(index -> ready.link(index).orElseThrow()).toList());
    }
  }

  private void announce(List<Integer> staged, List<Link> of) {
    var _ = store.announce(begun.upload(), new PartsRequest(staged, of));
  }

  private StoredLayer settle() throws StaleUpload {
    try {
      return complete();
    } catch (HostFailure e) {
      throw e.exitCode() == ExitCode.UNREACHABLE ? new NotStored(e) : e;
    }
  }

  private StoredLayer complete() throws StaleUpload {
    Standstill standstill = new Standstill(store.patience());
    CompleteRequest request = new CompleteRequest(layer.digest(), layer.size(), Optional.empty());
    while (true) {
      try {
        switch (store.complete(begun.upload(), request)) {
          case Completion.Committed(StoredLayer stored) -> {
            return stored;
          }
          case Completion.Pending(UploadProgress now) -> {
            if (standstill.isSince(bits(now.written()).cardinality())) {
              announceAgain(now);
            }
            standstill.pause(layer.digest());
          }
        }
      } catch (StoreRefusal e) {
        if (!e.is(ErrorCode.SHARD_INVALID)) {
          throw e;
        }
        UploadProgress now = store.progress(begun.upload(), 0);
        if (!sendRejected(now)) {
          // By now somebody else has sent it; but a store may say so for ever.
          var _ = standstill.isSince(bits(now.written()).cardinality());
          standstill.pause(layer.digest());
        }
      }
    }
  }

  /** Asynchronous invocations can be lost, or be throttled for hours. */
  private void announceAgain(UploadProgress now) {
    BitSet written = bits(now.written());
    List<Integer> left = links.keySet().stream().filter(index -> !written.get(index)).toList();
    if (!left.isEmpty()) {
      announce(left, left.stream().map(links::get).toList());
    }
  }

  /**
   * Sends and announces what the store does not have after all, or would not take.
   *
   * @return whether there was any
   */
  private boolean sendRejected(UploadProgress now) throws StaleUpload {
    Map<Integer, String> reasons = new HashMap<>();
    now.rejected().forEach(rejected -> reasons.put(rejected.index(), rejected.reason()));
    BitSet there = bits(now.written());
    there.or(bits(now.staged()));
    List<Integer> left =
        IntStream.range(0, slicing.count()).filter(index -> !there.get(index)).boxed().toList();
    for (int index : left) {
      if (rejections.merge(index, 1, Integer::sum) > MOST_REJECTIONS) {
        throw new StaleUpload(rejected(index, reasons.getOrDefault(index, "it is not staged")));
      }
    }
    left.forEach(index -> progress.moved(layer.digest(), -slicing.length(index)));
    Crew crew = new Crew();
    crew.start(() -> left.forEach(index -> connections.start(crew, () -> sender.send(index))));
    crew.join();
    if (!left.isEmpty()) {
      hashAgain(left);
      announce(left, isChained() ? left.stream().map(links::get).toList() : List.of());
    }
    return !left.isEmpty();
  }

  /** Of an upload that was resumed, shards may be due whose links were not needed before. */
  private void hashAgain(List<Integer> left) {
    if (isChained() && !links.keySet().containsAll(left)) {
      new HashPass(channel, region, layer.digest()).run(slicing, links::put);
    }
  }

  private HostFailure rejected(int index, String reason) {
    return new HostFailure(
        ExitCode.REFUSED,
        "the store rejects shard %d of %s, sent %d times: %s"
            .formatted(index, layer.digest(), MOST_REJECTIONS + 1, reason));
  }

  /** A sha512 has no states to check in parallel: the store makes a serial pass. */
  private boolean isChained() {
    return layer.digest().algorithm() == Algorithm.SHA256;
  }

  private BitSet bits(List<Integer> indexes) {
    BitSet bits = new BitSet();
    indexes.stream().filter(slicing::has).forEach(bits::set);
    return bits;
  }
}
