package dev.lamella.core.manifest;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a manifest or index names, without changing a byte of it (OCI Image Specification 1.1,
 * Docker schema 2).
 */
public final class ManifestReader {
  /**
   * The least that the Distribution Specification wants a registry to take; Lamella takes no more.
   */
  public static final int LARGEST = 4 << 20;

  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  private static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_LIST);
  private static final Set<String> MANIFESTS = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);

  private static final Pattern TYPE = Pattern.compile("[\\x20-\\x7e]{1,255}");

  /** So many can be looked up and counted in the 29 s that a request has. */
  private static final int MOST_NAMED = 2_000;

  private ManifestReader() {}

  /**
   * @param mediaType as the client sent it in {@code Content-Type}
   * @throws Refusal {@code TOO_LARGE} over {@link #LARGEST}; {@code MANIFEST_INVALID}, or {@code
   *     DIGEST_INVALID} and {@code SIZE_INVALID} for a descriptor's
   */
  public static Manifest read(Digest digest, String mediaType, byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw new Refusal(
          ErrorCode.TOO_LARGE,
          "the manifest has " + bytes.length + " bytes, over the limit of " + LARGEST);
    }
    boolean isIndex = INDEXES.contains(mediaType);
    if (!isIndex && !MANIFESTS.contains(mediaType)) {
      throw invalid(
          "its media type "
              + quoted(mediaType)
              + " is not that of an OCI or Docker manifest or index");
    }
    JsonNode json = json(bytes);
    requireMediaType(json, mediaType);
    List<Descriptor> blobs = new ArrayList<>();
    List<Descriptor> manifests = new ArrayList<>();
    if (isIndex) {
      // Build caches are indexes that name layers.
      descriptors(json, "manifests").stream()
          .filter(ManifestReader::isDistributed)
          .forEach(child -> (isManifest(child) ? manifests : blobs).add(child));
    } else {
      blobs.add(descriptor(json.path("config"), "config"));
      descriptors(json, "layers").stream()
          .filter(ManifestReader::isDistributed)
          .forEach(blobs::add);
    }
    Optional<Descriptor> subject =
        json.hasNonNull("subject")
            ? Optional.of(descriptor(json.path("subject"), "subject"))
            : Optional.empty();
    Optional<String> artifactType = artifactType(json);
    if (!isIndex) {
      artifactType = artifactType.or(() -> Optional.of(blobs.getFirst().mediaType()));
    }
    return new Manifest(
        digest, mediaType, bytes, blobs, manifests, subject, artifactType, annotations(json));
  }

  private static JsonNode json(byte[] bytes) {
    JsonNode json;
    try {
      json = Json.tree(bytes);
    } catch (Refusal e) {
      throw invalid(e.getMessage());
    }
    if (!json.isObject()) {
      throw invalid("it is not a JSON object");
    }
    if (json.path("schemaVersion").asInt(0) != 2) {
      throw invalid("its schemaVersion is not 2");
    }
    return json;
  }

  private static Optional<String> artifactType(JsonNode json) {
    JsonNode type = json.path("artifactType");
    if (type.isMissingNode() || type.isNull()) {
      return Optional.empty();
    }
    if (!type.isString()) {
      throw invalid("its artifactType is not a text");
    }
    return Optional.of(type.asString())
        .filter(text -> !text.isEmpty())
        .map(text -> requireType(text, "artifactType"));
  }

  private static Map<String, String> annotations(JsonNode json) {
    JsonNode given = json.path("annotations");
    if (given.isMissingNode() || given.isNull()) {
      return Map.of();
    }
    Map<String, String> annotations = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      JsonNode value = entry.getValue();
      if (!value.isString() || !isUnicode(entry.getKey()) || !isUnicode(value.asString())) {
        throw invalid("its annotation " + quoted(entry.getKey()) + " is not a text of Unicode");
      }
      annotations.put(entry.getKey(), value.asString());
    }
    if (!given.isObject()) {
      throw invalid("its annotations are not an object");
    }
    return annotations;
  }

  /** JSON's escapes can say half of a character. */
  private static boolean isUnicode(String text) {
    return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }

  /** Types are ASCII, and short (RFC 6838, section 4.2). */
  private static String requireType(String type, String where) {
    if (!TYPE.matcher(type).matches()) {
      throw invalid("its " + where + " is not a media type, but " + quoted(type));
    }
    return type;
  }

  private static boolean isManifest(Descriptor child) {
    return MANIFESTS.contains(child.mediaType()) || INDEXES.contains(child.mediaType());
  }

  private static void requireMediaType(JsonNode json, String mediaType) {
    JsonNode own = json.path("mediaType");
    if (!own.isMissingNode() && !mediaType.equals(own.asString(""))) {
      throw invalid("its mediaType is not the Content-Type " + quoted(mediaType));
    }
  }

  /**
   * Layers that are not to be distributed stay where their URLs say (OCI Image Specification,
   * "Non-Distributable Layers").
   */
  private static boolean isDistributed(Descriptor layer) {
    return !layer.mediaType().contains(".nondistributable.")
        && !layer.mediaType().contains(".foreign.");
  }

  private static List<Descriptor> descriptors(JsonNode json, String field) {
    JsonNode list = json.path(field);
    if (!list.isArray()) {
      throw invalid("it has no list '" + field + "'");
    }
    if (list.size() > MOST_NAMED) {
      throw invalid("it names " + list.size() + " " + field + ", over the limit of " + MOST_NAMED);
    }
    List<Descriptor> descriptors = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      descriptors.add(descriptor(list.get(i), field + "[" + i + "]"));
    }
    return descriptors;
  }

  private static Descriptor descriptor(JsonNode json, String where) {
    JsonNode mediaType = json.path("mediaType");
    JsonNode digest = json.path("digest");
    JsonNode size = json.path("size");
    if (!mediaType.isString()
        || !digest.isString()
        || !size.canConvertToLong()
        || !size.isIntegralNumber()) {
      throw invalid("its " + where + " is not a descriptor: mediaType, digest and a whole size");
    }
    return new Descriptor(
        requireType(mediaType.asString(), where + ".mediaType"),
        Digest.parse(digest.asString()),
        size.asLong());
  }

  private static Refusal invalid(String why) {
    return new Refusal(ErrorCode.MANIFEST_INVALID, "the manifest cannot be taken: " + why);
  }
}
