package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import java.util.ArrayList;
import java.util.List;

/**
 * What of an image's blobs will be in the target.
 *
 * @param pulled in the manifests' order
 * @param absent layers that may be kept elsewhere, and are: neither the store nor the target has
 *     them
 */
record Contents(List<Descriptor> pulled, List<NamedBlob> absent) {
  Contents {
    pulled = List.copyOf(pulled);
    absent = List.copyOf(absent);
  }

  /** Asks for those that may be absent; any other that is will fail the pull. */
  static Contents of(
      List<Manifest> manifests, StoreClient store, RepositoryName image, Target target) {
    List<Descriptor> pulled = new ArrayList<>();
    List<NamedBlob> absent = new ArrayList<>();
    for (NamedBlob blob : NamedBlob.of(manifests)) {
      if (!blob.isExternal()
          || target.has(blob.descriptor())
          || isStored(store, image, blob.descriptor())) {
        pulled.add(blob.descriptor());
      } else {
        absent.add(blob);
      }
    }
    return new Contents(pulled, absent);
  }

  private static boolean isStored(StoreClient store, RepositoryName image, Descriptor blob) {
    try {
      var _ = store.shards(image, blob.digest(), 0);
      return true;
    } catch (StoreRefusal e) {
      if (e.is(ErrorCode.BLOB_UNKNOWN)) {
        return false;
      }
      throw e;
    }
  }
}
