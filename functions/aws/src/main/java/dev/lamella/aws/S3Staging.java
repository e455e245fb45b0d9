package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Staged parts in an S3 bucket, under {@code uploads/<upload>/<index>}. */
public final class S3Staging implements Staging {
  /** Write nothing where an object of that name is. */
  private static final String IF_ABSENT = "*";

  private static final int NOT_FOUND = 404;

  /** Another request for the same key is not over yet: to be tried again. */
  private static final int CONFLICT = 409;

  /** The condition does not hold: something is there, or something else than was named. */
  private static final int PRECONDITION_FAILED = 412;

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

  /** Length and condition are signed, so that S3 takes no other length, and no second PUT. */
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
                                .key(key(upload, StagedPart.ofShard(index)))
                                .contentLength((long) length)
                                .ifNoneMatch(IF_ABSENT))));
  }

  @Override
  public SignedUrl signPutWhole(LayerId upload) {
    return Presigned.of(
        presigner.presignPutObject(
            presign ->
                presign
                    .signatureDuration(lifetime)
                    .putObjectRequest(
                        put -> put.bucket(bucket).key(key(upload, StagedPart.WHOLE)))));
  }

  @Override
  public void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length) {
    try {
      s3.putObject(
          put -> put.bucket(bucket).key(key(upload, part)).ifNoneMatch(IF_ABSENT),
          RequestBody.fromContentProvider(
              () -> new ByteArrayInputStream(bytes, offset, length),
              length,
              "application/octet-stream"));
    } catch (S3Exception e) {
      // Its name is of this call alone: it is there by a try whose answer was lost.
      requireIn(e, PRECONDITION_FAILED);
    }
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

  /** By the list of parts: who only slices has no permission to look at one. */
  @Override
  public Optional<Found> find(LayerId upload, StagedPart part) {
    String key = key(upload, part);
    return s3.listObjectsV2(list -> list.bucket(bucket).prefix(key)).contents().stream()
        .filter(found -> found.key().equals(key))
        .map(found -> new Found(found.size(), found.eTag()))
        .findFirst();
  }

  @Override
  public Reading read(LayerId upload, StagedPart part, long offset, int length) throws PartMissing {
    ResponseInputStream<GetObjectResponse> stream;
    try {
      stream =
          s3.getObject(
              get ->
                  get.bucket(bucket)
                      .key(key(upload, part))
                      .range("bytes=" + offset + "-" + (offset + length - 1)));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND || e.statusCode() == RANGE_NOT_SATISFIABLE) {
        throw missing(upload, part, offset, length);
      }
      throw e;
    }
    if (stream.response().contentLength() != length) {
      stream.abort();
      throw missing(upload, part, offset, length);
    }
    return new Reading(stream, stream.response().eTag());
  }

  @Override
  public void remove(LayerId upload, StagedPart part, String tag) {
    try {
      s3.deleteObject(delete -> delete.bucket(bucket).key(key(upload, part)).ifMatch(tag));
    } catch (S3Exception e) {
      // It is gone, by another call or a try whose answer was lost; or another is in its place.
      requireIn(e, PRECONDITION_FAILED, NOT_FOUND);
    }
  }

  private static void requireIn(S3Exception answer, Integer... expected) {
    if (answer.statusCode() == CONFLICT) {
      throw new Unavailable("staging", answer);
    }
    if (!List.of(expected).contains(answer.statusCode())) {
      throw answer;
    }
  }

  @Override
  public void remove(LayerId upload) {
    S3Deletion.ofPrefix(s3, bucket, prefix(upload));
  }

  private static PartMissing missing(LayerId upload, StagedPart part, long offset, int length) {
    return new PartMissing(
        "%s of upload %s has not the %d bytes from %d on".formatted(part, upload, length, offset));
  }

  private static String key(LayerId upload, StagedPart part) {
    return prefix(upload) + part.name();
  }

  private static String prefix(LayerId upload) {
    return "uploads/" + upload + "/";
  }
}
