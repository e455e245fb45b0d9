package dev.lamella.core.manifest;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a manifest or index names, without changing a byte of it (OCI Image Specification 1.1,
 * Docker schema 2). Takes only what clients can decode: a field of another type than theirs, or
 * under a name that they read as another, is refused.
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

  private static final String CONFIG = "config";
  private static final String LAYERS = "layers";
  private static final String CHILDREN = "manifests";

  private ManifestReader() {}

  /**
   * @param mediaType as the client sent it in {@code Content-Type}; case and parameters are passed
   *     over
   * @throws Refusal {@code TOO_LARGE} over {@link #LARGEST}; {@code MANIFEST_INVALID}, or {@code
   *     DIGEST_INVALID} and {@code SIZE_INVALID} for a descriptor's
   */
  public static Manifest read(Digest digest, String mediaType, byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw new Refusal(
          ErrorCode.TOO_LARGE,
          "the manifest has " + bytes.length + " bytes, over the limit of " + LARGEST);
    }
    String type = MediaTypes.plain(mediaType);
    boolean isIndex = INDEXES.contains(type);
    if (!isIndex && !MANIFESTS.contains(type)) {
      throw Fields.invalid(
          "its media type "
              + quoted(mediaType)
              + " is not that of an OCI or Docker manifest or index");
    }
    JsonNode json = ManifestJson.parse(bytes);
    requireMediaType(json, mediaType);
    requireAbsent(json, isIndex ? List.of(CONFIG, LAYERS) : List.of(CHILDREN));
    List<Descriptor> blobs = new ArrayList<>();
    List<Descriptor> external = new ArrayList<>();
    List<Descriptor> manifests = new ArrayList<>();
    if (!isIndex) {
      blobs.add(DescriptorReader.read(json.path(CONFIG), CONFIG));
    }
    for (Descriptor named : descriptors(json, isIndex ? CHILDREN : LAYERS)) {
      if (isIndex && isManifest(named)) {
        manifests.add(named);
      } else { // Build caches are indexes that name layers.
        (MediaTypes.isExternal(named.mediaType()) ? external : blobs).add(named);
      }
    }
    Optional<Descriptor> subject =
        json.hasNonNull("subject")
            ? Optional.of(DescriptorReader.read(json.path("subject"), "subject"))
            : Optional.empty();
    Optional<String> artifactType =
        Fields.text(json, "artifactType", "")
            .filter(text -> !text.isEmpty())
            .map(text -> Fields.requireType(text, "artifactType"));
    if (!isIndex) {
      artifactType = artifactType.or(() -> Optional.of(blobs.getFirst().mediaType()));
    }
    Map<String, String> annotations = Fields.annotations(json, "");
    return new Manifest(
        digest, type, bytes, blobs, external, manifests, subject, artifactType, annotations);
  }

  private static boolean isManifest(Descriptor child) {
    String type = MediaTypes.plain(child.mediaType());
    return MANIFESTS.contains(type) || INDEXES.contains(type);
  }

  private static void requireMediaType(JsonNode json, String mediaType) {
    Optional<String> own = Fields.text(json, "mediaType", "");
    if (own.isPresent() && !MediaTypes.plain(own.get()).equals(MediaTypes.plain(mediaType))) {
      throw Fields.invalid("its mediaType is not the Content-Type " + quoted(mediaType));
    }
  }

  /** What is an index to one client and a manifest to another is pulled as two things. */
  private static void requireAbsent(JsonNode json, List<String> fields) {
    for (String field : fields) {
      if (json.hasNonNull(field)) {
        throw Fields.invalid("its field '" + field + "' is not one of its media type");
      }
    }
  }

  private static List<Descriptor> descriptors(JsonNode json, String field) {
    JsonNode list = json.path(field);
    if (!list.isArray()) {
      throw Fields.invalid("it has no list '" + field + "'");
    }
    List<Descriptor> descriptors = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      descriptors.add(DescriptorReader.read(list.get(i), field + "[" + i + "]"));
    }
    return descriptors;
  }
}
