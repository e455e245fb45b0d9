package dev.lamella.local.lambda;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A function's log: a JSON object a line, with the fields of Lambda's JSON log format. */
final class FunctionLog implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long KEPT = 16 << 20;

  private final BufferedWriter writer;
  private boolean closed;

  private FunctionLog(BufferedWriter writer) {
    this.writer = writer;
  }

  /** Appends to the file; one that has grown over 16 MiB is first set aside as {@code .1}. */
  static FunctionLog open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    if (Files.exists(file) && Files.size(file) > KEPT) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    return new FunctionLog(
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  synchronized void write(String requestId, String level, String message) {
    if (closed) {
      return; // An invocation that overran its timeout can outlive the stack.
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("timestamp", Instant.now().toString())
        .put("level", level)
        .put("AWSRequestId", requestId)
        .put("message", message.stripTrailing());
    try {
      writer.write(line.toString());
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a function's log", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    writer.close();
  }
}
