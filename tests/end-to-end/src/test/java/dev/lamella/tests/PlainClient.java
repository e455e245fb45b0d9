package dev.lamella.tests;

import dev.lamella.core.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Speaks the OCI Distribution API word by word, as a client does that knows nothing of shards. */
final class PlainClient {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final byte[] NOTHING = new byte[0];

  private final URI api;
  private final HttpClient http = HttpClient.newBuilder().followRedirects(Redirect.NEVER).build();
  private final HttpClient following =
      HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();

  PlainClient(URI api) {
    this.api = api;
  }

  /** Opens an upload, and says where it is. */
  URI open(String image) throws IOException {
    HttpResponse<byte[]> answer = call("POST", "/v2/" + image + "/blobs/uploads/", NOTHING);
    require(answer, 202);
    return location(answer);
  }

  HttpResponse<byte[]> patch(URI upload, long start, byte[] chunk) throws IOException {
    return send(
        HttpRequest.newBuilder(upload)
            .header("Content-Range", start + "-" + (start + chunk.length - 1)),
        "PATCH",
        chunk);
  }

  HttpResponse<byte[]> status(URI upload) throws IOException {
    return send(HttpRequest.newBuilder(upload), "GET", NOTHING);
  }

  HttpResponse<byte[]> finish(URI upload, Digest digest, byte[] rest) throws IOException {
    return send(HttpRequest.newBuilder(with(upload, "digest=" + digest)), "PUT", rest);
  }

  /** Finishes, asking again as long as shards are still being written. */
  HttpResponse<byte[]> finishFully(URI upload, Digest digest, byte[] rest) throws IOException {
    HttpResponse<byte[]> answer = finish(upload, digest, rest);
    for (int i = 0; i < 20 && answer.statusCode() == 503; i++) {
      answer = finish(upload, digest, rest);
    }
    return answer;
  }

  /** Sends a layer in chunks of a size. */
  HttpResponse<byte[]> push(String image, byte[] layer, int chunk) throws IOException {
    URI upload = open(image);
    for (int at = 0; at < layer.length; at += chunk) {
      HttpResponse<byte[]> answer =
          patch(upload, at, Arrays.copyOfRange(layer, at, Math.min(layer.length, at + chunk)));
      require(answer, 202);
      upload = location(answer);
    }
    return finishFully(upload, RawHost.sha256(layer), NOTHING);
  }

  /** A blob by whatever redirects lead to it. */
  HttpResponse<byte[]> pull(String image, Digest digest, String... headers) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(blob(image, digest)).timeout(LIMIT);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return exchange(following, request.build());
  }

  HttpResponse<byte[]> head(String image, Digest digest) throws IOException {
    return exchange(
        following, HttpRequest.newBuilder(blob(image, digest)).HEAD().timeout(LIMIT).build());
  }

  HttpResponse<byte[]> call(String method, String path, byte[] body) throws IOException {
    return send(HttpRequest.newBuilder(api.resolve(path)), method, body);
  }

  HttpResponse<byte[]> call(String method, URI uri) throws IOException {
    return send(HttpRequest.newBuilder(uri), method, NOTHING);
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request, String method, byte[] body)
      throws IOException {
    return exchange(
        http,
        request
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
            .timeout(LIMIT)
            .build());
  }

  URI location(HttpResponse<byte[]> answer) throws IOException {
    return api.resolve(
        answer
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException(answer + " has no Location")));
  }

  static void require(HttpResponse<byte[]> answer, int status) throws IOException {
    if (answer.statusCode() != status) {
      throw new IOException(
          answer + ", not " + status + ": " + new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("absent");
  }

  private URI blob(String image, Digest digest) {
    return api.resolve("/v2/" + image + "/blobs/" + digest);
  }

  private static URI with(URI uri, String query) {
    return URI.create(uri + (uri.getQuery() == null ? "?" : "&") + query);
  }

  private static HttpResponse<byte[]> exchange(HttpClient http, HttpRequest request)
      throws IOException {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
