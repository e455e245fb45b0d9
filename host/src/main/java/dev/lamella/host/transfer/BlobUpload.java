package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Link;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import java.util.BitSet;
import java.util.List;

/**
 * One upload of one blob.
 *
 * @param begun what the store said that it has, when the upload was asked for
 */
record BlobUpload(
    StoreClient store,
    Progress progress,
    Descriptor blob,
    BlobSource source,
    UploadProgress begun,
    Slicing slicing) {

  BlobUpload(
      StoreClient store,
      Progress progress,
      Descriptor blob,
      BlobSource source,
      UploadProgress begun) {
    this(store, progress, blob, source, begun, PartUrls.slicing(blob, begun));
  }

  UploadParts parts() {
    return new UploadParts(store, digest(), source, begun, slicing, this::moved);
  }

  Digest digest() {
    return blob.digest();
  }

  /** A sha512 has no states to check in parallel: the store makes a serial pass. */
  boolean isChained() {
    return blob.digest().algorithm() == Algorithm.SHA256;
  }

  /** The shards of these indexes. The store is not believed where it names others. */
  BitSet shards(List<Integer> indexes) {
    BitSet shards = new BitSet();
    indexes.stream().filter(slicing::has).forEach(shards::set);
    return shards;
  }

  void hash(HashPass.Links links) {
    new HashPass(source, blob.digest()).run(slicing, links);
  }

  void announce(List<Integer> staged, List<Link> links) {
    var _ = store.announce(begun.upload(), new PartsRequest(staged, links));
  }

  void moved(long bytes) {
    progress.moved(blob.digest(), bytes);
  }

  /** Waits until the shard's bytes are there. */
  void await(int index) {
    source.await(slicing.offset(index), slicing.length(index));
  }

  /** The store has the shard. */
  void release(int index) {
    source.release(slicing.offset(index), slicing.length(index));
  }

  /** A source ends before its blob does. */
  static HostFailure tooShort(BlobSource source) {
    return new HostFailure(
        ExitCode.BAD_SOURCE, source + " became shorter while it was being sent: push it again");
  }

  /** Ends the upload, where that is possible: it expires by itself otherwise. */
  void end() {
    try {
      store.end(begun.upload());
    } catch (HostFailure _) {
      // What ends the push is more important than this.
    }
  }
}
