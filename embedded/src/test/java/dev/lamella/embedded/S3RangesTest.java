package dev.lamella.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/** Parts of an object over HTTP: clients that go on with a download ask for them. */
@TestInstance(Lifecycle.PER_CLASS)
class S3RangesTest {
  private static final String BODY = "0123456789";

  /** Of keys that look different in a URL. */
  private static final List<String> KEYS = List.of("plain", "a/b c+d%41/é");

  private final HttpClient http = HttpClient.newHttpClient();
  private S3Server server;
  private S3Client s3;
  private S3Presigner presigner;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Credentials keys = Credentials.in(directory.resolve("credentials"));
    server = S3Server.start(directory.resolve("s3"), keys, Shaping.NONE);
    server.create(List.of("bucket"));
    s3 = Clients.s3(server.uri(), keys);
    presigner =
        S3Presigner.builder()
            .endpointOverride(server.uri())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .build();
    for (String key : KEYS) {
      s3.putObject(put -> put.bucket("bucket").key(key), RequestBody.fromString(BODY));
    }
    s3.putObject(put -> put.bucket("bucket").key("empty"), RequestBody.empty());
  }

  @AfterAll
  void stop() throws Exception {
    presigner.close();
    s3.close();
    server.close();
    http.close();
  }

  private PresignedGetObjectRequest presigned(String key, @Nullable String range) {
    return presigner.presignGetObject(
        get ->
            get.signatureDuration(Duration.ofMinutes(5))
                .getObjectRequest(object -> object.bucket("bucket").key(key).range(range)));
  }

  private HttpResponse<String> get(PresignedGetObjectRequest url, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.url().toURI());
    headers.forEach(request::header);
    return http.send(request.build(), BodyHandlers.ofString(US_ASCII));
  }

  private HttpResponse<String> get(String key, Map<String, String> headers) throws Exception {
    return get(presigned(key, null), headers);
  }

  private static String contentRange(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Range").orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=2-4, 234, 2-4",
    "bytes=2-, 23456789, 2-9",
    "bytes=-3, 789, 7-9",
    "bytes=2-99, 23456789, 2-9",
    "bytes=-99, 0123456789, 0-9",
    "bytes=0-9223372036854775807, 0123456789, 0-9",
    "bytes=9-9223372036854775807, 9, 9-9",
    "bytes=0-99999999999999999999, 0123456789, 0-9",
    "bytes=2-9223372036854775808, 23456789, 2-9",
    "bytes=-9223372036854775807, 0123456789, 0-9",
    "bytes=-99999999999999999999, 0123456789, 0-9",
    "bytes=000000000000000000000002-4, 234, 2-4",
  })
  void range_thatBeginsWithinTheObject_getsWhatThereIs(String range, String body, String part)
      throws Exception {
    HttpResponse<String> answer = get("plain", Map.of("Range", range));
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(contentRange(answer)).isEqualTo("bytes " + part + "/10");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, bytes=10-, 10",
    "plain, bytes=10-20, 10",
    "plain, bytes=-0, 10",
    "plain, bytes=5-2, 10",
    "plain, bytes=9223372036854775807-, 10",
    "plain, bytes=99999999999999999999-, 10",
    "plain, bytes=99999999999999999998-99999999999999999999, 10",
    "empty, bytes=0-, 0",
    "empty, bytes=0-0, 0",
    "empty, bytes=-1, 0",
  })
  void range_withNothingOfTheObject_getsItsSize(String key, String range, long size)
      throws Exception {
    HttpResponse<String> answer = get(key, Map.of("Range", range));
    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(contentRange(answer)).isEqualTo("bytes */" + size);
    assertThat(answer.body()).contains("InvalidRange");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=0-1,4-5",
        "bytes=0-1, -1",
        "lines=0-1",
        "bytes=x-1",
        "bytes=-",
        "bytes=--1"
      })
  void range_thatIsNone_getsTheWholeObject(String range) throws Exception {
    HttpResponse<String> answer = get("plain", Map.of("Range", range));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(BODY);
    assertThat(contentRange(answer)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a/b c+d%41/é"})
  void ifRange_thatIsTrue_getsThePart(String key) throws Exception {
    HeadObjectResponse object = s3.headObject(head -> head.bucket("bucket").key(key));
    String date = get(key, Map.of()).headers().firstValue("Last-Modified").orElseThrow();
    for (String same : List.of(object.eTag(), date)) {
      HttpResponse<String> answer = get(key, Map.of("Range", "bytes=2-4", "If-Range", same));
      assertThat(answer.statusCode()).as(same).isEqualTo(206);
      assertThat(answer.body()).isEqualTo("234");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"00000000000000000000000000000000\"",
        "W/\"781e5e245d69b566979b86e28d23f2c7\"",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "x"
      })
  void ifRange_thatIsFalse_getsTheWholeObject(String other) throws Exception {
    for (String key : KEYS) {
      for (String range : List.of("bytes=2-4", "bytes=10-", "bytes=0-99999999999999999999")) {
        HttpResponse<String> answer = get(key, Map.of("Range", range, "If-Range", other));
        assertThat(answer.statusCode()).as(key + " " + range).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(contentRange(answer)).isEmpty();
      }
    }
  }

  @Test
  void range_thatIsSigned_staysSigned() throws Exception {
    String beyond = "bytes=2-99999999999999999999";
    PresignedGetObjectRequest url = presigned("plain", beyond);
    assertThat(url.signedHeaders()).containsKey("range");
    assertThat(get(url, Map.of("Range", beyond)).body()).isEqualTo("23456789");
    assertThat(get(url, Map.of("Range", "bytes=2-9223372036854775807")).statusCode())
        .isEqualTo(403);
    assertThat(
            s3.getObjectAsBytes(get -> get.bucket("bucket").key("plain").range(beyond))
                .asUtf8String())
        .isEqualTo("23456789");
  }

  /** Who may not read an object does not learn its size. */
  @Test
  void range_withoutASignature_isRefusedWithoutASize() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("/bucket/plain"))
            .header("Range", "bytes=10-")
            .header("If-Range", "\"x\"")
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(contentRange(answer)).isEmpty();
  }

  @Test
  void range_ofAnAbsentObject_is404() throws Exception {
    assertThat(get("absent", Map.of("Range", "bytes=10-", "If-Range", "x")).statusCode())
        .isEqualTo(404);
    assertThatThrownBy(
            () -> s3.getObjectAsBytes(get -> get.bucket("nowhere").key("x").range("bytes=1-")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("Status Code: 404");
  }
}
