package dev.lamella.core.manifest;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest or index: its exact bytes, and what was read in them.
 *
 * @param blobs config and layers, in the manifest's order, that must be stored and linked. For an
 *     index, what it names that is no manifest
 * @param external layers of types that may be kept elsewhere ({@link MediaTypes#isExternal}): they
 *     may be absent, and count as any other where they are linked
 * @param manifests the manifests that an index names
 * @param subject the manifest that this one is about; it need not exist
 * @param artifactType what the manifest says, or else its config's media type; an index without one
 *     has none
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record Manifest(
    Digest digest,
    String mediaType,
    byte[] bytes,
    List<Descriptor> blobs,
    List<Descriptor> external,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Optional<String> artifactType,
    Map<String, String> annotations) {
  public Manifest {
    bytes = bytes.clone();
    blobs = List.copyOf(blobs);
    external = List.copyOf(external);
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Bytes of the manifest. */
  public int size() {
    return bytes.length;
  }

  /** A manifest is its bytes, and those are what the digest names. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Manifest that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
