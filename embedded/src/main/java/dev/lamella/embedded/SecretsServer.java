package dev.lamella.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Secrets Manager on the loopback address, as far as a store needs it: the secrets are files of a
 * directory, and their newest value is all that there is of them. It takes only calls that know its
 * path, which is random: signatures are not verified, and presigned URLs show the access key.
 */
public final class SecretsServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SERVICE = "secretsmanager.";
  private static final String STAGE = "AWSCURRENT";

  /** Bytes of a value in UTF-8, as Secrets Manager takes them. */
  private static final int LARGEST = 64 << 10;

  /** Bytes of a request: JSON may write each byte of a value as six. */
  private static final int LARGEST_REQUEST = 8 * LARGEST;

  private static final int THREADS = 16;

  private final SecretFiles files;
  private final String path = "/" + UUID.randomUUID();
  private final Server server = new Server(new QueuedThreadPool(THREADS));
  private final ServerConnector connector = new ServerConnector(server, 1, 1);

  private SecretsServer(SecretFiles files) {
    this.files = files;
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setStopTimeout(0);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws IOException {
            send(answer(request), response, callback);
            return true;
          }
        });
  }

  /** Starts on a free port, with what the directory holds from earlier runs. */
  public static SecretsServer start(Path directory) throws IOException {
    SecretsServer started = new SecretsServer(SecretFiles.in(directory));
    try {
      started.server.start();
      return started;
    } catch (Exception e) {
      started.close();
      throw new IOException("the embedded Secrets Manager did not start: " + e.getMessage(), e);
    }
  }

  /** A secret: whoever knows it can read and write what is here. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
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
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the embedded Secrets Manager did not stop: " + e.getMessage(), e);
    }
  }

  private record Answer(int status, Map<String, ?> body) {
    static Answer fault(String type, String message) {
      return new Answer(400, Map.of("__type", type, "message", message));
    }
  }

  private Answer answer(Request request) throws IOException {
    // Before any answer: a connection with a body that was not read is closed.
    byte[] body;
    try (InputStream in = Content.Source.asInputStream(request)) {
      body = in.readNBytes(LARGEST_REQUEST + 1);
    }
    // The SDK adds a slash.
    String asked = request.getHttpURI().getPath();
    if (!asked.equals(path) && !asked.equals(path + "/")) {
      return Answer.fault("UnrecognizedClientException", "The security token is not valid.");
    }
    if (body.length > LARGEST_REQUEST) {
      return tooLarge();
    }
    try {
      String target = Objects.requireNonNullElse(request.getHeaders().get("X-Amz-Target"), "");
      return answer(target, JSON.readTree(body));
    } catch (JacksonException _) {
      return Answer.fault("SerializationException", "The body is not JSON.");
    }
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

  private static void send(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.1");
    Content.Sink.write(
        response,
        true,
        new String(JSON.writeValueAsBytes(answer.body()), StandardCharsets.UTF_8),
        callback);
  }
}
