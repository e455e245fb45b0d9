package dev.lamella.host.store;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Parts and shards, by signed URLs, straight to and from S3. Each method is one try, to be made by
 * {@link Patience}.
 */
public final class Bulk {

  private final Wire wire;
  private final Meter meter;

  Bulk(Wire wire, Meter meter) {
    this.wire = wire;
    this.meter = meter;
  }

  /**
   * @throws TryAgain where S3 throttles, fails, or refuses the URL
   */
  public void put(URI url, Map<String, String> headers, Body body) throws IOException, TryAgain {
    Exchange exchange = new Exchange("PUT", url, headers, Optional.of(body));
    require(wire.exchange(exchange, Optional.empty(), meter));
  }

  /**
   * @param sink takes the bytes; some may have come before a try fails
   * @throws TryAgain as put
   */
  public void get(URI url, Sink sink) throws IOException, TryAgain {
    require(wire.exchange(Exchange.of("GET", url), Optional.of(sink), meter));
  }

  private static void require(Answer answer) throws TryAgain {
    switch (answer.status()) {
      case HttpURLConnection.HTTP_OK, HttpURLConnection.HTTP_CREATED -> {}
      case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND ->
          throw TryAgain.withFreshUrl("its storage answers HTTP " + answer.status());
      default ->
          throw new TryAgain("its storage answers HTTP " + answer.status(), answer.retryAfter());
    }
  }
}
