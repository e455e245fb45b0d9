package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.DigestTag;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The lists of what refers to manifests, as a layout has them: an index each, with the subject's
 * digest as its tag (OCI Distribution 1.1, "Referrers Tag Schema"). regctl looks for them, and oras
 * finds in them what has a subject. The same for the same.
 */
final class ReferrerLists {
  /** In bytes. What a manifest says of itself is in the manifest, however long. */
  private static final int LONGEST_ENTRY = 2_048;

  private ReferrerLists() {}

  /**
   * @param before the list that is there under a tag, which can be read; its members stay
   */
  static Map<Tag, Manifest> of(Referring referring, Function<Tag, Optional<byte[]>> before) {
    Map<Tag, List<Manifest>> bySubject = new LinkedHashMap<>();
    for (Manifest manifest : referring.manifests()) {
      manifest
          .subject()
          .map(Descriptor::digest)
          .map(DigestTag::ofList)
          .ifPresent(tag -> bySubject.computeIfAbsent(tag, _ -> new ArrayList<>()).add(manifest));
    }
    Map<Tag, Manifest> lists = new LinkedHashMap<>();
    bySubject.forEach((tag, manifests) -> lists.put(tag, list(manifests, before.apply(tag))));
    return lists;
  }

  private static Manifest list(List<Manifest> referrers, Optional<byte[]> before) {
    Map<String, Object> members = new TreeMap<>();
    before.ifPresent(
        bytes ->
            Json.tree(bytes)
                .path("manifests")
                .forEach(member -> members.put(member.path("digest").asString(""), member)));
    referrers.forEach(referrer -> members.put(referrer.digest().toString(), entry(referrer)));
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", ManifestReader.OCI_INDEX);
    index.put("manifests", members.values());
    byte[] bytes = Json.write(index);
    if (bytes.length > ManifestReader.LARGEST) {
      throw new HostFailure(
          ExitCode.IO,
          "the layout's list of what refers to the image would have over %d bytes: name another directory, or leave it by --no-referrers"
              .formatted(ManifestReader.LARGEST));
    }
    return ManifestReader.read(Digest.of(Algorithm.SHA256, bytes), ManifestReader.OCI_INDEX, bytes);
  }

  private static Map<String, Object> entry(Manifest manifest) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("mediaType", manifest.mediaType());
    entry.put("digest", manifest.digest().toString());
    entry.put("size", manifest.size());
    Map<String, Object> more = new LinkedHashMap<>(entry);
    manifest.artifactType().ifPresent(type -> more.put("artifactType", type));
    if (!manifest.annotations().isEmpty()) {
      more.put("annotations", new TreeMap<>(manifest.annotations()));
    }
    return Json.write(more).length <= LONGEST_ENTRY ? more : entry;
  }
}
