package dev.lamella.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedPutObjectRequest;

/** What the embedded S3 checks; the functions rely on it. */
@TestInstance(Lifecycle.PER_CLASS)
class S3ServerTest {
  private static final byte[] BODY = "123456789".getBytes(US_ASCII);

  private final HttpClient http = HttpClient.newHttpClient();
  private S3Server plain;
  private S3Server shaped;
  private Credentials keys;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    keys = Credentials.in(directory.resolve("credentials"));
    plain = S3Server.start(directory.resolve("s3"), keys, Shaping.NONE);
    shaped =
        S3Server.start(
            directory.resolve("far"), keys, new Shaping(100_000_000, Duration.ofMillis(1)));
    plain.create(List.of("bucket"));
    shaped.create(List.of("bucket"));
  }

  @AfterAll
  void stop() throws Exception {
    plain.close();
    shaped.close();
    http.close();
  }

  @Test
  void start_afterAPutThatWasBrokenOff_removesWhatItLeft(@TempDir Path directory)
      throws IOException {
    Path bucket = Files.createDirectories(directory.resolve("bucket/uploads/1"));
    Path whole = Files.write(bucket.resolve("5"), BODY);
    Path left = bucket.resolve("5-" + UUID.randomUUID());
    Files.write(left, BODY);
    S3Server.start(directory, keys, Shaping.NONE).close();
    assertThat(left).doesNotExist();
    assertThat(whole).hasBinaryContent(BODY);
  }

  private PresignedPutObjectRequest presigned(
      URI endpoint, String key, Consumer<PutObjectRequest.Builder> change) {
    StaticCredentialsProvider provider =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
    try (S3Presigner presigner =
        S3Presigner.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(provider)
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .build()) {
      return presigner.presignPutObject(
          put ->
              put.signatureDuration(Duration.ofMinutes(5))
                  .putObjectRequest(request -> change.accept(request.bucket("bucket").key(key))));
    }
  }

  private int put(PresignedPutObjectRequest presigned, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(presigned.url().toURI()).PUT(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    return answer.statusCode();
  }

  private int count(String key) {
    try (S3Client s3 = Clients.s3(plain.uri(), keys)) {
      return s3.listObjectsV2(list -> list.bucket("bucket").prefix(key)).keyCount();
    }
  }

  @Test
  void presignedPut_throughTheShapedLink_holds() throws Exception {
    PresignedPutObjectRequest presigned = presigned(shaped.uri(), "far", put -> {});
    assertThat(put(presigned, BODY, Map.of())).isEqualTo(200);
  }

  @Test
  void presignedPut_altered_isRefused() throws Exception {
    PresignedPutObjectRequest presigned = presigned(plain.uri(), "mine", put -> {});
    URI other = URI.create(presigned.url().toString().replace("/mine?", "/yours?"));
    HttpRequest request =
        HttpRequest.newBuilder(other).PUT(BodyPublishers.ofByteArray(BODY)).build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    URI unsigned = plain.uri().resolve("/bucket/unsigned");
    HttpRequest bare =
        HttpRequest.newBuilder(unsigned).PUT(BodyPublishers.ofByteArray(BODY)).build();
    assertThat(http.send(bare, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
  }

  @Test
  void presignedPut_withSignedLength_takesNoOtherLength() throws Exception {
    PresignedPutObjectRequest presigned =
        presigned(plain.uri(), "length", put -> put.contentLength((long) BODY.length));
    assertThat(presigned.signedHeaders()).containsKey("content-length");
    assertThat(put(presigned, new byte[BODY.length + 1], Map.of())).isEqualTo(403);
    assertThat(put(presigned, new byte[BODY.length - 1], Map.of())).isEqualTo(403);
    assertThat(count("length")).isZero();
    assertThat(put(presigned, BODY, Map.of())).isEqualTo(200);
  }

  /** Whatever becomes of the source after it was copied, and whether whole or by range. */
  @ParameterizedTest
  @CsvSource({", 123456789", "bytes=2-5, 3456"})
  void uploadPartCopy_sourcesThatChangeAfterwards_joinsWhatTheyWere(
      @Nullable String range, String joined) {
    byte[] first = new byte[5 << 20];
    Arrays.fill(first, (byte) 7);
    try (S3Client s3 = Clients.s3(plain.uri(), keys)) {
      s3.putObject(put -> put.bucket("bucket").key("from/1"), RequestBody.fromBytes(first));
      s3.putObject(put -> put.bucket("bucket").key("from/2"), RequestBody.fromBytes(BODY));
      String upload =
          s3.createMultipartUpload(create -> create.bucket("bucket").key("to/1")).uploadId();
      List<CompletedPart> parts =
          List.of(
              copy(s3, upload, 1, "from/2", null),
              copy(s3, upload, 1, "from/1", null),
              copy(s3, upload, 2, "from/2", range));
      s3.putObject(put -> put.bucket("bucket").key("from/1"), RequestBody.fromBytes(BODY));
      s3.deleteObject(delete -> delete.bucket("bucket").key("from/2"));
      s3.completeMultipartUpload(
          complete ->
              complete
                  .bucket("bucket")
                  .key("to/1")
                  .uploadId(upload)
                  .multipartUpload(all -> all.parts(parts.subList(1, 3))));

      byte[] whole = s3.getObjectAsBytes(get -> get.bucket("bucket").key("to/1")).asByteArray();
      assertThat(Arrays.copyOf(whole, first.length)).isEqualTo(first);
      assertThat(new String(whole, first.length, whole.length - first.length, US_ASCII))
          .isEqualTo(joined);
      assertThat(s3.getObjectAsBytes(get -> get.bucket("bucket").key("from/1")).asByteArray())
          .isEqualTo(BODY);
    }
  }

  @Test
  void uploadPartCopy_withoutItsSource_isRefused() {
    try (S3Client s3 = Clients.s3(plain.uri(), keys)) {
      String upload =
          s3.createMultipartUpload(create -> create.bucket("bucket").key("to/1")).uploadId();
      assertThatThrownBy(() -> copy(s3, upload, 1, "from/nowhere", null))
          .isInstanceOf(NoSuchKeyException.class);
    }
  }

  private static CompletedPart copy(
      S3Client s3, String upload, int number, String source, @Nullable String range) {
    String etag =
        s3.uploadPartCopy(
                copy ->
                    copy.sourceBucket("bucket")
                        .sourceKey(source)
                        .copySourceRange(range)
                        .destinationBucket("bucket")
                        .destinationKey("to/1")
                        .uploadId(upload)
                        .partNumber(number))
            .copyPartResult()
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  @ParameterizedTest
  @CsvSource({
    "Content-MD5, JfnnlDI7RTiF9RgfG2JNCw==, AAAAAAAAAAAAAAAAAAAAAA==",
    "x-amz-checksum-crc32, y/Q5Jg==, AAAAAA==",
    "x-amz-checksum-crc32c, 4waSgw==, AAAAAA==",
    "x-amz-checksum-crc64nvme, rosUhgp5mIg=, AAAAAAAAAAA=",
    "x-amz-checksum-sha1, 98O8HYCOBHMq32eZZczDTKeuNEE=, AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "x-amz-checksum-sha256, FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=, "
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
  })
  void put_withAChecksumHeader_isVerified(String header, String right, String wrong)
      throws Exception {
    PresignedPutObjectRequest presigned = presigned(plain.uri(), header, put -> {});
    assertThat(put(presigned, BODY, Map.of(header, wrong))).as(header + " wrong").isEqualTo(400);
    assertThat(count(header)).isZero();
    assertThat(put(presigned, BODY, Map.of(header, right))).as(header + " right").isEqualTo(200);
  }
}
