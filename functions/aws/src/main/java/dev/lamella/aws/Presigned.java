package dev.lamella.aws;

import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The SDK's presigned requests as the ports have them. */
final class Presigned {
  private Presigned() {}

  /** A request to read an object. */
  static SignedUrl of(
      S3Presigner presigner, String bucket, String key, Access access, Duration lifetime) {
    return of(
        switch (access) {
          case GET ->
              presigner.presignGetObject(
                  presign ->
                      presign
                          .signatureDuration(lifetime)
                          .getObjectRequest(get -> get.bucket(bucket).key(key)));
          case HEAD ->
              presigner.presignHeadObject(
                  presign ->
                      presign
                          .signatureDuration(lifetime)
                          .headObjectRequest(head -> head.bucket(bucket).key(key)));
        });
  }

  /** All signed headers but {@code host}, which every client sends by itself. */
  static SignedUrl of(PresignedRequest request) {
    Map<String, String> headers = new TreeMap<>();
    request
        .signedHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    headers.remove("host");
    return new SignedUrl(URI.create(request.url().toString()), headers);
  }
}
