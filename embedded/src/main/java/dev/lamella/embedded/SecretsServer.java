package dev.lamella.embedded;

import dev.lamella.embedded.JsonServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Secrets Manager on the loopback address, as far as a store needs it: the secrets are files of a
 * directory, and their newest value is all that there is of them. It takes only calls that know its
 * path, which is random: signatures are not verified, and presigned URLs show the access key.
 */
public final class SecretsServer implements AutoCloseable {
  private static final String SERVICE = "secretsmanager.";
  private static final String STAGE = "AWSCURRENT";

  /** Bytes of a value in UTF-8, as Secrets Manager takes them. */
  private static final int LARGEST = 64 << 10;

  /** Bytes of a request: JSON may write each byte of a value as six. */
  private static final int LARGEST_REQUEST = 8 * LARGEST;

  private final SecretFiles files;
  private final JsonServer server;

  private SecretsServer(SecretFiles files) throws IOException {
    this.files = files;
    this.server = JsonServer.start("Secrets Manager", LARGEST_REQUEST, this::answer);
  }

  /** Starts on a free port, with what the directory holds from earlier runs. */
  public static SecretsServer start(Path directory) throws IOException {
    return new SecretsServer(SecretFiles.in(directory));
  }

  /** A secret: whoever knows it can read and write what is here. */
  public URI uri() {
    return server.uri();
  }

  /**
   * Makes a secret with that value, or one that has none yet. One that is there stays as it is.
   *
   * @param name letters, digits and {@code _+=.@-}: the file is called so
   * @throws IllegalArgumentException for another name
   */
  public void create(String name, Optional<String> value) throws IOException {
    files.create(name, value);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private Answer answer(String target, JsonNode request) throws IOException {
    String name = request.path("SecretId").asString("");
    return switch (target) {
      case SERVICE + "GetSecretValue" -> get(name);
      case SERVICE + "PutSecretValue" -> put(name, request.path("SecretString").asString(""));
      case SERVICE + "DescribeSecret" -> describe(name);
      default ->
          Answer.fault(
              "UnknownOperationException",
              "The local Secrets Manager only gets, puts and describes secrets.");
    };
  }

  private Answer get(String name) throws IOException {
    if (!files.has(name)) {
      return unknown();
    }
    Optional<String> value = files.read(name);
    return value.isPresent()
        ? new Answer(200, Map.of("Name", name, "ARN", name, "SecretString", value.get()))
        : Answer.fault(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: " + STAGE);
  }

  private Answer put(String name, String value) throws IOException {
    if (!files.has(name)) {
      return unknown();
    }
    if (value.isEmpty()) {
      return Answer.fault("InvalidParameterException", "SecretString has to be a text, not empty.");
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > LARGEST) {
      return tooLarge();
    }
    files.write(name, value);
    return new Answer(200, Map.of("Name", name, "ARN", name));
  }

  private Answer describe(String name) {
    return files.has(name) ? new Answer(200, Map.of("Name", name, "ARN", name)) : unknown();
  }

  private static Answer tooLarge() {
    return Answer.fault("ValidationException", "A secret has at most " + LARGEST + " bytes.");
  }

  private static Answer unknown() {
    return Answer.fault(
        "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
}
