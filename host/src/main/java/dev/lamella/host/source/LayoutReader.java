package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Referrers;
import dev.lamella.host.image.Referrers.Claims;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  SourceImage read(Selection wanted) {
    requireVersion();
    List<LayoutEntry> entries = entries();
    LayoutReferrers referrers =
        new LayoutReferrers(entries, descriptor -> files.find(name(descriptor)));
    Descriptor root =
        Choice.choose(files, offered(entries, referrers, wanted), wanted.name(), wanted.asked());
    List<Manifest> manifests =
        ManifestTree.of(root, this::bytes, wanted.platform(), ExitCode.BAD_SOURCE);
    Referring referring =
        wanted.withReferrers()
            ? Referrers.of(manifests, source(referrers), LayoutReader::refuse, ExitCode.BAD_SOURCE)
            : Referring.NONE;
    return new SourceImage(manifests, referring, blobs(manifests, referring));
  }

  private Referrers.Source source(LayoutReferrers referrers) {
    return new Referrers.Source() {
      @Override
      public Map<Digest, Claims> claims(List<Digest> subjects) {
        return subjects.stream().collect(Collectors.toMap(Function.identity(), referrers::claims));
      }

      @Override
      public Descriptor tagged(Tag tag) {
        return referrers.tagged(tag);
      }

      @Override
      public byte[] bytes(Descriptor manifest) {
        return LayoutReader.this.bytes(manifest);
      }
    };
  }

  private static void refuse(String what, HostFailure why) {
    throw new HostFailure(
        why.exitCode(), "%s: %s (--no-referrers leaves it)".formatted(what, why.getMessage()), why);
  }

  private Map<Digest, Region> blobs(List<Manifest> manifests, Referring referring) {
    Map<Digest, Region> blobs = new HashMap<>();
    for (NamedBlob blob : NamedBlob.of(SourceImage.all(manifests, referring))) {
      if (!blob.isExternal() || files.find(name(blob.descriptor())).isPresent()) {
        blobs.put(blob.digest(), region(blob.descriptor()));
      }
    }
    return blobs;
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

  private List<LayoutEntry> entries() {
    List<LayoutEntry> entries = new ArrayList<>();
    for (JsonNode entry : tree(INDEX, files.require(INDEX)).path("manifests")) {
      entries.add(
          new LayoutEntry(
              descriptor(entry),
              NAMES.stream()
                  .map(name -> entry.path("annotations").path(name).asString(""))
                  .filter(name -> !name.isEmpty())
                  .toList()));
    }
    return entries;
  }

  /**
   * What refers to an image is not one to choose, unless it has a name of its own, or is asked for
   * by its tag or digest, or there is nothing else.
   */
  private static List<Choice<Descriptor>> offered(
      List<LayoutEntry> entries, LayoutReferrers referrers, Selection wanted) {
    String asked = wanted.asked().orElse(wanted.name().reference().toString());
    List<Choice<Descriptor>> images =
        entries.stream()
            .filter(
                entry ->
                    entry.isAttached()
                        ? entry.names().contains(asked)
                            || entry.descriptor().digest().toString().equals(asked)
                        : !entry.isListOfReferrers()
                            && !(entry.names().isEmpty()
                                && referrers.contains(entry.descriptor().digest())))
            .map(LayoutReader::choice)
            .toList();
    return images.isEmpty() ? entries.stream().map(LayoutReader::choice).toList() : images;
  }

  private static Choice<Descriptor> choice(LayoutEntry entry) {
    return new Choice<>(entry.descriptor(), entry.names(), entry.descriptor().digest().toString());
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
