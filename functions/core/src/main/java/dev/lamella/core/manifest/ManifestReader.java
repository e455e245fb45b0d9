package dev.lamella.core.manifest;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private ManifestReader() {}

  /**
   * @param mediaType as the client sent it in {@code Content-Type}
   * @throws Refusal {@code MANIFEST_INVALID}, or {@code DIGEST_INVALID} and {@code SIZE_INVALID}
   *     for a descriptor's
   */
  public static Manifest read(Digest digest, String mediaType, byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw invalid("it has " + bytes.length + " bytes, over the limit of " + LARGEST);
    }
    boolean isIndex = INDEXES.contains(mediaType);
    if (!isIndex && !MANIFESTS.contains(mediaType)) {
      throw invalid(
          "its media type '" + mediaType + "' is not that of an OCI or Docker manifest or index");
    }
    JsonNode json = json(bytes);
    requireMediaType(json, mediaType);
    List<Descriptor> blobs = new ArrayList<>();
    List<Descriptor> manifests = List.of();
    if (isIndex) {
      manifests = descriptors(json, "manifests");
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
    Optional<String> artifactType = Optional.ofNullable(json.path("artifactType").asString(null));
    return new Manifest(digest, mediaType, bytes, blobs, manifests, subject, artifactType);
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

  private static void requireMediaType(JsonNode json, String mediaType) {
    JsonNode own = json.path("mediaType");
    if (!own.isMissingNode() && !mediaType.equals(own.asString(""))) {
      throw invalid("its mediaType is not the Content-Type '" + mediaType + "'");
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
    return new Descriptor(mediaType.asString(), Digest.parse(digest.asString()), size.asLong());
  }

  private static Refusal invalid(String why) {
    return new Refusal(ErrorCode.MANIFEST_INVALID, "the manifest cannot be taken: " + why);
  }
}
