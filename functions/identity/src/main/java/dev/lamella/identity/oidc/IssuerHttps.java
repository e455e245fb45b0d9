package dev.lamella.identity.oidc;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Gets documents of issuers: by https, in 5 seconds, of 256 KiB at most, without a redirect or a
 * proxy, from where issuers may be.
 */
public final class IssuerHttps implements IssuerKeys.Documents {
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final int SILENCE_MILLIS = 3_000;
  private static final int LARGEST = 256 << 10;

  private final SSLSocketFactory tls;
  private final IssuerAddresses addresses;

  public IssuerHttps(SSLSocketFactory tls, IssuerAddresses addresses) {
    this.tls = tls;
    this.addresses = addresses;
  }

  @Override
  public byte[] get(URI url) throws IOException {
    if (!"https".equalsIgnoreCase(url.getScheme())) {
      throw new IOException(url + " is not https");
    }
    try (IssuerSockets sockets = new IssuerSockets(tls, addresses)) {
      FutureTask<byte[]> task = new FutureTask<>(() -> read(url, sockets));
      Thread.ofVirtual().start(task);
      return task.get(MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw new IOException(url + " has not answered within " + MOST.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IOException(url + ": " + cause.getMessage(), cause);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private static byte[] read(URI url, IssuerSockets sockets) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
    try {
      connection.setSSLSocketFactory(sockets);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setConnectTimeout(SILENCE_MILLIS);
      connection.setReadTimeout(SILENCE_MILLIS);
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty("Accept", "application/json");
      int status = connection.getResponseCode();
      if (status != HttpsURLConnection.HTTP_OK) {
        throw new IOException("it answers " + status + ", and not 200; redirects are not followed");
      }
      InputStream in = connection.getInputStream();
      byte[] body = in.readNBytes(LARGEST + 1);
      if (body.length > LARGEST) {
        throw new IOException("it answers more than " + LARGEST + " bytes");
      }
      return body;
    } finally {
      connection.disconnect();
    }
  }
}
