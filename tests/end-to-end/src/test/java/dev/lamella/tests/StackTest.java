package dev.lamella.tests;

import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
  private Path data;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    data = temporary;
    stack = LocalStack.start(options(LocalStackOptions.of(ROOT.resolve("template.yaml"), data)));
  }

  @AfterAll
  void stop() throws IOException {
    stack.close();
  }

  /** The smallest shards that S3 can assemble, so that few bytes make many. */
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return options.withTablesInMemory().withParameter("ShardSize", Integer.toString(SHARD));
  }

  /** Has identity give tokens, as it does nowhere else in a store that takes everybody alike. */
  static Map<String, String> withIdentity(String function, Map<String, String> environment) {
    if (!function.equals("IdentityFunction")) {
      return environment;
    }
    Map<String, String> asking = new HashMap<>(environment);
    asking.put("SIGN_IN", "on");
    return asking;
  }

  LocalStack stack() {
    return stack;
  }

  /** Where the stack keeps its data. */
  Path data() {
    return data;
  }

  ExpiredUrls expiredUrls() {
    return new ExpiredUrls(stack.credentials(), stack.template().pseudo().region());
  }

  RawHost host() {
    return new RawHost(stack.endpoint());
  }

  /** What Lambda calls the function that template.yaml calls so. */
  String physicalName(String logicalId) {
    return stack.template().functions().stream()
        .filter(candidate -> candidate.logicalId().equals(logicalId))
        .findFirst()
        .orElseThrow()
        .name();
  }
}
