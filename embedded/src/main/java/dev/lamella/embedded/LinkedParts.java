package dev.lamella.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.AbstractNio2BlobStore;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;

/**
 * Makes a whole object the part of another one by a link to its file, as S3 copies parts without
 * anybody's processor: s3proxy itself would read, hash and write all bytes. It never changes a file
 * but puts another in its place, so what is linked stays as it was.
 */
final class LinkedParts extends ForwardingBlobStore {
  /** What the ETag of an object is that was put in one request; a part must have such a one. */
  private static final Pattern MD5 = Pattern.compile("\"?[0-9a-f]{32}\"?");

  private final Path directory;

  /** The entity tag of what alone the request of a thread may remove. */
  private final ThreadLocal<String> removable = new ThreadLocal<>();

  private final ReentrantLock removing = new ReentrantLock();

  /**
   * @param directory of the buckets
   */
  LinkedParts(BlobStore files, Path directory) {
    super(files);
    this.directory = directory;
  }

  Optional<ObjectHead> head(String bucket, String key) {
    return Optional.ofNullable(delegate().blobMetadataIfPresent(bucket, key))
        .map(
            object -> new ObjectHead(object.eTag(), object.lastModified(), object.contentLength()));
  }

  ThreadLocal<String> removable() {
    return removable;
  }

  /**
   * One at a time looks and removes. That is enough where nothing else replaces the object, as
   * where all put it with {@code If-None-Match: *}.
   */
  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    String tag = removable.get();
    if (tag == null) {
      return super.removeBlob(request);
    }
    removing.lock();
    try {
      return head(request.bucket(), request.key())
          .filter(object -> tag.equals("*") || bare(tag).equals(bare(object.etag())))
          .map(_ -> super.removeBlob(request))
          .orElseGet(() -> DeleteObjectResponse.builder().build());
    } finally {
      removing.unlock();
    }
  }

  private static String bare(String tag) {
    return tag.replace("\"", "");
  }

  @Override
  public boolean supportsCopyMultipartPart() {
    return true;
  }

  /**
   * @throws UnsupportedOperationException where s3proxy has to copy the bytes after all
   */
  @Override
  public UploadPartCopyResponse copyMultipartPart(
      MultipartUpload upload, UploadPartCopyRequest request) {
    HeadObjectResponse source =
        delegate().blobMetadata(request.sourceBucket(), request.sourceKey());
    if (!isPlain(request) || !MD5.matcher(source.eTag()).matches()) {
      throw new UnsupportedOperationException("not a plain copy of a plain object");
    }
    String name =
        AbstractNio2BlobStore.multipartPartName(
            upload.id(), upload.blobName(), request.partNumber());
    Path part = directory.resolve(upload.containerName()).resolve(name);
    try {
      Files.createDirectories(part.getParent());
      Files.deleteIfExists(part);
      Files.createLink(
          part, directory.resolve(request.sourceBucket()).resolve(request.sourceKey()));
    } catch (FileAlreadyExistsException e) {
      throw new UnsupportedOperationException("another copies to the same part", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return UploadPartCopyResponse.builder()
        .copyPartResult(result -> result.eTag(source.eTag()).lastModified(source.lastModified()))
        .build();
  }

  private static boolean isPlain(UploadPartCopyRequest request) {
    return request.copySourceRange() == null
        && request.copySourceIfMatch() == null
        && request.copySourceIfNoneMatch() == null
        && request.copySourceIfModifiedSince() == null
        && request.copySourceIfUnmodifiedSince() == null
        && request.sourceVersionId() == null;
  }
}
