package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
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
  private static final int DEEPEST = 16;

  private static final int MOST_MANIFESTS = 10_000;

  /** Of all manifests of an image, which are in memory together. */
  private static final long MOST_BYTES = 32L << 20;

  /** Where the bytes of a manifest come from. */
  @FunctionalInterface
  public interface Source {
    byte[] bytes(Descriptor manifest);
  }

  private final Source source;
  private final Optional<Platform> platform;
  private final ExitCode whereMalformed;
  private long bytes;
  private final Map<Digest, Manifest> found = new LinkedHashMap<>();

  private ManifestTree(Source source, Optional<Platform> platform, ExitCode whereMalformed) {
    this.source = source;
    this.platform = platform;
    this.whereMalformed = whereMalformed;
  }

  /**
   * All manifests of an image, each after those that it names, the root last.
   *
   * @param platform where given, an index stands for its image of that platform alone
   * @param whereMalformed how it ends where a manifest cannot be read
   * @throws HostFailure {@code WRONG_CONTENT} where bytes do not match their digest or size
   */
  public static List<Manifest> of(
      Descriptor root, Source source, Optional<Platform> platform, ExitCode whereMalformed) {
    ManifestTree tree = new ManifestTree(source, platform, whereMalformed);
    tree.add(root, 0);
    return List.copyOf(tree.found.values());
  }

  private void add(Descriptor descriptor, int depth) {
    if (found.containsKey(descriptor.digest())) {
      return;
    }
    if (depth > DEEPEST || found.size() >= MOST_MANIFESTS) {
      throw new HostFailure(
          whereMalformed,
          "the image has indexes nested over %d deep, or over %d manifests"
              .formatted(DEEPEST, MOST_MANIFESTS));
    }
    Manifest manifest = read(descriptor);
    if (platform.isPresent() && !manifest.manifests().isEmpty()) {
      add(platform.get().choose(manifest), depth + 1);
      return;
    }
    manifest.manifests().forEach(child -> add(child, depth + 1));
    found.put(descriptor.digest(), manifest);
  }

  /** Before anything is read: what a descriptor says of itself is what it is held to. */
  private void requireSpace(Descriptor descriptor) {
    if (descriptor.size() > ManifestReader.LARGEST) {
      throw new HostFailure(
          whereMalformed,
          "manifest %s has %d bytes, over the limit of %d"
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

  private Manifest read(Descriptor descriptor) {
    requireSpace(descriptor);
    byte[] bytes = source.bytes(descriptor);
    Digest digest = Hashes.digest(descriptor.digest().algorithm(), bytes);
    if (bytes.length != descriptor.size() || !digest.equals(descriptor.digest())) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "manifest %s of %d bytes does not match its content, which is %s of %d bytes"
              .formatted(descriptor.digest(), descriptor.size(), digest, bytes.length));
    }
    try {
      return ManifestReader.read(digest, descriptor.mediaType(), bytes);
    } catch (Refusal e) {
      throw new HostFailure(whereMalformed, descriptor.digest() + ": " + e.getMessage(), e);
    }
  }
}
