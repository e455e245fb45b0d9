package dev.lamella.localstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Who signs in at a store.
 *
 * @param secret its password
 */
record Account(URI store, String name, String secret) {
  /** A host that is signed in so, for as long as it likes. */
  Host host(Path cache) {
    return host(store, cache);
  }

  /** The same at another front of the store. */
  Host host(URI front, Path cache) {
    return new Host(front, cache, Map.of("LAMELLA_ACCOUNT", name, "LAMELLA_SECRET", secret));
  }

  /**
   * @throws AssertionError where it does not get one
   */
  String token(String... scopes) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = tryToken(scopes);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + ": " + new String(answer.body(), UTF_8));
    }
    return Json.tree(answer.body()).path("token").asString();
  }

  HttpResponse<byte[]> tryToken(String... scopes) throws IOException, InterruptedException {
    String query =
        Arrays.stream(scopes)
            .map(scope -> "&scope=" + URLEncoder.encode(scope, UTF_8))
            .collect(Collectors.joining());
    String basic = Base64.getEncoder().encodeToString((name + ":" + secret).getBytes(UTF_8));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(store + "/token?service=lamella" + query))
              .header("Authorization", "Basic " + basic)
              .build(),
          BodyHandlers.ofByteArray());
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return name;
  }
}
