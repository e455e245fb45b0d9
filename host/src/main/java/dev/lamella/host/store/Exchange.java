package dev.lamella.host.store;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** One request. The URI may be a secret: it is never in a message. */
record Exchange(String method, URI uri, Map<String, String> headers, Optional<Body> body) {
  Exchange {
    headers = Map.copyOf(headers);
  }

  static Exchange of(String method, URI uri) {
    return new Exchange(method, uri, Map.of(), Optional.empty());
  }
}
