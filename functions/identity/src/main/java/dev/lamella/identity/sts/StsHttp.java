package dev.lamella.identity.sts;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a proof: one GET, in 5 seconds, without a redirect or a proxy, whose answer has 64 KiB at
 * most.
 */
final class StsHttp {
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final int SILENCE_MILLIS = 3_000;
  private static final int LARGEST = 64 << 10;
  private static final int REFUSED = 400;
  private static final int DENIED = 403;

  /**
   * What is answered; empty where STS refuses it.
   *
   * @throws IOException where there is no answer that says the one or the other
   */
  Optional<byte[]> send(CallerProof proof) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) proof.url().toURL().openConnection(Proxy.NO_PROXY);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout(SILENCE_MILLIS);
    connection.setReadTimeout(SILENCE_MILLIS);
    connection.setRequestProperty(CallerProof.HEADER, proof.store());
    connection.setRequestProperty("Connection", "close");
    connection.setRequestProperty("Accept", "text/xml");
    FutureTask<Optional<byte[]>> task = new FutureTask<>(() -> read(connection));
    Thread.ofVirtual().start(task);
    try {
      return task.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw new IOException("STS has not answered within " + MOST.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      // Its own message may have the URL in it.
      throw new IOException(
          cause instanceof Unlike unlike
              ? unlike.getMessage()
              : "STS cannot be reached: " + cause.getClass().getSimpleName());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      connection.disconnect();
    }
  }

  /** An answer that says nothing of the caller; its message has nothing of the request. */
  private static final class Unlike extends IOException {
    private static final long serialVersionUID = 1L;

    Unlike(String message) {
      super(message);
    }
  }

  private static Optional<byte[]> read(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status == HttpURLConnection.HTTP_OK) {
      return Optional.of(bounded(connection.getInputStream()));
    }
    InputStream error = connection.getErrorStream();
    boolean isRefused =
        (status == REFUSED || status == DENIED)
            && (error == null
                || !new String(bounded(error), StandardCharsets.ISO_8859_1).contains("Throttl"));
    if (!isRefused) {
      throw new Unlike("STS answers " + status + "; redirects are not followed");
    }
    return Optional.empty();
  }

  private static byte[] bounded(InputStream in) throws IOException {
    byte[] body = in.readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      throw new Unlike("STS answers more than " + LARGEST + " bytes");
    }
    return body;
  }
}
