package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Assembled layers in a bucket of their own, under {@code layers/<layer>}: a multipart upload whose
 * parts are the shards. S3 copies those that are in its own place; those elsewhere pass through
 * here.
 */
final class S3AssembledLayers implements AssembledLayers {
  private static final String PREFIX = "layers/";

  /** A copy waits for S3, and costs nothing here. */
  private static final int COPIES = 64;

  private final S3Client s3;
  private final S3Presigner presigner;
  private final String bucket;
  private final Map<String, String> near;
  private final ShardStore store;
  private final Duration lifetime;

  /**
   * @param near buckets of the storage servers that are in the same place, by id
   * @param lifetime of the URLs
   */
  S3AssembledLayers(
      S3Client s3,
      S3Presigner presigner,
      String bucket,
      Map<String, String> near,
      ShardStore store,
      Duration lifetime) {
    this.s3 = s3;
    this.presigner = presigner;
    this.bucket = bucket;
    this.near = Map.copyOf(near);
    this.store = store;
    this.lifetime = lifetime;
  }

  @Override
  public boolean has(LayerId layer) {
    try {
      s3.headObject(head -> head.bucket(bucket).key(key(layer)));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    }
  }

  @Override
  public SignedUrl sign(LayerId layer, Access access) {
    return Presigned.of(presigner, bucket, key(layer), access, lifetime);
  }

  @Override
  public void assemble(LayerId layer, List<Shard> shards) {
    String key = key(layer);
    String upload = s3.createMultipartUpload(create -> create.bucket(bucket).key(key)).uploadId();
    boolean isDone = false;
    try {
      List<CompletedPart> parts = Parallel.map(shards, COPIES, shard -> part(key, upload, shard));
      s3.completeMultipartUpload(
          complete ->
              complete
                  .bucket(bucket)
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(all -> all.parts(parts)));
      requireSize(key, shards);
      isDone = true;
    } finally {
      if (!isDone) {
        abort(key, upload);
      }
    }
  }

  private CompletedPart part(String key, String upload, Shard shard) {
    int number = shard.index() + 1;
    Copy copy = shard.requireWhole();
    String etag =
        Optional.ofNullable(near.get(copy.server()))
            .map(source -> copied(key, upload, number, source, copy))
            .orElseGet(() -> sent(key, upload, number, copy, shard.size()));
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  private String copied(String key, String upload, int number, String source, Copy copy) {
    try {
      return s3.uploadPartCopy(
              part ->
                  part.sourceBucket(source)
                      .sourceKey(copy.key())
                      .destinationBucket(bucket)
                      .destinationKey(key)
                      .uploadId(upload)
                      .partNumber(number))
          .copyPartResult()
          .eTag();
    } catch (NoSuchKeyException e) {
      throw new IllegalStateException(
          "storage server " + copy.server() + " has no " + copy.key(), e);
    }
  }

  /** S3 compares what arrives with the checksum that was proven when the shard was written. */
  private String sent(String key, String upload, int number, Copy copy, int size) {
    try (InputStream in = store.read(copy)) {
      return s3.uploadPart(
              put ->
                  put.bucket(bucket)
                      .key(key)
                      .uploadId(upload)
                      .partNumber(number)
                      .checksumCRC32C(copy.checksum().replace("crc32c:", "")),
              RequestBody.fromInputStream(in, size))
          .eTag();
    } catch (IOException e) {
      throw new IllegalStateException("shard " + copy.key() + " could not be read", e);
    }
  }

  private void requireSize(String key, List<Shard> shards) {
    long wanted = shards.getLast().offset() + shards.getLast().size();
    long size = s3.headObject(head -> head.bucket(bucket).key(key)).contentLength();
    if (size != wanted) {
      throw new IllegalStateException(
          "%s was assembled to %d bytes, not to %d".formatted(key, size, wanted));
    }
  }

  /** What this does not reach, the bucket's lifecycle rule ends. */
  private void abort(String key, String upload) {
    s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(upload));
  }

  @Override
  public Page<AssembledObject> list(Optional<String> cursor, int limit) {
    ListObjectsV2Response answer =
        s3.listObjectsV2(
            list ->
                list.bucket(bucket).prefix(PREFIX).startAfter(cursor.orElse(null)).maxKeys(limit));
    List<S3Object> found = answer.contents();
    boolean isLast = found.isEmpty() || !Boolean.TRUE.equals(answer.isTruncated());
    return new Page<>(
        found.stream().flatMap(object -> kept(object).stream()).toList(),
        isLast ? Optional.empty() : Optional.of(found.getLast().key()));
  }

  private static Optional<AssembledObject> kept(S3Object object) {
    try {
      LayerId layer = new LayerId(object.key().substring(PREFIX.length()));
      return Optional.of(new AssembledObject(layer, object.size()));
    } catch (Refusal e) {
      return Optional.empty(); // No layer is called so.
    }
  }

  @Override
  public void remove(LayerId layer) {
    s3.deleteObject(delete -> delete.bucket(bucket).key(key(layer)));
  }

  private static String key(LayerId layer) {
    return PREFIX + layer;
  }
}
