package dev.lamella.core.upload;

/** The use cases of blobs over ports in memory, with shards of 256 bytes. */
public final class WriteSide {
  private final MemoryStore store = new MemoryStore();

  public OpenBlob open() {
    return store.openBlob;
  }

  public ReadableLayers readable() {
    return new ReadableLayers(store.index.layers(), () -> store.now);
  }

  public ReceiveChunk receive() {
    return store.receiveChunk;
  }

  public FinishBlob finish() {
    return store.finishBlob;
  }

  public EndUpload end() {
    return store.end;
  }

  public UnlinkBlob unlink() {
    return new UnlinkBlob(store.index.layers(), () -> store.now);
  }
}
