package dev.lamella.local.lambda;

import dev.lamella.embedded.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A function's log: a JSON object a line, with the fields of Lambda's JSON log format. */
final class FunctionLog implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final LogFile file;

  private FunctionLog(LogFile file) {
    this.file = file;
  }

  static FunctionLog open(Path file) throws IOException {
    return new FunctionLog(LogFile.open(file));
  }

  /** An invocation that overran its timeout can outlive the stack: a closed log takes no more. */
  void write(String requestId, String level, String message) {
    ObjectNode line = JSON.createObjectNode();
    line.put("timestamp", Instant.now().toString())
        .put("level", level)
        .put("AWSRequestId", requestId)
        .put("message", message.stripTrailing());
    append(line.toString());
  }

  /** As Lambda takes bytes: they are the line, whatever the log's format. */
  void write(byte[] line) {
    append(new String(line, StandardCharsets.UTF_8));
  }

  private void append(String line) {
    try {
      file.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a function's log", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
