package dev.lamella.tests;

import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The store of a model run, from outside: where its process is found dead, it is started again. */
final class ModelStore implements AutoCloseable {
  private static final int ATTEMPTS = 6;

  /** How what runs is reached. */
  private record Up(Map<String, String> environment, RawHost host, PlainClient client) {
    static Up of(String answer) {
      Map<String, String> environment = new HashMap<>();
      Json.tree(answer.getBytes(StandardCharsets.UTF_8))
          .properties()
          .forEach(one -> environment.put(one.getKey(), one.getValue().asString()));
      URI api = URI.create(Objects.requireNonNull(environment.get(ModelStack.API)));
      return new Up(environment, new RawHost(api), new PlainClient(api));
    }
  }

  private final Path data;
  private Duration ahead = Duration.ZERO;
  private Child stack;
  private Up up;
  private int deaths;

  ModelStore(Path data) throws IOException {
    this.data = data;
    this.stack = start();
    this.up = answer().orElseThrow(() -> new AssertionError("the store does not start"));
  }

  private Child start() throws IOException {
    return Child.start(ModelStack.class, data.toString(), ahead.toString());
  }

  private Optional<Up> answer() throws IOException {
    return stack
        .awaitLine(ModelStack.ANSWER)
        .map(line -> Up.of(line.substring(ModelStack.ANSWER.length())));
  }

  /** Has it done, as one of the orders that {@link ModelStack} knows. */
  void tell(String order) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      stack.say(order);
      Optional<Up> done = answer();
      if (done.isPresent()) {
        if (!done.get().environment().equals(up.environment())) {
          up = done.get();
        }
        return;
      }
      stack.close();
      deaths++;
      stack = start();
      up = answer().orElseThrow(() -> new AssertionError("it does not start after " + order));
    }
    throw new AssertionError("it dies whenever it is told to " + order);
  }

  /** How often its process was killed. */
  int deaths() {
    return deaths;
  }

  RawHost host() {
    return up.host();
  }

  PlainClient client() {
    return up.client();
  }

  Inventory inventory() {
    return Inventory.of(up.environment());
  }

  /** Where an object is that S3 has at a path. */
  Path object(String path) {
    return data.resolve("s3" + path);
  }

  /** Time passes for the functions. */
  void jump(Duration time) throws IOException {
    ahead = ahead.plus(time);
    tell("clock " + ahead);
  }

  void awaitIdle() throws IOException {
    tell("idle");
  }

  /** No more mischief, until the next. */
  void calm() throws IOException {
    tell("calm");
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Attempt<T> {
    T make() throws Exception;
  }

  /** Tries again what fails, in the end without mischief. */
  <T> T insist(Attempt<T> attempt) throws Exception {
    for (int i = 1; ; i++) {
      try {
        return attempt.make();
      } catch (IOException e) {
        calm();
        if (i == ATTEMPTS) {
          throw new AssertionError("failed " + ATTEMPTS + " times: " + e.getMessage(), e);
        }
      }
    }
  }

  /** What it answers, once it answers by one of these statuses. */
  HttpResponse<byte[]> insist(Attempt<HttpResponse<byte[]>> attempt, Integer... statuses)
      throws Exception {
    return insist(
        () -> {
          HttpResponse<byte[]> answer = attempt.make();
          require(answer, statuses);
          return answer;
        });
  }

  /**
   * @throws IOException where it was answered by another status
   */
  static void require(HttpResponse<byte[]> answer, Integer... statuses) throws IOException {
    if (!Set.of(statuses).contains(answer.statusCode())) {
      throw new IOException(
          "%s %s was answered %d: %s"
              .formatted(
                  answer.request().method(),
                  answer.request().uri().getPath(),
                  answer.statusCode(),
                  RawHost.text(answer)));
    }
  }

  @Override
  public void close() throws IOException {
    stack.close();
  }
}
