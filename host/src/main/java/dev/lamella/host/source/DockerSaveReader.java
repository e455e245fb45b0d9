package dev.lamella.host.source;

import dev.lamella.core.Counted;
import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ManifestTree;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.transfer.SerialDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads what {@code docker save} wrote before it wrote OCI layouts (Docker Image Specification 1.2,
 * "Combined Image JSON + Filesystem Changeset Format"), and makes an OCI manifest for it, always
 * the same for the same image.
 */
final class DockerSaveReader {
  static final String MANIFEST = "manifest.json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final Pattern CONFIG_NAME =
      Pattern.compile("(?:blobs/sha256/)?([a-f0-9]{64})(?:\\.json)?");
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  /** What is written, in this order. */
  private record OciManifest(
      int schemaVersion, String mediaType, OciDescriptor config, List<OciDescriptor> layers) {}

  private record OciDescriptor(String mediaType, Digest digest, long size) {
    OciDescriptor(Descriptor descriptor) {
      this(descriptor.mediaType(), descriptor.digest(), descriptor.size());
    }
  }

  private record Saved(String config, List<String> layers) {}

  private final SourceFiles files;

  DockerSaveReader(SourceFiles files) {
    this.files = files;
  }

  SourceImage read(Selection wanted) {
    Saved saved = Choice.choose(files, offered(), wanted.name(), wanted.asked());
    Map<Digest, Region> blobs = new HashMap<>();
    Region configRegion = files.require(saved.config());
    byte[] configBytes = configRegion.read(saved.config(), ManifestReader.LARGEST);
    Descriptor config =
        new Descriptor(CONFIG, Digest.of(Algorithm.SHA256, configBytes), configBytes.length);
    blobs.put(config.digest(), configRegion);
    List<Digest> diffIds = diffIds(saved, configBytes);
    List<OciDescriptor> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      Region region = files.require(saved.layers().get(i));
      Descriptor layer = layer(region, diffIds.get(i));
      blobs.put(layer.digest(), region);
      layers.add(new OciDescriptor(layer));
    }
    byte[] bytes =
        Json.write(
            new OciManifest(2, ManifestReader.OCI_MANIFEST, new OciDescriptor(config), layers));
    Manifest manifest =
        ManifestReader.read(Digest.of(Algorithm.SHA256, bytes), ManifestReader.OCI_MANIFEST, bytes);
    List<Manifest> manifests =
        ManifestTree.of(
            new Descriptor(manifest.mediaType(), manifest.digest(), bytes.length),
            named -> named.digest().equals(manifest.digest()) ? bytes : configBytes,
            wanted.platform(),
            ExitCode.BAD_SOURCE);
    return new SourceImage(manifests, Referring.NONE, blobs);
  }

  private List<Choice<Saved>> offered() {
    JsonNode saved = tree(MANIFEST, files.require(MANIFEST).read(MANIFEST, ManifestReader.LARGEST));
    if (!saved.isArray()) {
      throw files.bad(MANIFEST + " is not the list of images that docker save writes");
    }
    List<Choice<Saved>> offered = new ArrayList<>();
    for (JsonNode entry : saved) {
      String config = name(entry.path("Config"));
      List<String> layers = new ArrayList<>();
      entry.path("Layers").forEach(layer -> layers.add(name(layer)));
      offered.add(
          new Choice<>(new Saved(config, layers), texts(entry.path("RepoTags")), digest(config)));
    }
    return offered;
  }

  private String name(JsonNode file) {
    String name = file.asString("");
    if (name.isEmpty()) {
      throw files.bad(MANIFEST + " names a configuration or layer without a file name");
    }
    return name;
  }

  /** A configuration is named by its digest, with {@code .json} or as a blob; or else by a name. */
  private static String digest(String config) {
    Matcher hex = CONFIG_NAME.matcher(config);
    return hex.matches() ? "sha256:" + hex.group(1) : config;
  }

  private List<Digest> diffIds(Saved saved, byte[] config) {
    List<String> diffIds = texts(tree(saved.config(), config).path("rootfs").path("diff_ids"));
    if (diffIds.size() != saved.layers().size()) {
      throw files.bad(
          "%s has %s for %s"
              .formatted(
                  saved.config(),
                  Counted.of(diffIds.size(), "diff_id"),
                  Counted.of(saved.layers().size(), "layer")));
    }
    try {
      return diffIds.stream().map(Digest::parse).toList();
    } catch (Refusal e) {
      throw files.bad(saved.config() + ": " + e.getMessage());
    }
  }

  /** The digest of an uncompressed layer is its diff_id; that of any other has to be computed. */
  private static Descriptor layer(Region region, Digest diffId) {
    String magic = HexFormat.of().formatHex(region.begin(4));
    if (magic.startsWith("1f8b")) {
      return new Descriptor(LAYER + "+gzip", digest(region), region.length());
    }
    if (magic.startsWith("28b52ffd")) {
      return new Descriptor(LAYER + "+zstd", digest(region), region.length());
    }
    return new Descriptor(LAYER, diffId, region.length());
  }

  private static Digest digest(Region region) {
    try (OpenRegion bytes = region.open()) {
      return SerialDigest.of(Algorithm.SHA256, bytes, region.length());
    } catch (IOException e) {
      throw LocalFile.failure("read", region.file(), e);
    }
  }

  private JsonNode tree(String name, byte[] json) {
    try {
      return Json.tree(json);
    } catch (Refusal e) {
      throw files.bad(name + ": " + e.getMessage());
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asString("")));
    return texts;
  }
}
