package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.host.store.StoreClient;
import java.util.List;
import java.util.Optional;

/** The uploads of a repository's blobs: asked for, and gone on with where they were begun. */
public final class BlobUploads {
  private final StoreClient store;
  private final RepositoryName repository;
  private final UploadMemory memory;

  public BlobUploads(StoreClient store, RepositoryName repository, UploadMemory memory) {
    this.store = store;
    this.repository = repository;
    this.memory = memory;
  }

  /**
   * Asks which blobs are missing, and for their uploads: those that are remembered, where there are
   * any.
   *
   * @param blobs at most 1,000
   */
  public UploadAnswer request(List<Descriptor> blobs) {
    return ask(blobs.stream().map(blob -> wanted(blob, memory.find(blob.digest()))).toList());
  }

  /** As {@link #request}, with an upload that is new. */
  UploadAnswer renew(Descriptor blob) {
    return ask(List.of(wanted(blob, Optional.empty())));
  }

  /** Says what an unsized upload is of: the answer has that upload, unless it is of no use. */
  UploadAnswer claim(Descriptor blob, LayerId upload) {
    return store.request(new UploadRequest(repository, List.of(wanted(blob, Optional.of(upload)))));
  }

  RepositoryName repository() {
    return repository;
  }

  /** The blob is stored. */
  void finished(Descriptor blob) {
    memory.forget(blob.digest());
  }

  private UploadAnswer ask(List<Wanted> wanted) {
    UploadAnswer answer = store.request(new UploadRequest(repository, wanted));
    answer
        .missing()
        .forEach(
            missing -> missing.digest().ifPresent(blob -> memory.keep(blob, missing.upload())));
    return answer;
  }

  private static Wanted wanted(Descriptor blob, Optional<LayerId> upload) {
    return new Wanted(blob.digest(), blob.size(), Optional.of(blob.mediaType()), upload);
  }
}
