package dev.lamella.clients;

import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A test of clients against an embedded stack of its own, as template.yaml declares it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StackTest {
  /** Bytes of a layer that takes many shards, and more than any request can carry. */
  static final int LARGE = (Boolean.getBoolean("lamella.full") ? 200 : 24) << 20;

  private final AtomicInteger directories = new AtomicInteger();
  private LocalStack stack;
  private Path temporary;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    temporary = directory;
    Path template = Path.of("../..").toAbsolutePath().normalize().resolve("template.yaml");
    stack = LocalStack.start(options(LocalStackOptions.of(template, directory.resolve("data"))));
  }

  @AfterAll
  void stop() throws IOException {
    stack.close();
  }

  /** The smallest shards there are, so that few bytes make many. */
  LocalStackOptions options(LocalStackOptions options) {
    return options.withTablesInMemory().withParameter("ShardSize", Integer.toString(5 << 20));
  }

  URI endpoint() {
    return stack.endpoint();
  }

  /** The host and port that stand before an image's name. */
  String registry() {
    return stack.endpoint().getAuthority();
  }

  String administratorSecret() throws IOException {
    return stack.administratorSecret();
  }

  /** A directory that is empty. */
  Path directory() throws IOException {
    return Files.createDirectory(
        temporary.resolve(Integer.toString(directories.incrementAndGet())));
  }
}
