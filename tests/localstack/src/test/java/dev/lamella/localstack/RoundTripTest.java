package dev.lamella.localstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.source.Source;
import dev.lamella.host.source.SourceImage;
import dev.lamella.local.demo.Comparison;
import dev.lamella.local.demo.DemoImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

/** The demo's image through the deployed stack, and what is where afterwards. */
class RoundTripTest extends CloudTest {
  private static final String IMAGE = "lamella/demo:1";
  private static final int SHARD = 8 << 20;
  private static final int STORAGE_SERVERS = 4;

  private final HttpClient http = HttpClient.newHttpClient();
  private SourceImage image;
  private Instant begun;
  private JsonNode pushed;
  private Path pulled;

  @BeforeAll
  void pushAndPull(@TempDir Path directory) throws IOException {
    Path archive = directory.resolve("image.tar");
    DemoImage.write(archive, directory.resolve("jib"));
    image =
        Source.open(archive)
            .image(
                new ImageName(new RepositoryName("lamella/demo"), new Tag("1")), Optional.empty());
    Host host = administrator().host(directory.resolve("cache"));
    begun = Instant.now();
    pushed = host.push(archive, IMAGE);
    pulled = directory.resolve("pulled");
    host.pull(IMAGE, pulled);
  }

  @AfterAll
  void closeClient() {
    http.close();
  }

  @Test
  void pulledImage_isThePushedOneBitForBit() throws IOException {
    assertThat(Comparison.check(image, pulled)).isGreaterThan(3);
  }

  @Test
  void outputs_sayWhereTheStoreIsAndHowToReachIt() {
    Map<String, String> outputs = stack().outputs();
    String endpoint = requireNonNull(outputs.get("Endpoint"));
    assertThat(endpoint).startsWith("https://").endsWith("/live");
    assertThat(outputs.get("HowToPush")).endsWith("--to " + endpoint);
    assertThat(outputs.get("HowToUseDocker")).isEqualTo("docker pull YOUR-DOMAIN-NAME/NAME:TAG");
  }

  @Test
  void shards_areOnEveryStorageServerAsTheRecordsSay() {
    List<Map<String, AttributeValue>> records = shardRecords();
    Set<String> layers =
        records.stream().map(entry -> layer(text(copy(entry), "key"))).collect(Collectors.toSet());
    int expected = 0;
    for (JsonNode layer : pushed.path("layers")) {
      expected += Math.ceilDiv(layer.path("size").asInt(), SHARD);
    }
    assertThat(records).hasSize(expected).hasSizeGreaterThan(STORAGE_SERVERS);
    for (int server = 0; server < STORAGE_SERVERS; server++) {
      String id = "s" + server;
      List<String> said =
          records.stream()
              .filter(entry -> text(copy(entry), "server").equals(id))
              .map(entry -> text(copy(entry), "key") + " " + number(entry, "size"))
              .toList();
      assertThat(said).isNotEmpty();
      // Other tests have layers of their own on this stack.
      assertThat(objects(stack().physical("StorageServer" + server)))
          .filteredOn(object -> layers.contains(layer(object)))
          .containsExactlyInAnyOrderElementsOf(said);
    }
  }

  @Test
  void stagedParts_areGone() {
    assertNothingIsStaged();
  }

  /** Each environment of Lambda has a log stream of its own, and does one thing at a time. */
  @Test
  void shardWriters_areManyInvocationsAtOnce() {
    List<Logs.Line> lines =
        Logs.of(aws(), stack().physical("ShardWriterFunction")).stream()
            .filter(line -> !line.time().isBefore(begun))
            .toList();
    assertThat(lines)
        .filteredOn(line -> line.message().contains("WriteReport"))
        .hasSizeGreaterThan(STORAGE_SERVERS);
    List<Logs.Invocation> invocations =
        lines.stream().flatMap(line -> Logs.Invocation.of(line).stream()).toList();
    assertThat(invocations)
        .as("invocations, one of which began in one environment before another ended elsewhere")
        .anyMatch(one -> invocations.stream().anyMatch(one::isBesides));
  }

  @Test
  void presignedUrl_asItIs_givesTheShard() throws Exception {
    JsonNode shard = firstShard();
    HttpResponse<byte[]> answer = get(shard.path("url").asString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(shard.path("size").asInt());
  }

  /** What has no signature at all is another matter: LocalStack knows no permissions. */
  @Test
  void presignedUrl_changed_isRefused() throws Exception {
    String url = firstShard().path("url").asString();
    String signature = url.replaceFirst(".*X-Amz-Signature=([0-9a-f]+).*", "$1");
    String otherSignature = (signature.startsWith("0") ? "1" : "0") + signature.substring(1);
    assertThat(get(url.replace(signature, otherSignature)).statusCode()).isEqualTo(403);
    assertThat(get(url.replaceFirst("X-Amz-Expires=[0-9]+", "X-Amz-Expires=604800")).statusCode())
        .isEqualTo(403);
    assertThat(get(url.replace("/layers/", "/layers/0")).statusCode()).isEqualTo(403);
  }

  @Test
  void presignedUrl_ofAPart_changed_isRefusedAndStagesNothing() throws Exception {
    byte[] request =
        Json.write(
            Map.of(
                "image",
                "lamella/part",
                "layers",
                List.of(Map.of("digest", "sha256:" + "1".repeat(64), "size", 3))));
    Api api = api("lamella/part");
    JsonNode upload =
        Json.tree(api.call("POST", "/v1/uploads", request).body()).path("missing").path(0);
    JsonNode part = upload.path("parts").path(0);
    Map<String, String> headers = new HashMap<>();
    part.path("headers")
        .properties()
        .forEach(e -> headers.put(e.getKey(), e.getValue().asString()));
    String url = part.path("url").asString();
    byte[] bytes = "abc".getBytes(UTF_8);
    String other = url.replaceFirst("(X-Amz-Signature=)[0-9a-f]{4}", "$1beef");
    assertThat(send("PUT", URI.create(other), headers, bytes).statusCode()).isEqualTo(403);
    assertNothingIsStaged();
    String id = "/v1/uploads/" + upload.path("upload").asString();
    assertThat(api.call("DELETE", id, new byte[0]).statusCode()).isEqualTo(204);
  }

  private HttpResponse<byte[]> send(String method, URI to, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to).method(method, BodyPublishers.ofByteArray(body));
    headers.forEach(
        (name, value) -> {
          // Its client computes that itself.
          if (!name.equalsIgnoreCase("Content-Length")) {
            request.header(name, value);
          }
        });
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static void assertNothingIsStaged() {
    List<String> staged = objects(stack().physical("StagingBucket"));
    assertThat(staged)
        .as(() -> "what is staged; the coordinator said: " + coordinatorOf(staged))
        .isEmpty();
  }

  /** What the coordinator logged of the uploads of these objects. */
  private static List<String> coordinatorOf(List<String> staged) {
    List<String> uploads = staged.stream().map(RoundTripTest::layer).toList();
    return Logs.of(aws(), stack().physical("UploadCoordinatorFunction")).stream()
        .filter(line -> uploads.stream().anyMatch(line.message()::contains))
        .map(line -> line.time() + " " + line.message())
        .toList();
  }

  private JsonNode firstShard() throws Exception {
    String digest = pushed.path("layers").path(0).path("digest").asString();
    HttpResponse<byte[]> map =
        api("lamella/demo").get("/v1/layers/" + digest + "?image=lamella/demo&from=0");
    assertThat(map.statusCode()).isEqualTo(200);
    return Json.tree(map.body()).path("map").path(0);
  }

  private static Api api(String repository) throws IOException, InterruptedException {
    return Api.of(stack().api(), administrator().token("repository:" + repository + ":pull,push"));
  }

  private HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
  }

  private List<Map<String, AttributeValue>> shardRecords() {
    return aws()
        .dynamoDb()
        .scanPaginator(scan -> scan.tableName(stack().physical("Table")))
        .items()
        .stream()
        .filter(item -> text(item, "PK").startsWith("SHARDS#"))
        .filter(item -> text(item, "image").equals("lamella/demo"))
        .toList();
  }

  /** The one copy of a shard. */
  private static Map<String, AttributeValue> copy(Map<String, AttributeValue> shard) {
    List<AttributeValue> copies = requireNonNull(shard.get("copies")).l();
    assertThat(copies).hasSize(1);
    return copies.getFirst().m();
  }

  /** The layer of {@code layers/<layerId>/<index>-<state>}, or {@code uploads/<layerId>/<part>}. */
  private static String layer(String key) {
    return key.split("/", -1)[1];
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return requireNonNull(item.get(name), name).s();
  }

  private static String number(Map<String, AttributeValue> item, String name) {
    return requireNonNull(item.get(name), name).n();
  }

  /** Key and size of each. */
  private static List<String> objects(String bucket) {
    return aws().s3().listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream()
        .map((S3Object object) -> object.key() + " " + object.size())
        .toList();
  }
}
