package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
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
                                .key(key(upload, StagedPart.ofShard(index)))
                                .contentLength((long) length))));
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
    s3.putObject(
        put -> put.bucket(bucket).key(key(upload, part)),
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(bytes, offset, length),
            length,
            "application/octet-stream"));
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
  public OptionalLong length(LayerId upload, StagedPart part) {
    String key = key(upload, part);
    return s3.listObjectsV2(list -> list.bucket(bucket).prefix(key)).contents().stream()
        .filter(found -> found.key().equals(key))
        .mapToLong(S3Object::size)
        .findFirst();
  }

  @Override
  public InputStream read(LayerId upload, StagedPart part, long offset, int length)
      throws PartMissing {
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
    return stream;
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
