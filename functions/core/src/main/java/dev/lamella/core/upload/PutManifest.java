package dev.lamella.core.upload;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.ByDigest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.ImageIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a manifest, once all that it names is there, from a caller who may push to the image. To
 * move a tag that is there, the caller must be allowed that as well.
 */
public final class PutManifest {
  private final ImageIndex images;
  private final LateLayers late;
  private final Admission admission;
  private final InstantSource clock;

  /**
   * @param late is asked for what a manifest names and is not there
   */
  public PutManifest(ImageIndex images, LateLayers late, Admission admission, InstantSource clock) {
    this.images = images;
    this.late = late;
    this.admission = admission;
    this.clock = clock;
  }

  /**
   * Idempotent; a tag then points to the manifest that was put last. External layers may be absent;
   * those that are on their way are waited for like others.
   *
   * @return the manifest as it is stored
   * @throws Refusal {@code DIGEST_INVALID} where the reference is another digest than that of the
   *     bytes; {@code TOO_LARGE}; {@code MANIFEST_INVALID}; {@code SIZE_INVALID} where it says
   *     another size of what is stored; {@code MANIFEST_BLOB_UNKNOWN}, naming what is missing;
   *     {@code TOOMANYREQUESTS} where that is on its way; {@code DENIED} where the tag points to
   *     another manifest, and the caller may not move it
   */
  public Manifest put(
      Caller caller, RepositoryName image, Reference reference, String mediaType, byte[] bytes) {
    Digest digest =
        switch (reference) {
          case ByDigest(Digest wanted) -> required(wanted, Digest.of(wanted.algorithm(), bytes));
          case Tag _ -> Digest.of(Digest.Algorithm.SHA256, bytes);
        };
    Manifest manifest = ManifestReader.read(digest, mediaType, bytes);
    Optional<Tag> tag = reference instanceof Tag named ? Optional.of(named) : Optional.empty();
    if (!manifest.external().isEmpty()) {
      storeLate(caller, image, manifest.external());
    }
    boolean mayMove = caller.may(Action.OVERWRITE, image);
    ImageIndex.Put put = images.put(image, manifest, tag, mayMove, clock.instant());
    if (put instanceof ImageIndex.Put.Missing(var missing)) {
      List<Descriptor> blobs =
          manifest.blobs().stream().filter(blob -> missing.contains(blob.digest())).toList();
      if (!blobs.isEmpty()) {
        storeLate(caller, image, blobs);
        put = images.put(image, manifest, tag, mayMove, clock.instant());
      }
    }
    return switch (put) {
      case ImageIndex.Put.Stored() -> manifest;
      case ImageIndex.Put.WrongSize(Descriptor named, long size) ->
          throw new Refusal(
              ErrorCode.SIZE_INVALID,
              "the manifest says that "
                  + named.digest()
                  + " has "
                  + named.size()
                  + " bytes, and what is stored has "
                  + size
                  + ": put a manifest that says so");
      case ImageIndex.Put.TagTaken(Digest other) ->
          throw new Refusal(
              ErrorCode.DENIED,
              "tag %s of %s points to %s, and %s may not move it: push another tag, or ask for the right 'overwrite'"
                  .formatted(reference, image, other, caller.name()));
      case ImageIndex.Put.Missing(var missing) ->
          throw new Refusal(
              ErrorCode.MANIFEST_BLOB_UNKNOWN,
              "the manifest names blobs or manifests that are not in "
                  + image
                  + ", "
                  + missing.size()
                  + " in all, such as "
                  + missing.iterator().next()
                  + ": push them, then the manifest again",
              Map.of("missing", missing.stream().map(Digest::toString).sorted().toList()));
    };
  }

  /** What came whole past the API is sliced here: no larger layer than the caller may have. */
  private void storeLate(Caller caller, RepositoryName image, List<Descriptor> missing) {
    missing.forEach(blob -> admission.requireLayer(caller, blob.size()));
    late.store(image, missing);
  }

  private static Digest required(Digest wanted, Digest found) {
    if (!wanted.equals(found)) {
      throw new Refusal(
          ErrorCode.DIGEST_INVALID, "the manifest's digest is " + found + ", not " + wanted);
    }
    return found;
  }
}
