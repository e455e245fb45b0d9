package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.MemoryBlob;
import dev.lamella.host.transfer.PullBlob;
import dev.lamella.host.work.Permits;

/** A blob to be read and not kept, such as a config. */
final class SmallBlob {
  private SmallBlob() {}

  /**
   * @param blob of a size that the caller has bounded
   * @throws dev.lamella.host.outcome.HostFailure as {@link PullBlob} does
   */
  static byte[] get(StoreClient store, RepositoryName image, Descriptor blob) {
    PullBlob pull = new PullBlob(store, image, blob, new Permits(1), Progress.NONE);
    MemoryBlob bytes = MemoryBlob.empty(blob.size());
    var _ = pull.into(bytes);
    return bytes.bytes();
  }
}
