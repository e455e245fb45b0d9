package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of an image's blobs will be in the target, and of those of what refers to it.
 *
 * @param own the image's, in its manifests' order
 * @param besides what only that needs which refers to the image
 * @param absent layers that may be kept elsewhere, and are: neither the store nor the target has
 *     them
 */
record Contents(List<Descriptor> own, List<Descriptor> besides, List<NamedBlob> absent) {
  Contents {
    own = List.copyOf(own);
    besides = List.copyOf(besides);
    absent = List.copyOf(absent);
  }

  /** Asks for those that may be absent; any other that is will fail the pull. */
  static Contents of(PulledImage image, StoreClient store, Target target) {
    Set<Digest> ofImage =
        NamedBlob.of(image.manifests()).stream().map(NamedBlob::digest).collect(Collectors.toSet());
    List<Descriptor> own = new ArrayList<>();
    List<Descriptor> besides = new ArrayList<>();
    List<NamedBlob> absent = new ArrayList<>();
    for (NamedBlob blob : NamedBlob.of(image.all())) {
      if (!blob.isExternal()
          || target.has(blob.descriptor())
          || isStored(store, image.name().name(), blob.descriptor())) {
        (ofImage.contains(blob.digest()) ? own : besides).add(blob.descriptor());
      } else {
        absent.add(blob);
      }
    }
    return new Contents(own, besides, absent);
  }

  /** All that will be there. */
  List<Descriptor> pulled() {
    return Stream.concat(own.stream(), besides.stream()).toList();
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
