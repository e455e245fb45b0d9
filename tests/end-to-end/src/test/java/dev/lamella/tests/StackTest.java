package dev.lamella.tests;

import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A test over the real functions, as template.yaml declares them, on an embedded stack of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StackTest {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  static final int SHARD = 5 << 20;

  private LocalStack stack;

  @BeforeAll
  void start(@TempDir Path data) {
    stack = LocalStack.start(options(LocalStackOptions.of(ROOT.resolve("template.yaml"), data)));
  }

  @AfterAll
  void stop() throws IOException {
    stack.close();
  }

  /** The smallest shards that S3 can assemble, so that few bytes make many. */
  LocalStackOptions options(LocalStackOptions options) {
    return options.withParameter("ShardSize", Integer.toString(SHARD));
  }

  LocalStack stack() {
    return stack;
  }

  RawHost host() {
    return new RawHost(stack.endpoint());
  }
}
