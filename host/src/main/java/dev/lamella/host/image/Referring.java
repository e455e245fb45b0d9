package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.manifest.Manifest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What refers to an image, and to that in its turn.
 *
 * @param manifests each after its subject and after what it names
 * @param tags of what refers by its tag, which says its subject's digest; in the manifests' order
 */
public record Referring(List<Manifest> manifests, Map<Tag, Digest> tags) {
  public static final Referring NONE = new Referring(List.of(), Map.of());

  public Referring {
    manifests = List.copyOf(manifests);
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  public boolean isEmpty() {
    return manifests.isEmpty() && tags.isEmpty();
  }

  /** What a manifest is put under: its tags, or its digest where it has none of these. */
  public List<Reference> references(Manifest manifest) {
    List<Reference> named = new ArrayList<>();
    tags.forEach(
        (tag, digest) -> {
          if (digest.equals(manifest.digest())) {
            named.add(tag);
          }
        });
    return named.isEmpty() ? List.of(new Reference.ByDigest(manifest.digest())) : named;
  }

  /** What is left where these cannot be had: none that needs them, nor what is about such a one. */
  public Referring without(Collection<Digest> blobs) {
    Set<Digest> gone = new HashSet<>(blobs);
    List<Manifest> left = manifests.stream().filter(manifest -> !isGone(manifest, gone)).toList();
    Map<Tag, Digest> tagged = new LinkedHashMap<>(tags);
    tagged.values().removeIf(gone::contains);
    return new Referring(left, tagged);
  }

  /** What it needs comes before it, so one pass finds all. */
  private static boolean isGone(Manifest manifest, Set<Digest> gone) {
    Stream<Digest> needed =
        Stream.concat(
            NamedBlob.of(manifest).stream().map(NamedBlob::digest),
            Stream.concat(manifest.manifests().stream(), manifest.subject().stream())
                .map(Descriptor::digest));
    return needed.anyMatch(gone::contains) && gone.add(manifest.digest());
  }
}
