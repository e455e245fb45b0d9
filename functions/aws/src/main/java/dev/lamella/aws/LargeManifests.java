package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.Page;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The bytes of manifests that are too large for an item of the table, in S3. Each object is named
 * anew, so that removing a manifest can never hit the same one that somebody pushes meanwhile.
 */
final class LargeManifests {
  private static final String PREFIX = "manifests/";

  private final S3Client s3;
  private final String bucket;

  LargeManifests(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /**
   * Where the bytes of a manifest are.
   *
   * @param put an id that no other put has
   */
  record Name(RepositoryName image, Digest digest, LayerId put) {
    private static final Pattern NAME =
        Pattern.compile(PREFIX + "(.+)/(sha\\d+)-([0-9a-f]+)-([0-9a-f]{32})");

    @Override
    public String toString() {
      return "%s%s/%s-%s-%s"
          .formatted(PREFIX, image, digest.algorithm().prefix(), digest.hex(), put);
    }

    /** Empty for a key that no object of this store has. */
    static Optional<Name> of(String key) {
      Matcher name = NAME.matcher(key);
      try {
        return name.matches()
            ? Optional.of(
                new Name(
                    new RepositoryName(name.group(1)),
                    Digest.parse(name.group(2) + ":" + name.group(3)),
                    new LayerId(name.group(4))))
            : Optional.empty();
      } catch (Refusal e) {
        return Optional.empty(); // It only looks like one.
      }
    }
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

  /**
   * A page of the objects that were put before some time, in order of key.
   *
   * @param after a key; empty for the beginning
   * @param limit objects to look at
   */
  Page<S3Object> list(Instant before, String after, int limit) {
    var answer =
        s3.listObjectsV2(
            list -> list.bucket(bucket).prefix(PREFIX).startAfter(after).maxKeys(limit));
    List<S3Object> found = answer.contents();
    return new Page<>(
        found.stream().filter(object -> object.lastModified().isBefore(before)).toList(),
        Boolean.TRUE.equals(answer.isTruncated()) && !found.isEmpty()
            ? Optional.of(found.getLast().key())
            : Optional.empty());
  }
}
