package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Staged parts in an S3 bucket, under {@code uploads/<upload>/<index>}. */
public final class S3Staging implements Staging {
  private static final int NOT_FOUND = 404;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client s3;
  private final S3Presigner presigner;
  private final String bucket;
  private final Duration lifetime;

  /**
   * @param lifetime of the URLs
   */
  S3Staging(S3Client s3, S3Presigner presigner, String bucket, Duration lifetime) {
    this.s3 = s3;
    this.presigner = presigner;
    this.bucket = bucket;
    this.lifetime = lifetime;
  }

  /** The length is signed, so that S3 takes no other. */
  @Override
  public SignedUrl signPut(LayerId upload, int index, int length) {
    return Presigned.of(
        presigner.presignPutObject(
            presign ->
                presign
                    .signatureDuration(lifetime)
                    .putObjectRequest(
                        put ->
                            put.bucket(bucket)
                                .key(key(upload, index))
                                .contentLength((long) length))));
  }

  @Override
  public Map<Integer, Long> staged(LayerId upload) {
    String prefix = prefix(upload);
    Map<Integer, Long> staged = new TreeMap<>();
    s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .filter(part -> isIndex(part.key().substring(prefix.length())))
        .forEach(
            part ->
                staged.put(Integer.valueOf(part.key().substring(prefix.length())), part.size()));
    return staged;
  }

  /** Servers other than AWS's may list what is still arriving, under names of their own. */
  private static boolean isIndex(String name) {
    return name.matches("[0-9]{1,9}");
  }

  @Override
  public OptionalLong length(LayerId upload, int index) {
    try {
      return OptionalLong.of(
          s3.headObject(head -> head.bucket(bucket).key(key(upload, index))).contentLength());
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  @Override
  public InputStream read(LayerId upload, int index, long offset, int length) throws PartMissing {
    ResponseInputStream<GetObjectResponse> part;
    try {
      part =
          s3.getObject(
              get ->
                  get.bucket(bucket)
                      .key(key(upload, index))
                      .range("bytes=" + offset + "-" + (offset + length - 1)));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND || e.statusCode() == RANGE_NOT_SATISFIABLE) {
        throw missing(upload, index, offset, length);
      }
      throw e;
    }
    if (part.response().contentLength() != length) {
      part.abort();
      throw missing(upload, index, offset, length);
    }
    return part;
  }

  @Override
  public void remove(LayerId upload) {
    s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix(upload))).stream()
        .map(
            page ->
                page.contents().stream()
                    .map(part -> ObjectIdentifier.builder().key(part.key()).build())
                    .toList())
        .filter(parts -> !parts.isEmpty())
        .forEach(this::remove);
  }

  private void remove(List<ObjectIdentifier> parts) {
    var answer =
        s3.deleteObjects(
            delete ->
                delete.bucket(bucket).delete(Delete.builder().objects(parts).quiet(true).build()));
    if (answer.hasErrors() && !answer.errors().isEmpty()) {
      throw new Unavailable(
          "staging",
          new IOException(
              answer.errors().size()
                  + " staged parts could not be removed: "
                  + answer.errors().getFirst().code()));
    }
  }

  private static PartMissing missing(LayerId upload, int index, long offset, int length) {
    return new PartMissing(
        "part %d of upload %s has not the %d bytes from %d on"
            .formatted(index, upload, length, offset));
  }

  private static String key(LayerId upload, int index) {
    return prefix(upload) + index;
  }

  private static String prefix(LayerId upload) {
    return "uploads/" + upload + "/";
  }
}
