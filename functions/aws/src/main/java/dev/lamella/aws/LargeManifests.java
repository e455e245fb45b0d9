package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The bytes of manifests that are too large for an item of the table, in S3. */
final class LargeManifests {
  private final S3Client s3;
  private final String bucket;

  LargeManifests(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /** Twice is as once: a key has always the same bytes, since it holds their digest. */
  void put(RepositoryName image, Digest digest, byte[] bytes) {
    s3.putObject(put -> put.bucket(bucket).key(key(image, digest)), RequestBody.fromBytes(bytes));
  }

  byte[] get(RepositoryName image, Digest digest) {
    return s3.getObjectAsBytes(get -> get.bucket(bucket).key(key(image, digest)))
        .asByteArrayUnsafe();
  }

  private static String key(RepositoryName image, Digest digest) {
    return "manifests/" + image + "/" + digest.algorithm().prefix() + "-" + digest.hex();
  }
}
