package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Platform;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what skopeo and podman write to {@code dir:}: one image, whose blobs are files named by the
 * hex digits of their digests (containers-transports, "dir").
 */
final class SkopeoDirectoryReader {
  static final String VERSION = "version";
  private static final String MANIFEST = "manifest.json";

  private final SourceFiles files;

  SkopeoDirectoryReader(SourceFiles files) {
    this.files = files;
  }

  SourceImage read(Optional<Platform> platform) {
    byte[] root = files.require(MANIFEST).read(MANIFEST, ManifestReader.LARGEST);
    List<Manifest> manifests =
        ManifestTree.of(
            new Descriptor(mediaType(root), Digest.of(Algorithm.SHA256, root), root.length),
            manifest -> bytes(manifest, root),
            platform,
            ExitCode.BAD_SOURCE);
    Map<Digest, Region> blobs = new HashMap<>();
    for (NamedBlob blob : NamedBlob.of(manifests)) {
      if (!blob.isExternal() || files.find(blob.digest().hex()).isPresent()) {
        blobs.put(blob.digest(), region(blob.descriptor()));
      }
    }
    return new SourceImage(manifests, Referring.NONE, blobs);
  }

  private String mediaType(byte[] manifest) {
    try {
      return Json.tree(manifest).path("mediaType").asString(ManifestReader.OCI_MANIFEST);
    } catch (Refusal e) {
      throw files.bad(MANIFEST + ": " + e.getMessage());
    }
  }

  private byte[] bytes(Descriptor manifest, byte[] root) {
    if (Digest.of(Algorithm.SHA256, root).equals(manifest.digest())) {
      return root;
    }
    String name = manifest.digest().hex() + ".manifest.json";
    return files.require(name).read(name, ManifestReader.LARGEST);
  }

  private Region region(Descriptor blob) {
    Region region = files.require(blob.digest().hex());
    if (region.length() != blob.size()) {
      throw files.bad(
          "%s has %d bytes, its descriptor says %d"
              .formatted(blob.digest().hex(), region.length(), blob.size()));
    }
    return region;
  }
}
