package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Two clients push different images under one tag, again and again, while a third reads it. */
class RacingTagTest extends StackTest {
  private static final int ROUNDS = 5;

  @Test
  void tag_pushedByTwo_isTheOneOrTheOtherAndThenTheLast() throws Exception {
    Layout one = Layout.random(directory(), 8, 1000, 70_000);
    Layout two = Layout.random(directory(), 9, 1000, 70_000);
    String name = registry() + "/race/app:1";
    Tool crane = Client.CRANE.tool(directory(), registry());
    Client.CRANE.push(crane, one, name).succeeded();
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> reader = threads.submit(() -> read(crane, name, List.of(one, two), done));
      List<Future<Void>> writers =
          threads.invokeAll(
              List.of(pushing(Client.CRANE, one, name), pushing(Client.ORAS, two, name)));
      done.set(true);
      for (Future<Void> writer : writers) {
        succeeded(writer);
      }
      assertThat(succeeded(reader)).isPositive();
    }
    for (Layout last : List.of(one, two)) {
      Client.CRANE.push(crane, last, name).succeeded();
      Path pulled = directory();
      Client.CRANE.pull(crane, name, pulled).succeeded();
      last.isIn(pulled);
    }
  }

  private Callable<Void> pushing(Client client, Layout image, String name) throws IOException {
    Tool tool = client.tool(directory(), registry());
    return () -> {
      for (int round = 0; round < ROUNDS; round++) {
        client.push(tool, image, name).succeeded();
      }
      return null;
    };
  }

  /** Each pull has the whole of one image: its manifest is one of the two, and all it names. */
  private int read(Tool crane, String name, List<Layout> images, AtomicBoolean done)
      throws IOException {
    int pulls = 0;
    while (!done.get()) {
      Path pulled = directory();
      Client.CRANE.pull(crane, name, pulled).succeeded();
      Layout image =
          images.stream()
              .filter(
                  each ->
                      pulled
                          .resolve("blobs/sha256")
                          .resolve(each.manifest().hex())
                          .toFile()
                          .exists())
              .findFirst()
              .orElseThrow();
      image.isIn(pulled);
      pulls++;
    }
    return pulls;
  }

  private static <T> T succeeded(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
