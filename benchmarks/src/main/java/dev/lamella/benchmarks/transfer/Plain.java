package dev.lamella.benchmarks.transfer;

import dev.lamella.core.Parallel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What anyone would write to move a file to and from S3: so many connections, a buffer each, the
 * same HTTP client as the host's, and no more.
 */
final class Plain {
  private static final int BUFFER = 64 << 10;

  private Plain() {}

  /** Some bytes of a file, and where they are to go or to come from. */
  record Piece(URI url, long offset, int length) {}

  /** Puts every piece of the file. */
  static void put(Path file, List<Piece> pieces, int connections) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      each(pieces, connections, piece -> put(channel, piece));
    }
  }

  /** Gets every piece, hashes it, and writes it to its place in a new file. */
  static void get(Path file, List<Piece> pieces, int connections) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      each(pieces, connections, piece -> get(channel, piece));
    }
  }

  /** Gets every piece and hashes it. */
  static void hash(List<Piece> pieces, int connections) {
    each(pieces, connections, piece -> hash(piece, _ -> {}));
  }

  /** Asks for every piece, by URLs that are signed for HEAD. */
  static void head(List<Piece> pieces, int connections) {
    each(
        pieces,
        connections,
        piece -> {
          HttpURLConnection connection = open(piece);
          connection.setRequestMethod("HEAD");
          require(connection);
          if (connection.getContentLength() != piece.length()) {
            throw new IOException("S3 has another length");
          }
        });
  }

  private interface PieceTransfer {
    void take(Piece piece) throws IOException;
  }

  private static void each(List<Piece> pieces, int connections, PieceTransfer transfer) {
    var _ =
        Parallel.map(
            pieces,
            connections,
            piece -> {
              try {
                transfer.take(piece);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return piece;
            });
  }

  private static void put(FileChannel channel, Piece piece) throws IOException {
    HttpURLConnection connection = open(piece);
    connection.setRequestMethod("PUT");
    connection.setRequestProperty("If-None-Match", "*"); // As a part's URL has signed it.
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(piece.length());
    byte[] buffer = new byte[BUFFER];
    try (OutputStream out = connection.getOutputStream()) {
      for (int at = 0; at < piece.length(); ) {
        int wanted = Math.min(BUFFER, piece.length() - at);
        int read = channel.read(ByteBuffer.wrap(buffer, 0, wanted), piece.offset() + at);
        if (read <= 0) {
          throw new IOException("the file became shorter");
        }
        out.write(buffer, 0, read);
        at += read;
      }
    }
    require(connection);
    try (InputStream in = connection.getInputStream()) {
      var _ = in.readAllBytes();
    }
  }

  private static void get(FileChannel channel, Piece piece) throws IOException {
    long[] at = {piece.offset()};
    hash(
        piece,
        bytes -> {
          while (bytes.hasRemaining()) {
            at[0] += channel.write(bytes, at[0]);
          }
        });
  }

  private interface Taker {
    void take(ByteBuffer bytes) throws IOException;
  }

  private static void hash(Piece piece, Taker taker) throws IOException {
    HttpURLConnection connection = open(piece);
    require(connection);
    MessageDigest hash = sha256();
    byte[] buffer = new byte[BUFFER];
    long got = 0;
    try (InputStream in = connection.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
        taker.take(ByteBuffer.wrap(buffer, 0, read));
        got += read;
      }
    }
    if (hash.digest().length == 0 || got != piece.length()) {
      throw new IOException("S3 sent another length");
    }
  }

  private static HttpURLConnection open(Piece piece) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) piece.url().toURL().openConnection();
    connection.setUseCaches(false);
    return connection;
  }

  private static void require(HttpURLConnection connection) throws IOException {
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("S3 answered HTTP " + connection.getResponseCode());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
