package dev.lamella.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
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
 * What speaks the JSON protocol of AWS on the loopback address. It takes only calls that know its
 * path, which is random: signatures are not verified, and presigned URLs show the access key.
 */
final class JsonServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int THREADS = 16;

  private final String name;
  private final int largestRequest;
  private final Service service;
  private final String path = "/" + UUID.randomUUID();
  private final Server server = new Server(new QueuedThreadPool(THREADS));
  private final ServerConnector connector = new ServerConnector(server, 1, 1);

  /** Answers what was asked for. */
  interface Service {
    /**
     * @param target service, version and operation, as {@code X-Amz-Target} has them
     */
    Answer answer(String target, JsonNode request) throws IOException;
  }

  record Answer(int status, Map<String, ?> body) {
    static Answer fault(String type, String message) {
      return new Answer(400, Map.of("__type", type, "message", message));
    }
  }

  private JsonServer(String name, int largestRequest, Service service) {
    this.name = name;
    this.largestRequest = largestRequest;
    this.service = service;
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

  /**
   * Starts on a free port.
   *
   * @param name for messages
   * @param largestRequest bytes
   */
  static JsonServer start(String name, int largestRequest, Service service) throws IOException {
    JsonServer started = new JsonServer(name, largestRequest, service);
    try {
      started.server.start();
      return started;
    } catch (Exception e) {
      started.close();
      throw new IOException("the embedded " + name + " did not start: " + e.getMessage(), e);
    }
  }

  /** A secret: whoever knows it can use what is here. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the embedded " + name + " did not stop: " + e.getMessage(), e);
    }
  }

  private Answer answer(Request request) throws IOException {
    // Before any answer: a connection with a body that was not read is closed.
    byte[] body;
    try (InputStream in = Content.Source.asInputStream(request)) {
      body = in.readNBytes(largestRequest + 1);
    }
    // The SDK adds a slash.
    String asked = request.getHttpURI().getPath();
    if (!asked.equals(path) && !asked.equals(path + "/")) {
      return Answer.fault("UnrecognizedClientException", "The security token is not valid.");
    }
    if (body.length > largestRequest) {
      return Answer.fault(
          "ValidationException", "A request has at most " + largestRequest + " bytes.");
    }
    try {
      String target = Objects.requireNonNullElse(request.getHeaders().get("X-Amz-Target"), "");
      return service.answer(target, JSON.readTree(body));
    } catch (JacksonException _) {
      return Answer.fault("SerializationException", "The body is not JSON.");
    }
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
