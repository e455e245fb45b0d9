package dev.lamella.localstack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LocalStack's STS, which reads who calls from the header Authorization alone, as a place for
 * presigned requests: what these have in their query is put there as well. Neither of the two
 * checks a signature.
 */
final class StsFront implements AutoCloseable {
  private static final Pattern CREDENTIAL =
      Pattern.compile("X-Amz-Credential=([A-Z0-9]+)(?:%2F|/)([^&]+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpServer server;
  private final URI sts;
  private final String host;

  private StsFront(HttpServer server, URI sts, String host) {
    this.server = server;
    this.sts = sts;
    this.host = host;
  }

  /** Where functions on that cloud, and processes of this machine, reach it. */
  static StsFront start(Cloud cloud) throws IOException {
    String host = cloud.thisMachine();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), 0), 0);
    StsFront front = new StsFront(server, cloud.endpoint(), host);
    server.createContext("/", front::answer);
    server.start();
    return front;
  }

  String url() {
    return "http://" + host + ":" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer = ask(exchange.getRequestURI().getRawQuery());
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private HttpResponse<byte[]> ask(String query) throws IOException, InterruptedException {
    Matcher credential = CREDENTIAL.matcher(query);
    if (!credential.find()) {
      throw new IOException("no presigned request");
    }
    String scope = credential.group(2).replace("%2F", "/");
    return http.send(
        HttpRequest.newBuilder(sts.resolve("/?Action=GetCallerIdentity&Version=2011-06-15"))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=host, Signature=%s"
                    .formatted(credential.group(1), scope, "0".repeat(64)))
            .build(),
        BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
    http.close();
  }
}
