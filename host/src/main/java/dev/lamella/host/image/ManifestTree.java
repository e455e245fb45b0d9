package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows an image from its first manifest to all that it names. Nothing is believed unproven. */
public final class ManifestTree {
  /** Indexes within indexes: more than anybody builds, and few enough for a stack. */
  static final int DEEPEST = 16;

  private static final int MOST_MANIFESTS = 10_000;

  /** Bytes of all manifests of an image, which are in memory together. */
  private static final long MOST_BYTES = 32L << 20;

  /** Where bytes come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * @param named a manifest, or a config of at most {@link ManifestReader#LARGEST} bytes
     */
    byte[] bytes(Descriptor named);
  }

  private final Source source;
  private final ExitCode whereMalformed;
  private long bytes;
  private final Map<Digest, Manifest> found = new LinkedHashMap<>();
  private int reads;

  private ManifestTree(Source source, ExitCode whereMalformed) {
    this.source = source;
    this.whereMalformed = whereMalformed;
  }

  /**
   * All manifests of an image, each after those that it names, the root last.
   *
   * @param platform where given, an index stands for its image of that platform alone, however deep
   *     it names it
   * @param whereMalformed how it ends where a manifest cannot be read
   * @throws HostFailure {@code WRONG_CONTENT} where bytes do not match their digest or size; {@code
   *     REFUSED} where there is nothing for the platform
   */
  public static List<Manifest> of(
      Descriptor root, Source source, Optional<Platform> platform, ExitCode whereMalformed) {
    ManifestTree tree = new ManifestTree(source, whereMalformed);
    platform.ifPresentOrElse(wanted -> tree.addOne(root, wanted), () -> tree.add(root, 0));
    return List.copyOf(tree.found.values());
  }

  private void add(Descriptor descriptor, int depth) {
    if (found.containsKey(descriptor.digest())) {
      return;
    }
    if (depth > DEEPEST || found.size() >= MOST_MANIFESTS) {
      throw tooMuch();
    }
    Manifest manifest = read(descriptor);
    manifest.manifests().forEach(child -> add(child, depth + 1));
    found.put(descriptor.digest(), manifest);
  }

  /** Before anything is read: what a descriptor says of itself is what it is held to. */
  private void requireSpace(Descriptor descriptor) {
    if (descriptor.size() > ManifestReader.LARGEST) {
      throw new HostFailure(
          whereMalformed,
          "%s has %d bytes, over the limit of %d"
              .formatted(descriptor.digest(), descriptor.size(), ManifestReader.LARGEST));
    }
    bytes += descriptor.size();
    if (bytes > MOST_BYTES) {
      throw new HostFailure(
          whereMalformed,
          "the image's manifests have over %d bytes together: --platform takes one of them"
              .formatted(MOST_BYTES));
    }
  }

  private HostFailure tooMuch() {
    return new HostFailure(
        whereMalformed,
        "the image has indexes nested over %d deep, or over %d manifests"
            .formatted(DEEPEST, MOST_MANIFESTS));
  }

  private void addOne(Descriptor root, Platform wanted) {
    Manifest manifest = read(root);
    if (!ImageManifest.isIndex(manifest)) {
      requirePlatform(manifest, wanted);
      found.put(root.digest(), manifest);
      return;
    }
    PlatformChoice choice =
        new PlatformChoice(wanted, this::readCounted, named -> platform(readCounted(named)));
    Descriptor chosen =
        choice
            .of(manifest)
            .orElseThrow(
                () ->
                    new HostFailure(
                        ExitCode.REFUSED,
                        "the index has no image for " + wanted + ", it has " + choice.offered()));
    found.put(chosen.digest(), read(chosen));
  }

  private void requirePlatform(Manifest manifest, Platform wanted) {
    Optional<Platform> platform = platform(manifest);
    if (platform.map(own -> wanted.distance(own).isEmpty()).orElse(true)) {
      throw new HostFailure(
          ExitCode.REFUSED,
          "the image is %s, not for %s: leave --platform out to have it all the same"
              .formatted(
                  platform.map(own -> "for " + own).orElse("for no platform that it names"),
                  wanted));
    }
  }

  /** What the config of an image says. */
  private Optional<Platform> platform(Manifest manifest) {
    return ImageManifest.config(manifest)
        .map(
            config -> {
              if (config.size() > ManifestReader.LARGEST) {
                throw new HostFailure(
                    whereMalformed,
                    "config %s has %d bytes".formatted(config.digest(), config.size()));
              }
              return checked(config);
            })
        .flatMap(
            bytes -> {
              try {
                return Platform.of(Json.tree(bytes));
              } catch (Refusal _) {
                return Optional.empty(); // It is no JSON, so it names no platform.
              }
            });
  }

  private Manifest readCounted(Descriptor descriptor) {
    if (++reads > MOST_MANIFESTS) {
      throw tooMuch();
    }
    return read(descriptor);
  }

  private Manifest read(Descriptor descriptor) {
    byte[] bytes = checked(descriptor);
    try {
      return ManifestReader.read(descriptor.digest(), descriptor.mediaType(), bytes);
    } catch (Refusal e) {
      throw new HostFailure(whereMalformed, descriptor.digest() + ": " + e.getMessage(), e);
    }
  }

  private byte[] checked(Descriptor descriptor) {
    requireSpace(descriptor);
    byte[] bytes = source.bytes(descriptor);
    Digest digest = Digest.of(descriptor.digest().algorithm(), bytes);
    if (bytes.length != descriptor.size() || !digest.equals(descriptor.digest())) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "%s of %d bytes does not match its content, which is %s of %d bytes"
              .formatted(descriptor.digest(), descriptor.size(), digest, bytes.length));
    }
    return bytes;
  }
}
