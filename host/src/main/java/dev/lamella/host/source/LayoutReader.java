package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads an OCI image layout (OCI Image Specification 1.1, "Image Layout Specification"). */
final class LayoutReader {
  static final String INDEX = "index.json";

  /** Annotations that name an image: the specification's, and containerd's and Docker's. */
  private static final List<String> NAMES =
      List.of("org.opencontainers.image.ref.name", "io.containerd.image.name");

  private final SourceFiles files;

  LayoutReader(SourceFiles files) {
    this.files = files;
  }

  SourceImage read(ImageName wanted, Optional<String> asked, Optional<Platform> platform) {
    requireVersion();
    Descriptor root = Choice.choose(files, offered(), wanted, asked);
    List<Manifest> manifests = ManifestTree.of(root, this::bytes, platform, ExitCode.BAD_SOURCE);
    Map<Digest, Region> blobs = new HashMap<>();
    for (NamedBlob blob : NamedBlob.of(manifests)) {
      if (!blob.isExternal() || files.find(name(blob.descriptor())).isPresent()) {
        blobs.put(blob.digest(), region(blob.descriptor()));
      }
    }
    return new SourceImage(manifests, blobs);
  }

  private void requireVersion() {
    files
        .find("oci-layout")
        .map(region -> tree("oci-layout", region).path("imageLayoutVersion").asString(""))
        .filter(version -> !version.startsWith("1."))
        .ifPresent(
            version -> {
              throw files.bad("it is an OCI layout of version '" + version + "', not of 1");
            });
  }

  private List<Choice<Descriptor>> offered() {
    List<Choice<Descriptor>> offered = new ArrayList<>();
    for (JsonNode entry : tree(INDEX, files.require(INDEX)).path("manifests")) {
      Descriptor descriptor = descriptor(entry);
      List<String> names =
          NAMES.stream()
              .map(name -> entry.path("annotations").path(name).asString(""))
              .filter(name -> !name.isEmpty())
              .toList();
      offered.add(new Choice<>(descriptor, names, descriptor.digest().toString()));
    }
    return offered;
  }

  private Descriptor descriptor(JsonNode entry) {
    JsonNode size = entry.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong()) {
      throw files.bad(INDEX + " names a manifest without a size");
    }
    try {
      return new Descriptor(
          entry.path("mediaType").asString(""),
          Digest.parse(entry.path("digest").asString("")),
          size.asLong());
    } catch (Refusal e) {
      throw files.bad(INDEX + ": " + e.getMessage());
    }
  }

  private JsonNode tree(String name, Region region) {
    try {
      return Json.tree(region.read(name, ManifestReader.LARGEST));
    } catch (Refusal e) {
      throw files.bad(name + ": " + e.getMessage());
    }
  }

  private byte[] bytes(Descriptor manifest) {
    return region(manifest).read(manifest.digest().toString(), ManifestReader.LARGEST);
  }

  private static String name(Descriptor blob) {
    return "blobs/" + blob.digest().algorithm().prefix() + "/" + blob.digest().hex();
  }

  private Region region(Descriptor blob) {
    String name = name(blob);
    Region region = files.find(name).orElseThrow(() -> files.bad(missing(blob)));
    if (region.length() != blob.size()) {
      throw files.bad(
          "%s has %d bytes, its descriptor says %d".formatted(name, region.length(), blob.size()));
    }
    return region;
  }

  /** Docker saves of an index only the images that it has pulled. */
  private static String missing(Descriptor blob) {
    boolean isManifest =
        Stream.of("manifest", "index").anyMatch(word -> blob.mediaType().contains(word));
    return isManifest
        ? "manifest %s is missing: of an image for several platforms, push one with --platform"
            .formatted(blob.digest())
        : "blob %s is missing".formatted(blob.digest());
  }
}
