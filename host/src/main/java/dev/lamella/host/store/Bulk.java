package dev.lamella.host.store;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parts and shards, by signed URLs, straight to and from S3. Each method is one try, to be made by
 * {@link Retrier}.
 */
public final class Bulk {
  private static final Pattern BUCKET =
      Pattern.compile("<BucketName>([a-z0-9.-]{1,63})</BucketName>");

  private final Destinations destinations;
  private final Wire wire;
  private final Meter meter;

  Bulk(Destinations destinations, Wire wire, Meter meter) {
    this.destinations = destinations;
    this.wire = wire;
    this.meter = meter;
  }

  /**
   * Returns also where the object is there, and the headers say that it is not to be replaced: an
   * earlier try, or another push, has put it.
   *
   * @throws TryAgain where S3 throttles, fails, or refuses the URL
   * @throws dev.lamella.host.outcome.HostFailure {@code REFUSED} where no store may send us there
   */
  public void put(URI url, Map<String, String> headers, Body body) throws IOException, TryAgain {
    HttpAnswer answer = exchange("PUT", url, headers, Optional.of(body), Optional.empty());
    boolean isThere =
        answer.status() == HttpURLConnection.HTTP_PRECON_FAILED
            && headers.keySet().stream().anyMatch("if-none-match"::equalsIgnoreCase);
    if (!isThere) {
      require(answer);
    }
  }

  /**
   * @param sink takes the bytes; some may have come before a try fails
   * @throws TryAgain as put
   */
  public void get(URI url, Sink sink) throws IOException, TryAgain {
    require(exchange("GET", url, Map.of(), Optional.empty(), Optional.of(sink)));
  }

  private HttpAnswer exchange(
      String method, URI url, Map<String, String> headers, Optional<Body> body, Optional<Sink> sink)
      throws IOException {
    destinations.require(url, headers);
    return wire.exchange(
        new Exchange(method, url, headers, body, Exchange.LONGEST_ERROR), sink, meter);
  }

  private static boolean isBucketMissing(HttpAnswer answer) {
    return text(answer).contains("<Code>NoSuchBucket</Code>");
  }

  private static String bucket(HttpAnswer answer) {
    Matcher name = BUCKET.matcher(text(answer));
    return name.find() ? " " + name.group(1) : "";
  }

  private static String text(HttpAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static void require(HttpAnswer answer) throws TryAgain {
    if (answer.status() == HttpURLConnection.HTTP_NOT_FOUND && isBucketMissing(answer)) {
      throw TryAgain.later(
          "the bucket%s that it is in, or should go to, is missing: whoever runs the store has to"
                  .formatted(bucket(answer))
              + " bring it back");
    }
    switch (answer.status()) {
      case HttpURLConnection.HTTP_OK, HttpURLConnection.HTTP_CREATED -> {}
      // S3 says 400 where the session has ended of the function that signed it.
      case HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND ->
          throw TryAgain.withFreshUrl("its storage answers HTTP " + answer.status());
      default ->
          throw new TryAgain("its storage answers HTTP " + answer.status(), answer.retryAfter());
    }
  }
}
