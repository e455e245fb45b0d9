package dev.lamella.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the adapter's own tests, with the SDK's client, cannot ask. */
class SecretsServerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path parent;
  private Path directory;
  private SecretsServer server;

  @BeforeEach
  void start() throws IOException {
    directory = parent.resolve("secrets");
    server = SecretsServer.start(directory);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void create_secrets_areFilesThatHoldTheValueAndOnlyTheOwnerReads() throws Exception {
    server.create("administrator", Optional.of("lam_x"));
    server.create("signing-key", Optional.empty());
    call("PutSecretValue", Map.of("SecretId", "signing-key", "SecretString", "{}"));

    assertThat(directory.resolve("administrator")).hasContent("lam_x");
    assertThat(directory.resolve("signing-key")).hasContent("{}");
    assertThat(permissions(directory)).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2).allMatch(file -> permissions(file).equals("rw-------"));
    }
  }

  @Test
  void create_secretThatIsThere_leavesIt() throws Exception {
    server.create("one", Optional.of("first"));
    server.close();
    server = SecretsServer.start(directory);
    server.create("one", Optional.of("second"));
    server.create("one", Optional.empty());

    assertThat(get("one").path("SecretString").asString()).isEqualTo("first");
  }

  /** The machine may stop while a value is written. */
  @Test
  void write_afterOneThatBrokeOff_isWhole() throws Exception {
    server.create("one", Optional.of("first"));
    Files.writeString(directory.resolve(".one.new"), "what broke off");

    assertThat(get("one").path("SecretString").asString()).isEqualTo("first");
    call("PutSecretValue", Map.of("SecretId", "one", "SecretString", "second"));
    assertThat(get("one").path("SecretString").asString()).isEqualTo("second");
  }

  @Test
  void get_secretWithoutValue_isNotFoundButDescribed() throws Exception {
    server.create("empty", Optional.empty());

    assertThat(get("empty").path("__type").asString()).isEqualTo("ResourceNotFoundException");
    assertThat(get("empty").path("message").asString()).contains("AWSCURRENT");
    assertThat(call("DescribeSecret", Map.of("SecretId", "empty")).statusCode()).isEqualTo(200);
  }

  @Test
  void anyCall_unknownSecretOrNameOfNoFile_isNotFound() throws Exception {
    Files.writeString(parent.resolve("outside"), "not a secret");
    for (String name :
        List.of("unknown", "", "../outside", ".", "..", ".x.new", "a/b", "x\u0000")) {
      for (String operation : List.of("GetSecretValue", "PutSecretValue", "DescribeSecret")) {
        HttpResponse<String> answer =
            call(operation, Map.of("SecretId", name, "SecretString", "value"));
        assertThat(answer.statusCode()).as(operation + " " + name).isEqualTo(400);
        assertThat(type(answer)).isEqualTo("ResourceNotFoundException");
      }
    }
    assertThat(parent.resolve("outside")).hasContent("not a secret");
    assertThatThrownBy(() -> server.create("../outside", Optional.of("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("../outside");
  }

  @Test
  void anyCall_ofAnotherOrUnknownOperationOrBody_isRefused() throws Exception {
    server.create("one", Optional.of("value"));
    Map<String, String> request = Map.of("SecretId", "one");
    String json = JSON.writeValueAsString(request);

    for (String path : List.of("/", "/x", server.uri().getPath().substring(0, 20))) {
      assertThat(type(send("GetSecretValue", json, server.uri().resolve(path))))
          .isEqualTo("UnrecognizedClientException");
    }
    assertThat(type(call("ListSecrets", request))).isEqualTo("UnknownOperationException");
    assertThat(type(send("GetSecretValue", "{", server.uri()))).isEqualTo("SerializationException");
    assertThat(type(send("GetSecretValue", "", server.uri())))
        .isEqualTo("ResourceNotFoundException");
    assertThat(type(call("PutSecretValue", request))).isEqualTo("InvalidParameterException");
    for (int length : List.of(65_537, 1 << 20)) {
      assertThat(
              type(
                  call(
                      "PutSecretValue",
                      Map.of("SecretId", "one", "SecretString", "x".repeat(length)))))
          .isEqualTo("ValidationException");
    }
    assertThat(get("one").path("SecretString").asString()).isEqualTo("value");
  }

  private JsonNode get(String name) throws Exception {
    return JSON.readTree(call("GetSecretValue", Map.of("SecretId", name)).body());
  }

  private HttpResponse<String> call(String operation, Map<String, String> request)
      throws Exception {
    return send(operation, JSON.writeValueAsString(request), server.uri());
  }

  private static HttpResponse<String> send(String operation, String body, URI to) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(to)
            .header("X-Amz-Target", "secretsmanager." + operation)
            .header("Content-Type", "application/x-amz-json-1.1")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String type(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("__type").asString();
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
