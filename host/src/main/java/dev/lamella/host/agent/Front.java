package dev.lamella.host.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What each request is about: bytes of blobs are the agent's own work, and all else is the store's.
 */
final class Front implements HttpHandler {
  private static final Pattern UPLOADS = Pattern.compile("/v2/(.+)/blobs/uploads/?");
  private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/([^/]+)");
  private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/([^/]+:[^/]+)");

  private final ServeBlob serveBlob;
  private final ReceiveBlob receiveBlob;
  private final PassOn passOn;
  private final Failures failures;
  private final ClientWatch watch;
  private final AgentLog log;

  Front(
      ServeBlob serveBlob,
      ReceiveBlob receiveBlob,
      PassOn passOn,
      Failures failures,
      ClientWatch watch,
      AgentLog log) {
    this.serveBlob = serveBlob;
    this.receiveBlob = receiveBlob;
    this.passOn = passOn;
    this.failures = failures;
    this.watch = watch;
    this.log = log;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Request request = new Request(exchange, watch);
    try {
      route(request);
    } catch (ClientGone e) {
      log.line(what(request) + ": the client is gone: " + e.getMessage());
      throw e;
    } catch (IOException | RuntimeException e) {
      fail(request, e instanceof RuntimeException known ? known : new IllegalStateException(e));
    }
  }

  private void fail(Request request, RuntimeException failure) throws IOException {
    log.line(what(request) + ": " + Failures.text(failure));
    if (request.isAnswered()) {
      // The server closes the connection in the middle of the answer.
      throw new IOException("aborted", failure);
    }
    failures.answer(request, failure);
  }

  private static String what(Request request) {
    return request.method() + " " + request.rawPath();
  }

  private void route(Request request) throws IOException {
    String path = request.path();
    if (path.equals("/healthz")) {
      request.answer(
          200, Map.of("Content-Type", "text/plain"), "ok\n".getBytes(StandardCharsets.UTF_8));
      return;
    }
    Matcher uploads = UPLOADS.matcher(path);
    Matcher upload = UPLOAD.matcher(path);
    Matcher blob = BLOB.matcher(path);
    boolean isRead = request.method().equals("GET") || request.isHead();
    if (request.method().equals("POST") && uploads.matches()) {
      receiveBlob.open(request, new RepositoryName(uploads.group(1)));
    } else if (upload.matches()) {
      receiveBlob.goOn(request, new RepositoryName(upload.group(1)), upload.group(2));
    } else if (isRead && blob.matches()) {
      serveBlob.serve(request, new RepositoryName(blob.group(1)), Digest.parse(blob.group(2)));
    } else {
      passOn.pass(request);
    }
  }
}
