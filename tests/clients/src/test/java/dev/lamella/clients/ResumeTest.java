package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A client that dies in the middle of a chunk, and another that asks how far it came. */
class ResumeTest extends StackTest {
  private static final int CHUNK = 1_500_000;

  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build();

  @AfterAll
  void close() {
    client.close();
  }

  @Test
  void upload_ofAClientThatDied_goesOnFromItsStatus() throws Exception {
    byte[] layer = new byte[5 * CHUNK + 17];
    new Random(6).nextBytes(layer);
    Digest digest = Digest.of(Algorithm.SHA256, layer);

    HttpResponse<byte[]> begun =
        send(
            HttpRequest.newBuilder(at("/v2/resume/app/blobs/uploads/"))
                .POST(BodyPublishers.noBody()));
    assertThat(begun.statusCode()).isEqualTo(202);
    URI upload = location(begun);
    HttpResponse<byte[]> first = patch(upload, layer, 0, CHUNK);
    assertThat(first.statusCode()).isEqualTo(202);
    dieInTheMiddle(location(first), layer, CHUNK, 2 * CHUNK);

    HttpResponse<byte[]> status = send(HttpRequest.newBuilder(upload).GET());
    assertThat(status.statusCode()).isEqualTo(204);
    assertThat(status.headers().firstValue("Range")).contains("0-" + (CHUNK - 1));
    URI place = location(status);
    // What is there already is not taken twice, and says where to go on.
    assertThat(patch(place, layer, 0, CHUNK).statusCode()).isEqualTo(416);
    for (int from = CHUNK; from < layer.length; from += CHUNK) {
      HttpResponse<byte[]> chunk = patch(place, layer, from, Math.min(layer.length, from + CHUNK));
      assertThat(chunk.statusCode()).isEqualTo(202);
      place = location(chunk);
    }
    String query = (place.getRawQuery() == null ? "?" : "&") + "digest=" + digest;
    HttpResponse<byte[]> ended =
        send(HttpRequest.newBuilder(URI.create(place + query)).PUT(BodyPublishers.noBody()));
    assertThat(ended.statusCode())
        .as(new String(ended.body(), StandardCharsets.UTF_8))
        .isEqualTo(201);

    HttpResponse<byte[]> blob =
        send(HttpRequest.newBuilder(at("/v2/resume/app/blobs/" + digest)).GET());
    assertThat(blob.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(blob.body(), layer)).isTrue();
  }

  /** Half of the chunk that it announced, and then nothing more. */
  private void dieInTheMiddle(URI upload, byte[] layer, int from, int to) throws IOException {
    try (Socket socket = new Socket(upload.getHost(), upload.getPort());
        OutputStream out = socket.getOutputStream()) {
      String query = upload.getRawQuery() == null ? "" : "?" + upload.getRawQuery();
      out.write(
          """
          PATCH %s HTTP/1.1\r
          Host: %s\r
          Content-Type: application/octet-stream\r
          Content-Range: %d-%d\r
          Content-Length: %d\r
          \r
          """
              .formatted(
                  upload.getRawPath() + query, upload.getAuthority(), from, to - 1, to - from)
              .getBytes(StandardCharsets.US_ASCII));
      out.write(layer, from, (to - from) / 2);
    }
  }

  private HttpResponse<byte[]> patch(URI upload, byte[] layer, int from, int to)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(upload)
            .header("Content-Type", "application/octet-stream")
            .header("Content-Range", from + "-" + (to - 1))
            .method("PATCH", BodyPublishers.ofByteArray(layer, from, to - from)));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private URI at(String path) {
    return URI.create(endpoint() + path);
  }

  private URI location(HttpResponse<?> response) {
    return endpoint().resolve(response.headers().firstValue("Location").orElseThrow());
  }
}
