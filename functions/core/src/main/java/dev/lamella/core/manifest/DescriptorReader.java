package dev.lamella.core.manifest;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads a descriptor (OCI Image Specification, "Content Descriptors"). */
final class DescriptorReader {
  private static final Set<String> FIELDS =
      Set.of(
          "mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform");

  private static final List<String> PLATFORM_TEXTS =
      List.of("architecture", "os", "os.version", "variant");
  private static final List<String> PLATFORM_LISTS = List.of("os.features", "features");

  private DescriptorReader() {}

  /**
   * @param where the descriptor is in the manifest
   */
  static Descriptor read(JsonNode json, String where) {
    JsonNode mediaType = json.path("mediaType");
    JsonNode digest = json.path("digest");
    JsonNode size = json.path("size");
    if (!mediaType.isString()
        || !digest.isString()
        || !size.isIntegralNumber()
        || !size.canConvertToLong()) {
      throw Fields.invalid(
          "its " + where + " is not a descriptor: mediaType, digest and a whole size");
    }
    Fields.requireExactNames(json, FIELDS, where + ".");
    Descriptor descriptor =
        new Descriptor(
            Fields.requireType(mediaType.asString(), where + ".mediaType"),
            Digest.parse(digest.asString()),
            size.asLong());
    Fields.requireTexts(json, "urls", where + ".");
    Fields.annotations(json, where + ".");
    Fields.text(json, "artifactType", where + ".");
    Fields.text(json, "data", where + ".")
        .ifPresent(data -> requireContent(descriptor, data, where));
    Fields.find(json, "platform").ifPresent(platform -> check(platform, where + ".platform"));
    return descriptor;
  }

  /** Clients may take the content from here, and not from the registry. */
  private static void requireContent(Descriptor descriptor, String data, String where) {
    boolean isContent =
        bytes(data)
            .filter(bytes -> bytes.length == descriptor.size())
            .filter(
                bytes ->
                    Digest.of(descriptor.digest().algorithm(), bytes).equals(descriptor.digest()))
            .isPresent();
    if (!isContent) {
      throw Fields.invalid(
          "its " + where + ".data is not the base64 of what its digest and size say");
    }
  }

  private static Optional<byte[]> bytes(String base64) {
    try {
      return Optional.of(base64)
          .filter(text -> text.length() % 4 == 0)
          .map(Base64.getDecoder()::decode);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void check(JsonNode platform, String where) {
    if (!platform.isObject()) {
      throw Fields.invalid("its " + where + " is not an object");
    }
    PLATFORM_TEXTS.forEach(field -> Fields.text(platform, field, where + "."));
    PLATFORM_LISTS.forEach(field -> Fields.requireTexts(platform, field, where + "."));
  }
}
