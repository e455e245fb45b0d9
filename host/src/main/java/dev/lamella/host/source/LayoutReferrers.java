package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.DigestTag;
import dev.lamella.host.image.Referrers.Claims;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What of a layout is about something else in it: it has a subject, or a tag that says a digest.
 * oras writes manifests with a subject as entries without a name, regctl as members of an index
 * that has the subject's digest as its tag; both are looked at. What cannot be read has no subject
 * here: whether it is needed shows elsewhere.
 */
final class LayoutReferrers {
  /** More than the entries of an index of 4 MiB. */
  private static final int MOST = 100_000;

  private final Function<Descriptor, Optional<Region>> find;
  private final Map<Digest, List<Descriptor>> bySubject = new HashMap<>();
  private final SortedMap<String, Descriptor> tagged = new TreeMap<>();
  private final Set<Digest> seen = new HashSet<>();
  private final Set<Digest> found = new HashSet<>();
  private int looked;

  /**
   * @param find where the content of a descriptor is
   */
  LayoutReferrers(List<LayoutEntry> entries, Function<Descriptor, Optional<Region>> find) {
    this.find = find;
    for (LayoutEntry entry : entries) {
      if (entry.isListOfReferrers()) {
        json(entry.descriptor()).ifPresent(list -> list.path("manifests").forEach(this::addMember));
      } else {
        add(entry.descriptor());
        entry.names().stream()
            .filter(DigestTag::isAttached)
            .forEach(tag -> tagged.put(tag, entry.descriptor()));
      }
    }
  }

  Claims claims(Digest subject) {
    String prefix = DigestTag.ofList(subject).value();
    return new Claims(
        bySubject.getOrDefault(subject, List.of()),
        tagged.tailMap(prefix).keySet().stream()
            .takeWhile(tag -> tag.startsWith(prefix))
            .flatMap(tag -> DigestTag.attachedTo(subject, tag).stream())
            .toList());
  }

  /** What a tag of {@link #claims} names. */
  Descriptor tagged(Tag tag) {
    return Optional.ofNullable(tagged.get(tag.value())).orElseThrow();
  }

  /** Whether this is known to refer to something. */
  boolean contains(Digest manifest) {
    return found.contains(manifest);
  }

  private void addMember(JsonNode member) {
    try {
      add(
          new Descriptor(
              member.path("mediaType").asString(""),
              Digest.parse(member.path("digest").asString("")),
              member.path("size").asLong(0)));
    } catch (Refusal _) {
      // It is no descriptor.
    }
  }

  private void add(Descriptor manifest) {
    if (++looked > MOST || !seen.add(manifest.digest())) {
      return;
    }
    try {
      json(manifest)
          .map(json -> json.path("subject").path("digest").asString(""))
          .filter(subject -> !subject.isEmpty())
          .map(Digest::parse)
          .ifPresent(
              subject -> {
                found.add(manifest.digest());
                bySubject.computeIfAbsent(subject, _ -> new ArrayList<>()).add(manifest);
              });
    } catch (Refusal _) {
      // Its subject has no digest.
    }
  }

  private Optional<JsonNode> json(Descriptor manifest) {
    try {
      return find.apply(manifest)
          .filter(region -> region.length() <= ManifestReader.LARGEST)
          .map(
              region ->
                  Json.tree(region.read(manifest.digest().toString(), ManifestReader.LARGEST)));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }
}
