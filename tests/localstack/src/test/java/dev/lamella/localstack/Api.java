package dev.lamella.localstack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/**
 * A store's API, word by word.
 *
 * @param token of who calls it, if anybody
 */
record Api(URI store, Optional<String> token) {
  static Api of(URI store) {
    return new Api(store, Optional.empty());
  }

  static Api of(URI store, String token) {
    return new Api(store, Optional.of(token));
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return call("GET", path, new byte[0]);
  }

  HttpResponse<byte[]> call(String method, String path, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(store + path))
            .method(method, BodyPublishers.ofByteArray(body));
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return store.toString();
  }
}
