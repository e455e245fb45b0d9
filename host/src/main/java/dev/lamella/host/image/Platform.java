package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What an image of an index is for, as {@code os/architecture} or {@code os/architecture/variant}.
 *
 * @param variant empty matches any
 */
public record Platform(String os, String architecture, Optional<String> variant) {

  /**
   * @throws IllegalArgumentException where it has not two or three parts
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || List.of(parts).contains("")) {
      throw new IllegalArgumentException(
          "a platform is os/architecture such as linux/arm64, not '" + text + "'");
    }
    return new Platform(
        parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
  }

  /** The first manifest of an index that is for this platform. */
  Descriptor choose(Manifest index) {
    List<String> offered = new ArrayList<>();
    for (JsonNode entry : Json.tree(index.bytes()).path("manifests")) {
      JsonNode platform = entry.path("platform");
      String variantOfEntry = platform.path("variant").asString("");
      if (os.equals(platform.path("os").asString(""))
          && architecture.equals(platform.path("architecture").asString(""))
          && variant.map(variantOfEntry::equals).orElse(true)) {
        return descriptor(index, Digest.parse(entry.path("digest").asString()));
      }
      if (platform.isObject()) {
        offered.add(text(platform));
      }
    }
    throw new HostFailure(
        ExitCode.REFUSED, "the index has no image for " + this + ", it has " + offered);
  }

  /** What the images of an index are for, by digest; only of those of which it says so. */
  public static Map<String, String> named(JsonNode index) {
    Map<String, String> platforms = new HashMap<>();
    for (JsonNode entry : index.path("manifests")) {
      if (entry.path("platform").isObject()) {
        platforms.put(entry.path("digest").asString(""), text(entry.path("platform")));
      }
    }
    return platforms;
  }

  private static String text(JsonNode platform) {
    String variant = platform.path("variant").asString("");
    return platform.path("os").asString("?")
        + "/"
        + platform.path("architecture").asString("?")
        + (variant.isEmpty() ? "" : "/" + variant);
  }

  private static Descriptor descriptor(Manifest index, Digest digest) {
    return index.manifests().stream()
        .filter(descriptor -> descriptor.digest().equals(digest))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(name -> "/" + name).orElse("");
  }
}
