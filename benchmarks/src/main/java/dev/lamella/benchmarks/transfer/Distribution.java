package dev.lamella.benchmarks.transfer;

import dev.lamella.embedded.Credentials;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The registry that others run, distribution, with its S3 driver on a bucket of a local stack. */
record Distribution(Process process, URI uri) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  static Distribution start(
      Path program, Path directory, URI s3, String bucket, Credentials credentials)
      throws IOException {
    int port = freePort();
    Path config = directory.resolve("registry.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {level: warn, accesslog: {disabled: true}}
        http: {addr: "127.0.0.1:%d", secret: benchmark}
        storage:
          cache: {blobdescriptor: inmemory}
          s3:
            accesskey: %s
            secretkey: %s
            region: us-east-1
            regionendpoint: %s
            forcepathstyle: true
            secure: false
            bucket: %s
            rootdirectory: /distribution
        """
            .formatted(port, credentials.accessKey(), credentials.secretKey(), s3, bucket));
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("registry.log").toFile());
    builder.environment().put("OTEL_TRACES_EXPORTER", "none");
    Distribution started =
        new Distribution(builder.start(), URI.create("http://127.0.0.1:" + port));
    started.await(directory.resolve("registry.log"));
    return started;
  }

  private void await(Path log) throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        close();
        throw new IOException("distribution does not start: " + Files.readString(log));
      }
      Thread.onSpinWait();
    }
  }

  private boolean answers() throws IOException {
    HttpURLConnection ping = (HttpURLConnection) uri.resolve("/v2/").toURL().openConnection();
    try {
      return ping.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (java.net.ConnectException e) {
      return false;
    } finally {
      ping.disconnect();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
