package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.report.ReportId;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Where an item is in the table. */
record Key(String partition, String sort) {
  static final String TAGS = "TAG#";
  static final String PARTS = "PART#";
  static final String SHARDS = "SHARDS#";
  static final String LINKS = "LAYER#";
  static final String WORKS = "WORK#";
  static final String FINDINGS = "FINDING#";
  static final String EDGES = "NAMED#";
  private static final String LAYERS = "LAYER#";
  private static final String UPLOADS = "UPLOAD#";
  static final String IMAGES = "IMAGE#";
  static final String IMAGE = "IMAGE";
  static final String MANIFESTS = "MANIFEST#";
  static final String STATES = "STATE#";
  static final String EXPECTED = "EXPECTED#";

  /** Before all that the grammars of names, tags and digests allow. */
  static final String FIRST = " ";

  /** After all that those grammars allow. */
  static final String LAST = "~";

  static Key layer(Digest digest) {
    return new Key(LAYERS + digest, "LAYER");
  }

  static Key link(RepositoryName image, Digest digest) {
    return new Key(partition(image), LINKS + digest);
  }

  static Key shard(LayerId layer, int index) {
    return new Key(SHARDS + layer, "SHARD#%08d".formatted(index));
  }

  static Key assembly(LayerId layer) {
    return new Key("ASSEMBLY#" + layer, "ASSEMBLY");
  }

  static Key upload(LayerId id) {
    return new Key(UPLOADS + id, "UPLOAD");
  }

  /** What an account has open. */
  static Key open(String account) {
    return new Key("OPEN#" + account, "OPEN");
  }

  static Key expected(RepositoryName image, LayerId upload) {
    return new Key(partition(image), EXPECTED + upload);
  }

  static Key part(LayerId upload, int index) {
    return new Key(UPLOADS + upload, PARTS + "%08d".formatted(index));
  }

  static Key piece(LayerId upload, long offset) {
    return new Key("UPLOAD#" + upload, "PIECE#%013d".formatted(offset));
  }

  static Key state(LayerId upload, int index) {
    return new Key("UPLOAD#" + upload, STATES + "%08d".formatted(index));
  }

  static Key image(RepositoryName image) {
    return new Key(partition(image), IMAGE);
  }

  static Key manifest(RepositoryName image, Digest digest) {
    return new Key(partition(image), MANIFESTS + digest);
  }

  static Key tag(RepositoryName image, Tag tag) {
    return new Key(partition(image), TAGS + tag);
  }

  static Key referrer(RepositoryName image, Digest subject, Digest manifest) {
    return new Key(partition(image), referrers(subject) + manifest);
  }

  /** What the sort keys of all referrers of a manifest begin with. */
  static String referrers(Digest subject) {
    return "REFERRER#" + subject + "#";
  }

  /** There for as long as the tag points to the manifest. */
  static Key tagged(RepositoryName image, Digest manifest, Tag tag) {
    return new Key(partition(image), tagged(manifest) + tag);
  }

  /** What the sort keys of all {@link #tagged} of a manifest begin with. */
  static String tagged(Digest manifest) {
    return "TAGGED#" + manifest + "#";
  }

  /** A manifest of the image names the layer, by a put. */
  static Key edge(Digest layer, RepositoryName image, Digest by, LayerId put) {
    return new Key(LAYERS + layer, EDGES + image + "#" + by + "#" + put);
  }

  /** An index of the image names the manifest, by a put. */
  static Key edge(RepositoryName image, Digest manifest, Digest by, LayerId put) {
    return new Key(partition(image), EDGES + manifest + "#" + by + "#" + put);
  }

  /** The manifest that names what an edge leads to. */
  static Key sourceOfEdge(Item edge) {
    String partition = edge.text("PK");
    String[] parts = edge.text("SK").split("#", -1);
    return new Key(
        partition.startsWith(IMAGES) ? partition : IMAGES + parts[1], MANIFESTS + parts[2]);
  }

  static Key report(ReportId id) {
    return new Key("REPORT#" + id, "REPORT");
  }

  static Key work(ReportId id, Digest digest) {
    return new Key(report(id).partition, WORKS + digest);
  }

  static Key finding(ReportId id, Digest digest, int index, String server) {
    return new Key(report(id).partition, FINDINGS + digest + "#%08d#%s".formatted(index, server));
  }

  static Key of(Item item) {
    return new Key(item.text("PK"), item.text("SK"));
  }

  /** The digest of the layer that an item is of. */
  static Digest digestOfLayer(Item item) {
    return Digest.parse(item.text("PK").substring(LAYERS.length()));
  }

  /** The image that an item is of. */
  static RepositoryName imageOf(Item item) {
    return new RepositoryName(item.text("PK").substring(IMAGES.length()));
  }

  /** The digest of the manifest that an item is of. */
  static Digest digestOfManifest(Item item) {
    return Digest.parse(item.text("SK").substring(MANIFESTS.length()));
  }

  /** The id of the upload that an item is of. */
  static LayerId idOfUpload(Item item) {
    return new LayerId(item.text("PK").substring(UPLOADS.length()));
  }

  Map<String, AttributeValue> attributes() {
    return Map.of("PK", Item.value(partition), "SK", Item.value(sort));
  }

  private static String partition(RepositoryName image) {
    return IMAGES + image;
  }
}
