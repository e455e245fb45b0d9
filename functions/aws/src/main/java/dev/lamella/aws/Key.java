package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Where an item is in the table. */
record Key(String partition, String sort) {
  static final String TAGS = "TAG#";
  static final String PARTS = "PART#";
  static final String STATES = "STATE#";

  /** Before all that the grammars of names, tags and digests allow. */
  static final String FIRST = " ";

  /** After all that those grammars allow. */
  static final String LAST = "~";

  static Key layer(Digest digest) {
    return new Key("LAYER#" + digest, "LAYER");
  }

  static Key link(RepositoryName image, Digest digest) {
    return new Key(partition(image), "LAYER#" + digest);
  }

  static Key shard(LayerId layer, int index) {
    return new Key("SHARDS#" + layer, "SHARD#%08d".formatted(index));
  }

  static Key assembly(LayerId layer) {
    return new Key("SHARDS#" + layer, "ASSEMBLY");
  }

  static Key upload(LayerId id) {
    return new Key("UPLOAD#" + id, "UPLOAD");
  }

  static Key part(LayerId upload, int index) {
    return new Key("UPLOAD#" + upload, PARTS + "%08d".formatted(index));
  }

  static Key piece(LayerId upload, long offset) {
    return new Key("UPLOAD#" + upload, "PIECE#%013d".formatted(offset));
  }

  static Key state(LayerId upload, int index) {
    return new Key("UPLOAD#" + upload, STATES + "%08d".formatted(index));
  }

  static Key image(RepositoryName image) {
    return new Key(partition(image), "IMAGE");
  }

  static Key manifest(RepositoryName image, Digest digest) {
    return new Key(partition(image), "MANIFEST#" + digest);
  }

  static Key pending(RepositoryName image, Digest manifest) {
    return new Key(partition(image), "PENDING#" + manifest);
  }

  static Key tag(RepositoryName image, Tag tag) {
    return new Key(partition(image), TAGS + tag);
  }

  static Key referrer(RepositoryName image, Digest subject, Digest manifest) {
    return new Key(partition(image), "REFERRER#" + subject + "#" + manifest);
  }

  Map<String, AttributeValue> attributes() {
    return Map.of("PK", Item.value(partition), "SK", Item.value(sort));
  }

  private static String partition(RepositoryName image) {
    return "IMAGE#" + image;
  }
}
