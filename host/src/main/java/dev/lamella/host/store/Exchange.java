package dev.lamella.host.store;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request. The URI may be a secret: it is never in a message.
 *
 * @param longest bytes that are kept of an answer that goes to no sink
 */
record Exchange(
    String method, URI uri, Map<String, String> headers, Optional<Body> body, int longest) {
  /** More than any answer of the API: a function answers 6 MB at most. */
  static final int LONGEST_ANSWER = 8 << 20;

  /** Bytes of an error, and of what S3 says: enough to see what is wrong. */
  static final int LONGEST_ERROR = 64 << 10;

  Exchange {
    headers = Map.copyOf(headers);
  }

  Exchange(String method, URI uri, Map<String, String> headers, Optional<Body> body) {
    this(method, uri, headers, body, LONGEST_ANSWER);
  }

  Exchange with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Exchange(method, uri, more, body, longest);
  }

  static Exchange of(String method, URI uri) {
    return new Exchange(method, uri, Map.of(), Optional.empty());
  }

  /** Without the headers and the URL: they may have secrets. */
  @Override
  public String toString() {
    return method + " of " + uri.getHost();
  }
}
