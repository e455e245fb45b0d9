package dev.lamella.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/**
 * A test against LocalStack, which is started once for all of them, and the stack that is deployed
 * on it once for all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CloudTest {
  private static @Nullable Setting setting;
  private static @Nullable String lack;

  /** What all tests have in common. */
  record Setting(Cloud cloud, Tools tools, Aws aws, Stack stack) {}

  @BeforeAll
  static void start() {
    if (lack != null) {
      throw new TestAbortedException(lack);
    }
    if (setting != null) {
      return;
    }
    try {
      Tools tools = Tools.installed();
      Cloud cloud = Cloud.start(tools);
      System.out.println("Tests run against " + cloud.description() + ", at " + cloud.endpoint());
      Stack.build(tools, cloud);
      setting =
          new Setting(cloud, tools, Aws.of(cloud), Stack.deploy(cloud, tools, "lamella-first"));
    } catch (TestAbortedException e) {
      lack = e.getMessage();
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Setting setting() {
    if (setting == null) {
      throw new IllegalStateException("nothing was started");
    }
    return setting;
  }

  static Cloud cloud() {
    return setting().cloud();
  }

  static Tools tools() {
    return setting().tools();
  }

  static Aws aws() {
    return setting().aws();
  }

  static Functions functions() {
    return new Functions(stack(), aws().lambda());
  }

  static Stack stack() {
    return setting().stack();
  }
}
