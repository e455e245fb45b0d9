package dev.lamella.core.upload;

import dev.lamella.core.Counted;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.read.ReportProgress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Commits a layer once its last shard record is written and its digest is proven. */
public final class CompleteUpload {
  private final UploadIndex uploads;
  private final Staging staging;
  private final AwaitShards awaitShards;
  private final MissingShards missingShards;
  private final SettleUpload settleUpload;
  private final CommitLayer commitLayer;
  private final ReportProgress progress;
  private final InstantSource clock;

  public CompleteUpload(
      UploadIndex uploads,
      Staging staging,
      SettleUpload settleUpload,
      ReportProgress progress,
      InstantSource clock) {
    this.uploads = uploads;
    this.staging = staging;
    this.awaitShards = settleUpload.awaitShards();
    this.missingShards = settleUpload.missingShards();
    this.settleUpload = settleUpload;
    this.commitLayer = settleUpload.commitLayer();
    this.progress = progress;
    this.clock = clock;
  }

  /**
   * Waits a while for the last shards, then commits. Called again after a commit, it answers the
   * stored layer again.
   *
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}; {@code DIGEST_INVALID} or {@code SIZE_INVALID}
   *     where digest or size are not the upload's; {@code CHAIN_INVALID}; {@code SHARD_INVALID}
   *     naming the parts that are not staged or do not match their links
   * @throws dev.lamella.core.Unavailable naming the storage servers, where none takes a shard: it
   *     is tried again by whoever announces it, or completes with the chain
   */
  public Completion complete(Caller caller, LayerId id, CompleteRequest request) {
    Upload upload = uploads.require(caller, id);
    requireSame(upload, request);
    Optional<Layer> committed = commitLayer.committed(upload, upload.digest());
    if (committed.isPresent()) {
      return new Completion.Committed(StoredLayer.of(committed.get(), Optional.empty()));
    }
    upload.requireOpen(clock.instant());
    return settleUpload
        .settle(upload, (_, written) -> handOver(upload, request.chain(), written))
        .<Completion>map(layer -> new Completion.Committed(StoredLayer.of(layer, Optional.empty())))
        .orElseGet(() -> new Completion.Pending(progress.of(upload, 0, 0)));
  }

  private void handOver(Upload upload, Optional<List<ChainState>> chain, WrittenShards written) {
    // A chain that cannot be of this layer is refused as such, whatever is staged.
    Optional<SortedMap<Integer, Link>> links =
        chain.filter(_ -> upload.repairs().isEmpty()).map(states -> links(upload, states));
    requireStaged(upload, written);
    links.ifPresentOrElse(
        all -> missingShards.handOver(upload, written, all),
        () -> missingShards.handOver(upload, written));
  }

  private static void requireSame(Upload upload, CompleteRequest request) {
    if (!upload.digest().equals(request.digest())) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID,
          "upload " + upload.id() + " is of " + upload.digest() + ", not of " + request.digest());
    }
    if (upload.slicing().size() != request.size()) {
      throw new Refusal(
          ErrorCode.SIZE_INVALID,
          "upload "
              + upload.id()
              + " is of "
              + upload.slicing().size()
              + " bytes, not of "
              + request.size());
    }
  }

  private void requireStaged(Upload upload, WrittenShards written) {
    Map<Integer, Long> staged = staging.staged(upload.id());
    List<Integer> missing =
        written.missing().filter(index -> !staged.containsKey(index)).boxed().toList();
    // What was written while we looked need not be staged any more.
    awaitShards.look(upload, written);
    List<Integer> unsent = missing.stream().filter(index -> !written.has(index)).toList();
    if (!unsent.isEmpty()) {
      awaitShards.requireNoneWrong(
          upload); // What is rejected is not staged any more, and has a reason.
      throw new Refusal(
          ErrorCode.SHARD_INVALID,
          Counted.of(unsent.size(), upload.slicing().count(), "part")
              + (unsent.size() == 1 ? " is" : " are")
              + " not staged, the first is part "
              + unsent.getFirst()
              + ": send them, announce them, then complete",
          Map.of("missing", unsent));
    }
  }

  private static SortedMap<Integer, Link> links(Upload upload, List<ChainState> chain) {
    if (upload.digest().algorithm() != Digest.Algorithm.SHA256) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "a chain proves a sha256 digest, not " + upload.digest() + ": complete without a chain");
    }
    int count = upload.slicing().count();
    if (chain.size() != count) {
      throw new Refusal(
          ErrorCode.CHAIN_INVALID,
          "the chain of a layer of "
              + Counted.of(count, "shard")
              + " has as many states, not "
              + chain.size());
    }
    SortedMap<Integer, Link> links = new TreeMap<>();
    ChainState before = ChainState.INITIAL;
    for (int index = 0; index < count; index++) {
      Link link = new Link(before, chain.get(index));
      AcceptParts.requireEnds(upload, index, link);
      links.put(index, link);
      before = link.after();
    }
    return links;
  }
}
