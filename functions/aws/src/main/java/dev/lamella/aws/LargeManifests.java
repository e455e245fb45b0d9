package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The bytes of manifests that are too large for an item of the table, in S3. Each object is named
 * anew, so that removing a manifest can never hit the same one that somebody pushes meanwhile.
 */
final class LargeManifests {
  private final S3Client s3;
  private final String bucket;

  LargeManifests(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /** A key that no object has had. */
  static String name(RepositoryName image, Digest digest) {
    return "manifests/%s/%s-%s-%s"
        .formatted(image, digest.algorithm().prefix(), digest.hex(), LayerId.random());
  }

  void put(String object, byte[] bytes) {
    s3.putObject(put -> put.bucket(bucket).key(object), RequestBody.fromBytes(bytes));
  }

  Optional<byte[]> find(String object) {
    try {
      return Optional.of(
          s3.getObjectAsBytes(get -> get.bucket(bucket).key(object)).asByteArrayUnsafe());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  void delete(String object) {
    s3.deleteObject(delete -> delete.bucket(bucket).key(object));
  }
}
