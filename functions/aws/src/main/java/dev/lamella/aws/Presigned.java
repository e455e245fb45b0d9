package dev.lamella.aws;

import dev.lamella.core.port.SignedUrl;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;

/** The SDK's presigned requests as the ports have them. */
final class Presigned {
  private Presigned() {}

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
