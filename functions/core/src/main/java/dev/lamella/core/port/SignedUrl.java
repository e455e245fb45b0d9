package dev.lamella.core.port;

import java.net.URI;
import java.util.Map;

/**
 * A URL that grants one request until it expires: a secret, never to be logged.
 *
 * @param headers what must be sent with it, exactly
 */
public record SignedUrl(URI uri, Map<String, String> headers) {
  public SignedUrl {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "SignedUrl[" + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath() + "]";
  }
}
