package dev.lamella.localstack;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/**
 * A test against LocalStack, which is started once for all of them, and the stack that is deployed
 * on it once for all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CloudTest {
  private static final FutureTask<Setting> SETTING = new FutureTask<>(CloudTest::begin);

  /** What all tests have in common. */
  record Setting(Cloud cloud, Tools tools, Aws aws, Stack stack, Account administrator) {}

  @BeforeAll
  static void start() {
    SETTING.run(); // Does nothing from the second time on.
    var _ = setting();
  }

  private static Setting begin() throws IOException {
    Tools tools = Tools.installed();
    Cloud cloud = Cloud.start(tools);
    System.out.println("Tests run against " + cloud.description() + ", at " + cloud.endpoint());
    Stack.build(tools, cloud);
    Stack stack = Stack.deploy(cloud, tools, "lamella-first");
    return new Setting(cloud, tools, Aws.of(cloud), stack, stack.administrator());
  }

  private static Setting setting() {
    try {
      return SETTING.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TestAbortedException lack) {
        throw new TestAbortedException(lack.getMessage(), lack);
      }
      throw new IllegalStateException("the template is not deployed: there is nothing to test", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the template was deployed", e);
    }
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

  /** Of the stack, which asks who comes. */
  static Account administrator() {
    return setting().administrator();
  }
}
