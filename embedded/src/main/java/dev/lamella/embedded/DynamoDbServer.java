package dev.lamella.embedded;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * DynamoDB Local over a directory, or in memory. Its own runner listens on every address and
 * reports to AWS; this one listens on the loopback address and reports nothing.
 */
public final class DynamoDbServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");
  private static final int THREADS = 64;

  private final Server server;
  private final ServerConnector connector;
  private final LocalDynamoDBRequestHandler requests;
  private final Credentials credentials;

  private DynamoDbServer(
      Server server,
      ServerConnector connector,
      LocalDynamoDBRequestHandler requests,
      Credentials credentials) {
    this.server = server;
    this.connector = connector;
    this.requests = requests;
    this.credentials = credentials;
  }

  /** Starts on a free port, with what the directory holds from earlier runs. */
  public static DynamoDbServer start(Path directory, Credentials credentials) throws IOException {
    Files.createDirectories(directory);
    return start(Optional.of(directory), credentials);
  }

  /** Starts on a free port, empty, and forgets everything at its end. */
  public static DynamoDbServer startInMemory(Credentials credentials) throws IOException {
    return start(Optional.empty(), credentials);
  }

  private static DynamoDbServer start(Optional<Path> directory, Credentials credentials)
      throws IOException {
    SQLITE.setLevel(Level.OFF);
    try {
      LocalDynamoDBRequestHandler requests = requests(directory);
      Server server = new Server(new QueuedThreadPool(THREADS));
      ServerConnector connector = new ServerConnector(server, 1, 1);
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      server.setHandler(new LocalDynamoDBServerHandler(requests, null));
      server.start();
      return new DynamoDbServer(server, connector, requests, credentials);
    } catch (Exception e) {
      throw new IOException("DynamoDB Local did not start: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("NullAway") // In memory, it wants null for the directory.
  private static LocalDynamoDBRequestHandler requests(Optional<Path> directory) {
    return new LocalDynamoDBRequestHandler(
        0, directory.isEmpty(), directory.map(Path::toString).orElse(null), true, false);
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  /** Creates the tables that are absent; those that exist are left as they are. */
  public void create(List<TableDefinition> tables, String region) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (TableDefinition table : tables) {
        boolean created = call(client, region, "CreateTable", table.request());
        if (created && table.timeToLive().isPresent()) {
          Map<String, Object> setting =
              Map.of("Enabled", true, "AttributeName", table.timeToLive().get());
          call(
              client,
              region,
              "UpdateTimeToLive",
              Map.of("TableName", table.name(), "TimeToLiveSpecification", setting));
        }
      }
    }
  }

  /** True if done, false if the table exists already. */
  private boolean call(
      HttpClient client, String region, String operation, Map<String, Object> request)
      throws IOException {
    String authorization =
        "AWS4-HMAC-SHA256 Credential=%s/20260101/%s/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
            .formatted(credentials.accessKey(), region);
    HttpRequest call =
        HttpRequest.newBuilder(uri())
            .header("X-Amz-Target", "DynamoDB_20120810." + operation)
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("Authorization", authorization)
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request)))
            .build();
    try {
      HttpResponse<String> answer = client.send(call, BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        return true;
      }
      JsonNode error = JSON.readTree(answer.body());
      if (error.path("__type").asString("").endsWith("#ResourceInUseException")) {
        return false;
      }
      throw new IOException(
          "%s of table %s: %s"
              .formatted(
                  operation,
                  request.get("TableName"),
                  error.path("Message").asString(error.path("message").asString(""))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while creating tables", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
      requests.shutdown();
    } catch (Exception e) {
      throw new IOException("DynamoDB Local did not stop: " + e.getMessage(), e);
    }
  }
}
