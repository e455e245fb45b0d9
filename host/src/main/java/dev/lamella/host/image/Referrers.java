package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds what refers to an image, such as signatures and SBOMs, and what refers to those: by its
 * subject, or by a tag that says the image's digest. At most {@value #MOST} manifests of {@value
 * #MOST_BYTES} bytes together, and {@value #DEEPEST} deep.
 */
public final class Referrers {
  /** So many are taken; of a list, no more need be read. */
  public static final int MOST = 1_000;

  private static final long MOST_BYTES = 64 << 20;

  /** A signature of an SBOM is at two; each may be a request more that has to be waited for. */
  private static final int DEEPEST = 16;

  /** What a source knows of these at a time, so that long lists of many are not there together. */
  private static final int SUBJECTS_AT_ONCE = 16;

  /** Says what refers to manifests, and has their bytes. */
  public interface Source extends ManifestTree.Source {
    /**
     * For each of these that something may refer to; what turns out to have another subject is left
     * out.
     */
    Map<Digest, Claims> claims(List<Digest> subjects);

    /** The manifest of a tag. */
    Descriptor tagged(Tag tag);
  }

  /**
   * What is said to refer to a manifest.
   *
   * @param bySubject it names it itself
   * @param byTag its tag says the digest, as {@link DigestTag} has it
   */
  public record Claims(List<Descriptor> bySubject, List<Tag> byTag) {
    public static final Claims NONE = new Claims(List.of(), List.of());

    public Claims {
      bySubject = List.copyOf(bySubject);
      byTag = List.copyOf(byTag);
    }
  }

  /** What is done where something cannot be had. */
  @FunctionalInterface
  public interface Unavailable {
    /**
     * Throws, or goes on without it.
     *
     * @param what in words, with its digest or tag
     */
    void leaveOut(String what, HostFailure why);
  }

  private final Source source;
  private final Unavailable unavailable;
  private final ExitCode whereMalformed;
  private final Map<Digest, Manifest> found = new LinkedHashMap<>();
  private final Map<Tag, Digest> tags = new LinkedHashMap<>();
  private int depth;
  private int tagsRead;
  private int read;
  private long readBytes;
  private boolean isOver;

  private Referrers(Source source, Unavailable unavailable, ExitCode whereMalformed) {
    this.source = source;
    this.unavailable = unavailable;
    this.whereMalformed = whereMalformed;
  }

  /**
   * All that refers to these manifests and is none of them.
   *
   * @param whereMalformed how it ends where one cannot be read, or there are too many
   */
  public static Referring of(
      List<Manifest> image, Source source, Unavailable unavailable, ExitCode whereMalformed) {
    Referrers referrers = new Referrers(source, unavailable, whereMalformed);
    image.forEach(manifest -> referrers.found.put(manifest.digest(), manifest));
    List<Digest> subjects = List.copyOf(referrers.found.keySet());
    for (; !subjects.isEmpty(); referrers.depth++) {
      subjects = referrers.addAll(subjects);
    }
    return new Referring(
        referrers.found.values().stream().skip(image.size()).toList(), referrers.tags);
  }

  /** What is new: each of it can be a subject in its turn. */
  private List<Digest> addAll(List<Digest> subjects) {
    List<Digest> added = new ArrayList<>();
    for (int from = 0; from < subjects.size() && !isOver; from += SUBJECTS_AT_ONCE) {
      List<Digest> some =
          subjects.subList(from, Math.min(subjects.size(), from + SUBJECTS_AT_ONCE));
      Optional<Map<Digest, Claims>> claims =
          available("what refers to the image", () -> source.claims(some));
      isOver |= claims.isEmpty();
      for (Digest subject : some) {
        Claims claimed =
            claims.map(all -> all.getOrDefault(subject, Claims.NONE)).orElse(Claims.NONE);
        claimed.bySubject().forEach(referrer -> added.addAll(add(subject, referrer)));
        claimed.byTag().forEach(tag -> added.addAll(add(subject, tag)));
      }
    }
    return added;
  }

  private List<Digest> add(Digest subject, Descriptor referrer) {
    if (isOver || found.containsKey(referrer.digest())) {
      return List.of();
    }
    String what = "manifest %s, which refers to %s".formatted(referrer.digest(), subject);
    return tree(what, referrer)
        .filter(tree -> subject.equals(subject(tree.getLast())))
        .map(this::keep)
        .orElse(List.of());
  }

  private List<Digest> add(Digest subject, Tag tag) {
    if (isOver) {
      return List.of();
    }
    String what = "tag %s, of what refers to %s".formatted(tag, subject);
    Optional<Descriptor> manifest =
        available(
            what,
            () -> {
              require(++tagsRead <= MOST && depth < DEEPEST);
              return source.tagged(tag);
            });
    Optional<List<Manifest>> tree = Optional.empty();
    if (manifest.isPresent() && !found.containsKey(manifest.get().digest())) {
      tree = tree(what, manifest.get());
      manifest = tree.isPresent() ? manifest : Optional.empty();
    }
    manifest.ifPresent(there -> tags.put(tag, there.digest()));
    return tree.map(this::keep).orElse(List.of());
  }

  private static Digest subject(Manifest manifest) {
    return manifest.subject().map(Descriptor::digest).orElse(manifest.digest());
  }

  private List<Digest> keep(List<Manifest> tree) {
    List<Digest> added = new ArrayList<>();
    for (Manifest manifest : tree) {
      if (found.putIfAbsent(manifest.digest(), manifest) == null) {
        added.add(manifest.digest());
      }
    }
    return added;
  }

  private Optional<List<Manifest>> tree(String what, Descriptor referrer) {
    return available(
        what, () -> ManifestTree.of(referrer, this::counted, Optional.empty(), whereMalformed));
  }

  private <T> Optional<T> available(String what, Supplier<T> got) {
    try {
      return Optional.of(got.get());
    } catch (HostFailure e) {
      unavailable.leaveOut(isOver ? "what else refers to the image" : what, e);
      return Optional.empty();
    }
  }

  private byte[] counted(Descriptor manifest) {
    readBytes += manifest.size();
    require(++read <= MOST && readBytes <= MOST_BYTES && depth < DEEPEST);
    return source.bytes(manifest);
  }

  private void require(boolean isWithinBounds) {
    if (!isWithinBounds) {
      isOver = true;
      throw new HostFailure(
          whereMalformed,
          "there are over %d manifests, or over %d bytes, or they refer to each other over %d deep"
              .formatted(MOST, MOST_BYTES, DEEPEST));
    }
  }
}
