package dev.lamella.aws;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * The SDK's requests over the JDK's HttpURLConnection, as its own url-connection-client makes them.
 * But that one hands a body over in pieces of 4 KiB, and each is a write to the socket and a record
 * of TLS: half of the time that a shard takes to be sent.
 *
 * @param connect for so long a connection may take to be made
 * @param silence for so long nothing may come while something is awaited
 */
record UrlConnections(Duration connect, Duration silence) implements SdkHttpClient {
  private static final int PIECE = 64 << 10;

  static {
    // Idle connections that Java keeps for each host, else 5: a shard-writer reads some shards by
    // several ranges each, and another connection costs round trips and TLS. Read once by Java.
    if (System.getProperty("http.maxConnections") == null) {
      System.setProperty("http.maxConnections", "256");
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    HttpURLConnection connection = open(request.httpRequest());
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        if (request.contentStreamProvider().isPresent()) {
          send(request.contentStreamProvider().get(), connection);
        }
        return receive(connection);
      }

      @Override
      public void abort() {
        connection.disconnect();
      }
    };
  }

  private HttpURLConnection open(SdkHttpRequest request) {
    try {
      HttpURLConnection connection = (HttpURLConnection) request.getUri().toURL().openConnection();
      connection.setRequestMethod(request.method().name());
      request.forEachHeader(
          (name, values) -> values.forEach(value -> connection.addRequestProperty(name, value)));
      request
          .firstMatchingHeader("Content-Length")
          .map(Long::parseLong)
          .ifPresent(connection::setFixedLengthStreamingMode);
      connection.setConnectTimeout(Math.toIntExact(connect.toMillis()));
      connection.setReadTimeout(Math.toIntExact(silence.toMillis()));
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      return connection;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void send(ContentStreamProvider body, HttpURLConnection connection)
      throws IOException {
    connection.setDoOutput(true);
    byte[] piece = new byte[PIECE];
    try (InputStream in = body.newStream();
        OutputStream out = connection.getOutputStream()) {
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        out.write(piece, 0, length);
      }
    }
  }

  private static HttpExecuteResponse receive(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    InputStream body =
        status >= HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getErrorStream()
            : connection.getInputStream();
    Map<String, List<String>> headers = new HashMap<>(connection.getHeaderFields());
    headers.remove(null); // The JDK has the status line there.
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpResponse.builder()
                .statusCode(status)
                .statusText(connection.getResponseMessage())
                .headers(headers)
                .build())
        .responseBody(
            body == null ? null : AbortableInputStream.create(body, connection::disconnect))
        .build();
  }

  @Override
  public String clientName() {
    return "UrlConnection";
  }

  @Override
  public void close() {
    // Idle connections are the JDK's.
  }
}
