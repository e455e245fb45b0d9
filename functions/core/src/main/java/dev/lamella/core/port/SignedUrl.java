package dev.lamella.core.port;

import java.net.URI;
import java.util.Map;

/**
 * A URL that grants one request until it expires: a secret, never to be logged.
 *
 * @param headers what must be sent with it, exactly
 */
public record SignedUrl(URI uri, Map<String, String> headers) {

  /** What a URL grants to read. */
  public enum Access {
    /** The object, or a range of it. */
    GET,
    /** Its size alone. */
    HEAD
  }

  public SignedUrl {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "SignedUrl[" + uri.getScheme() + "://" + uri.getAuthority() + uri.getPath() + "]";
  }
}
