package dev.lamella.aws;

import dev.lamella.core.Counted;
import dev.lamella.core.Unavailable;
import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Removes objects from S3, up to 1,000 by one request. */
final class S3Deletion {
  private S3Deletion() {}

  /** All objects whose keys begin so. Idempotent. */
  static void ofPrefix(S3Client s3, String bucket, String prefix) {
    s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).stream()
        .map(page -> page.contents().stream().map(S3Object::key).toList())
        .filter(keys -> !keys.isEmpty())
        .forEach(keys -> ofKeys(s3, bucket, keys));
  }

  /**
   * @param keys at most 1,000
   */
  static void ofKeys(S3Client s3, String bucket, List<String> keys) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    var answer =
        s3.deleteObjects(
            delete ->
                delete
                    .bucket(bucket)
                    .delete(Delete.builder().objects(objects).quiet(true).build()));
    if (answer.hasErrors() && !answer.errors().isEmpty()) {
      throw new Unavailable(
          "S3",
          new IOException(
              "%s of bucket %s could not be removed: %s"
                  .formatted(
                      Counted.of(answer.errors().size(), keys.size(), "object"),
                      bucket,
                      answer.errors().getFirst().code())));
    }
  }
}
