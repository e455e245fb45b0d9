package dev.lamella.local.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as Jetty speaks it, but for one thing: what a request expects in vain is left for {@link
 * #expectsInVain} to find. Jetty would refuse it while it reads the body, and might close the
 * connection before its answer is out.
 */
final class Connections extends HttpConnectionFactory {
  Connections(HttpConfiguration settings) {
    super(settings);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint end) {
    return configure(new Http1(getHttpConfiguration(), connector, end), connector, end);
  }

  private static final class Http1 extends HttpConnection {
    Http1(HttpConfiguration settings, Connector connector, EndPoint end) {
      super(settings, connector, end);
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(
        String method, @Nullable String uri, HttpVersion version) {
      return new HttpStreamOverHTTP1(method, uri, version) {
        @Override
        public void parsedHeader(HttpField field) {
          // Without the constant it is a field like any other.
          super.parsedHeader(
              isInVain(field) ? new HttpField(null, field.getName(), field.getValue()) : field);
        }
      };
    }
  }

  private static boolean isInVain(HttpField field) {
    return field.is(HttpHeader.EXPECT.asString())
        && !"100-continue".equalsIgnoreCase(field.getValue());
  }

  /** Whether the request expects what this server does not do; HTTP/1.0 knows no expectations. */
  static boolean expectsInVain(Request request) {
    return request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0
        && request.getHeaders().stream().anyMatch(Connections::isInVain);
  }
}
