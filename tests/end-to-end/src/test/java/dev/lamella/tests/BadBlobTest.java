package dev.lamella.tests;

import static dev.lamella.tests.PlainClient.header;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs and their uploads: whatever comes, the answer is the specification's error. */
class BadBlobTest extends StackTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String ID = "0123456789abcdef0123456789abcdef";

  /** More than the API takes in a request. */
  private static final int TOO_LARGE = 5_000_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /v2/a/blobs/DIGEST                                    | 404 | BLOB_UNKNOWN",
        "HEAD | /v2/a/blobs/DIGEST                                   | 404 | -",
        "GET | /v2/a/blobs/sha256%3AabABab                           | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e      | 400 | DIGEST_INVALID",
        "HEAD | /v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e     | 400 | -",
        "GET | /v2/a/blobs/sha512:ab                                 | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/sha256:                                   | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/%F0%9F%90%B3                              | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/%01                                       | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/%00                                       | 400 | REQUEST_INVALID",
        "GET | /v2/a/blobs/                                          | 404 | ROUTE_UNKNOWN",
        "GET | /v2/a%2Fb/blobs/DIGEST                                | 404 | BLOB_UNKNOWN",
        "GET | /v2/a%2F..%2Fb/blobs/DIGEST                           | 400 | NAME_INVALID",
        "GET | /v2/a%2F%2Fb/blobs/DIGEST                             | 400 | NAME_INVALID",
        "GET | /v2/a/blobs/%2FDIGEST                                 | 404 | ROUTE_UNKNOWN",
        "GET | /v2/A/blobs/DIGEST                                    | 400 | NAME_INVALID",
        "GET | /v2/%F0%9F%90%B3/blobs/DIGEST                         | 400 | NAME_INVALID",
        "DELETE | /v2/a/blobs/DIGEST                                 | 404 | BLOB_UNKNOWN",
        "DELETE | /v2/a/blobs/md5:00                                 | 400 | DIGEST_INVALID",
        "PUT | /v2/a/blobs/DIGEST                                    | 405 | UNSUPPORTED",
        "POST | /v2/A/blobs/uploads/                                 | 400 | NAME_INVALID",
        "POST | /v2/%F0%9F%90%B3/blobs/uploads/                      | 400 | NAME_INVALID",
        "POST | /v2/a%2F..%2Fb/blobs/uploads/                        | 400 | NAME_INVALID",
        "POST | /v2/a/blobs/uploads/?digest=md5:00                   | 400 | DIGEST_INVALID",
        "POST | /v2/a/blobs/uploads/?digest=DIGEST                   | 400 | DIGEST_INVALID",
        "POST | /v2/a/blobs/uploads/?digest-algorithm=md5            | 400 | DIGEST_INVALID",
        "GET | /v2/a/blobs/uploads/ID                                | 404 | BLOB_UPLOAD_UNKNOWN",
        "GET | /v2/a/blobs/uploads/..                                | 404 | BLOB_UPLOAD_UNKNOWN",
        "PATCH | /v2/a/blobs/uploads/ID                              | 404 | BLOB_UPLOAD_UNKNOWN",
        "PATCH | /v2/a/blobs/uploads/%F0%9F%90%B3                    | 404 | BLOB_UPLOAD_UNKNOWN",
        "PUT | /v2/a/blobs/uploads/ID                                | 400 | DIGEST_INVALID",
        "PUT | /v2/a/blobs/uploads/ID?digest=md5:00                  | 400 | DIGEST_INVALID",
        "PUT | /v2/a/blobs/uploads/ID?digest=DIGEST                  | 404 | BLOB_UPLOAD_UNKNOWN",
        "DELETE | /v2/a/blobs/uploads/ID                             | 404 | BLOB_UPLOAD_UNKNOWN",
      })
  void call_malformed_isAnsweredInOciForm(String method, String path, int status, String code)
      throws IOException {
    HttpResponse<byte[]> answer =
        host().call(method, path.replace("DIGEST", DIGEST).replace("ID", ID), "");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    if (method.equals("HEAD")) {
      assertThat(answer.body()).isEmpty();
    } else {
      assertThat(error(answer)).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "",
        "0",
        "0-",
        "-9",
        "9-0",
        "0-8",
        "0-10",
        "1-10",
        "bytes 1-10",
        "bytes=5-14",
        "0-9/10",
        "0-99999999999999999999",
        "999999999999999999-999999999999999999",
        "0-9, 20-29"
      })
  void chunk_contentRangeThatLies_isRefusedAndNothingIsTaken(String range) throws IOException {
    byte[] chunk = bytes(10, 1);
    PlainClient client = new PlainClient(stack().endpoint());
    URI upload = client.open("lies/app");
    for (String method : new String[] {"PATCH", "PUT"}) {
      URI uri = method.equals("PUT") ? with(upload, "digest=" + sha256(chunk)) : upload;
      HttpResponse<byte[]> answer =
          client.send(HttpRequest.newBuilder(uri).header("Content-Range", range), method, chunk);
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(416);
      assertThat(error(answer)).isEqualTo("RANGE_INVALID");
      assertThat(header(client.status(upload), "Range")).isEqualTo("0-0");
    }
    assertThat(client.patch(upload, 0, chunk).statusCode()).isEqualTo(202);
    assertThat(client.finish(upload, sha256(chunk), new byte[0]).statusCode()).isEqualTo(201);
  }

  @Test
  void body_overTheLimit_isRefusedAndNothingIsTaken() throws IOException {
    byte[] body = bytes(TOO_LARGE, 2);
    PlainClient client = new PlainClient(stack().endpoint());
    URI upload = client.open("large/app");
    String whole = "/v2/large/app/blobs/uploads/?digest=" + sha256(body);

    assertTooLarge(client.patch(upload, 0, body));
    assertTooLarge(client.call("POST", whole, body));
    assertTooLarge(client.call("PUT", "/v2/large/app/manifests/1", body));

    assertThat(header(client.status(upload), "Range")).isEqualTo("0-0");
    assertThat(client.head("large/app", sha256(body)).statusCode()).isEqualTo(404);
  }

  /** Sent in chunked encoding it passes the edge, which looks at its length alone. */
  @Test
  void body_overTheLimitAndOfUnknownLength_isRefusedByTheApi() throws Exception {
    PlainClient client = new PlainClient(stack().endpoint());
    URI upload = client.open("endless/app");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest patch =
          HttpRequest.newBuilder(upload)
              .method(
                  "PATCH",
                  BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes(7 << 20, 3))))
              .build();
      assertThat(http.send(patch, BodyHandlers.discarding()).statusCode()).isEqualTo(413);
    }
    assertThat(header(client.status(upload), "Range")).isEqualTo("0-0");
  }

  /** An HTTP API would take it for text, and make nine bytes of three. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json", "application/xml; charset=utf-8"})
  void body_ofNoTextThatIsSentAsText_arrivesAsItIs(String type) throws IOException {
    byte[] blob = {(byte) 0xff, (byte) 0xfe, (byte) 0x80};
    PlainClient client = new PlainClient(stack().endpoint());
    URI upload = client.open("text/app");
    HttpResponse<byte[]> patch =
        client.send(HttpRequest.newBuilder(upload).header("Content-Type", type), "PATCH", blob);
    assertThat(patch.statusCode()).as(text(patch)).isEqualTo(202);
    assertThat(header(patch, "Range")).isEqualTo("0-2");
    byte[] whole = {blob[0], blob[1], blob[2], blob[0], blob[1], blob[2]};
    HttpResponse<byte[]> put =
        client.send(
            HttpRequest.newBuilder(with(upload, "digest=" + sha256(whole)))
                .header("Content-Type", type),
            "PUT",
            blob);
    assertThat(put.statusCode()).as(text(put)).isEqualTo(201);
    assertThat(client.pull("text/app", sha256(whole)).body()).isEqualTo(whole);
  }

  /** By a path that the edge does not know for an upload's, as without an edge. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json"})
  void body_ofNoTextThatTheApiTakesForText_isRefusedAndNothingIsTaken(String type)
      throws IOException {
    byte[] blob = {(byte) 0xff, (byte) 0xfe, (byte) 0x80};
    PlainClient client = new PlainClient(stack().endpoint());
    URI upload = client.open("text/past");
    URI past = URI.create(upload.toString().replace("/uploads/", "/uploads%2F"));
    for (String method : new String[] {"PATCH", "PUT"}) {
      URI uri = method.equals("PUT") ? with(past, "digest=" + sha256(blob)) : past;
      HttpResponse<byte[]> answer =
          client.send(HttpRequest.newBuilder(uri).header("Content-Type", type), method, blob);
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
      assertThat(error(answer)).isEqualTo("REQUEST_INVALID");
      assertThat(text(answer)).contains(type, "application/octet-stream");
      assertThat(header(client.status(upload), "Range")).isEqualTo("0-0");
    }
    assertThat(client.finish(upload, sha256(blob), blob).statusCode()).isEqualTo(201);
  }

  private static void assertTooLarge(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(error(answer)).isEqualTo("SIZE_INVALID");
  }

  private static String error(HttpResponse<byte[]> answer) {
    ErrorAnswer.Entry error = Json.read(answer.body(), ErrorAnswer.class).errors().getFirst();
    assertThat(error.message()).isNotBlank().doesNotContain("dev.lamella", "Exception", "\n");
    return error.code();
  }

  private static URI with(URI upload, String query) {
    return URI.create(upload + (upload.getQuery() == null ? "?" : "&") + query);
  }
}
