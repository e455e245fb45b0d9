package dev.lamella.local.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request at Jetty and its answer, in the JDK's words. */
final class JettyExchange extends HttpExchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final URI uri;
  private final InputStream body;
  private final OutputStream out;
  private final Headers requestHeaders = new Headers();
  private final Headers responseHeaders = new Headers();
  private final AtomicBoolean closed = new AtomicBoolean();
  private int code = -1;

  /**
   * @throws IllegalArgumentException if the request's target is no path with a query
   */
  JettyExchange(Request request, Response response, Callback callback, Limits limits) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.uri = uri(request.getHttpURI().getPathQuery());
    this.body = new TimedBody(Content.Source.asInputStream(request), limits);
    this.out =
        new FilterOutputStream(Content.Sink.asOutputStream(response)) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          // Ends the exchange, as the JDK's server does.
          @Override
          public void close() {
            JettyExchange.this.close();
          }
        };
    request.getHeaders().forEach(field -> requestHeaders.add(field.getName(), field.getValue()));
  }

  /** With a host before it, or a path that begins with two slashes would be taken for one. */
  private static URI uri(String target) {
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException("the target is no path");
    }
    return URI.create("http://127.0.0.1" + target);
  }

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public URI getRequestURI() {
    return uri;
  }

  @Override
  public String getRequestMethod() {
    return request.getMethod();
  }

  @Override
  public InputStream getRequestBody() {
    return body;
  }

  @Override
  public OutputStream getResponseBody() {
    return out;
  }

  @Override
  public void sendResponseHeaders(int status, long length) {
    code = status;
    response.setStatus(status);
    responseHeaders.forEach(
        (name, values) -> {
          response.getHeaders().remove(name);
          values.forEach(value -> response.getHeaders().add(name, value));
        });
    if (request.getHeaders().contains(HttpHeader.CONNECTION, "close")) {
      // Jetty forgets it where it has sent a 100 before.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    if (length > 0) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
    }
  }

  /** Ends the answer; without one, ends the connection. Does nothing the second time. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    if (code < 0) {
      callback.failed(new IOException("there is no answer"));
    } else {
      callback.succeeded();
    }
  }

  /** Answers what went wrong, where no answer has begun. */
  void fail(int status, Throwable cause) {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      Response.writeError(request, response, callback, status, null, cause);
    } catch (IllegalStateException e) {
      // The connection has ended meanwhile, and with it the exchange: there is no client to tell.
    }
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return (InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return (InetSocketAddress) request.getConnectionMetaData().getLocalSocketAddress();
  }

  @Override
  public int getResponseCode() {
    return code;
  }

  @Override
  public String getProtocol() {
    return request.getConnectionMetaData().getProtocol();
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return request.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    request.setAttribute(name, value);
  }

  @Override
  public HttpContext getHttpContext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return null;
  }
}
