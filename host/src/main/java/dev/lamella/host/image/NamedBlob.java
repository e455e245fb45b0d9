package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.MediaTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A config, a layer, or what else manifests name that is no manifest.
 *
 * @param isExternal whether its type lets it be kept elsewhere (OCI Image Specification,
 *     "Non-Distributable Layers"), so that a store or a layout may lack it. It is moved where it is
 *     there
 * @param urls where its manifest says that it can be had
 */
public record NamedBlob(Descriptor descriptor, boolean isExternal, List<String> urls) {
  public NamedBlob {
    urls = List.copyOf(urls);
  }

  public Digest digest() {
    return descriptor.digest();
  }

  /** What a manifest or index names, in its order: of a manifest, the config first. */
  public static List<NamedBlob> of(Manifest manifest) {
    JsonNode json = Json.tree(manifest.bytes());
    List<NamedBlob> blobs = new ArrayList<>();
    if (ImageManifest.isIndex(manifest)) {
      List<Digest> manifests = manifest.manifests().stream().map(Descriptor::digest).toList();
      json.path("manifests").forEach(entry -> blobs.add(of(entry)));
      blobs.removeIf(blob -> manifests.contains(blob.digest()));
    } else {
      blobs.add(of(json.path("config")));
      json.path("layers").forEach(entry -> blobs.add(of(entry)));
    }
    return blobs;
  }

  /** All that these name, each once, in their order; what one of them needs is not external. */
  public static List<NamedBlob> of(List<Manifest> manifests) {
    Map<Digest, NamedBlob> blobs = new LinkedHashMap<>();
    for (Manifest manifest : manifests) {
      of(manifest)
          .forEach(
              blob -> blobs.merge(blob.digest(), blob, (had, now) -> had.isExternal ? now : had));
    }
    return List.copyOf(blobs.values());
  }

  private static NamedBlob of(JsonNode json) {
    String type = json.path("mediaType").asString("");
    List<String> urls = new ArrayList<>();
    json.path("urls").forEach(url -> urls.add(url.asString("")));
    return new NamedBlob(
        new Descriptor(
            type, Digest.parse(json.path("digest").asString("")), json.path("size").asLong()),
        MediaTypes.isExternal(type),
        urls);
  }
}
