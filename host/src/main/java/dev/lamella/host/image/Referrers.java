package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what refers to an image by its subject, such as signatures and SBOMs, and what refers to
 * those. At most {@value #MOST} manifests of {@value #MOST_BYTES} bytes together.
 */
public final class Referrers {
  private static final int MOST = 1_000;
  private static final long MOST_BYTES = 64 << 20;

  /** Says what refers to a manifest. */
  @FunctionalInterface
  public interface Source {
    /** What may have this subject. What turns out to have another is left out. */
    List<Descriptor> of(Digest subject);
  }

  private final Source source;
  private final ManifestTree.Source bytes;
  private final ExitCode whereMalformed;
  private final Map<Digest, Manifest> found = new LinkedHashMap<>();
  private int read;
  private long readBytes;

  private Referrers(Source source, ManifestTree.Source bytes, ExitCode whereMalformed) {
    this.source = source;
    this.bytes = bytes;
    this.whereMalformed = whereMalformed;
  }

  /**
   * All that refers to these manifests and is none of them, each after its subject and after what
   * it names.
   *
   * @param whereMalformed how it ends where one cannot be read, or there are too many
   */
  public static List<Manifest> of(
      List<Manifest> image, Source source, ManifestTree.Source bytes, ExitCode whereMalformed) {
    Referrers referrers = new Referrers(source, bytes, whereMalformed);
    image.forEach(manifest -> referrers.found.put(manifest.digest(), manifest));
    Deque<Digest> subjects = new ArrayDeque<>(referrers.found.keySet());
    while (!subjects.isEmpty()) {
      subjects.addAll(referrers.add(subjects.remove()));
    }
    return referrers.found.values().stream().skip(image.size()).toList();
  }

  /** What is new: each of it can be a subject in its turn. */
  private List<Digest> add(Digest subject) {
    Deque<Digest> added = new ArrayDeque<>();
    for (Descriptor referrer : source.of(subject)) {
      if (!found.containsKey(referrer.digest())) {
        List<Manifest> tree = tree(referrer, subject);
        if (tree.getLast().subject().map(Descriptor::digest).filter(subject::equals).isPresent()) {
          for (Manifest manifest : tree) {
            if (found.putIfAbsent(manifest.digest(), manifest) == null) {
              added.add(manifest.digest());
            }
          }
        }
      }
    }
    return List.copyOf(added);
  }

  private List<Manifest> tree(Descriptor referrer, Digest subject) {
    try {
      return ManifestTree.of(referrer, this::counted, Optional.empty(), whereMalformed);
    } catch (HostFailure e) {
      throw new HostFailure(
          e.exitCode(),
          "what refers to %s: %s (--no-referrers leaves it)".formatted(subject, e.getMessage()),
          e);
    }
  }

  private byte[] counted(Descriptor manifest) {
    readBytes += manifest.size();
    if (++read > MOST || readBytes > MOST_BYTES) {
      throw new HostFailure(
          whereMalformed,
          "there are over %d manifests, or over %d bytes".formatted(MOST, MOST_BYTES));
    }
    return bytes.bytes(manifest);
  }
}
