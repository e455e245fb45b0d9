package dev.lamella.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.local.SmallStack;
import dev.lamella.local.lambda.InvocationResult.Accepted;
import dev.lamella.local.lambda.InvocationResult.Completed;
import dev.lamella.local.lambda.InvocationResult.Failed;
import dev.lamella.local.lambda.InvocationResult.Rejected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LambdaServiceTest {
  private static final String WORKER = "lamella-WorkFunction";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path directory;

  private LambdaService service(InvocationInterceptor interceptor, int concurrency)
      throws IOException {
    LambdaService lambda = new LambdaService(interceptor, concurrency, Duration.ofMillis(1));
    lambda.create(
        SmallStack.with(Map.of()).function("WorkFunction"), Map.of(), directory.resolve("log"));
    return lambda;
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode answer(InvocationResult result) throws IOException {
    assertThat(result).isInstanceOf(Completed.class);
    return new JsonMapper().readTree(((Completed) result).payload());
  }

  private static Rejection rejection(InvocationResult result) {
    assertThat(result).isInstanceOf(Rejected.class);
    return ((Rejected) result).reason();
  }

  @Test
  void invoke_oneAfterTheOther_reusesTheEnvironment() throws Exception {
    try (LambdaService lambda = service(InvocationInterceptor.NONE, 4)) {
      JsonNode first = answer(lambda.invoke(WORKER, json("{}")));
      JsonNode second = answer(lambda.invoke(WORKER + ":live", json("{}")));
      assertThat(second.path("instance")).isEqualTo(first.path("instance"));
      assertThat(second.path("served").asInt()).isEqualTo(2);
      assertThat(first.path("remaining").asInt()).isBetween(1, 1000);
    }
  }

  @Test
  void invoke_overTheReservedConcurrency_isThrottledAndQueuedOnesWait() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger delivered = new AtomicInteger();
    InvocationInterceptor holding =
        (invocation, handler) -> {
          running.countDown();
          go.await();
          if (invocation.asynchronous()) {
            delivered.incrementAndGet();
          }
          return handler.call();
        };
    try (LambdaService lambda = patient(holding, OptionalInt.of(2));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<InvocationResult> first = threads.submit(() -> lambda.invoke(WORKER, json("{}")));
      Future<InvocationResult> second = threads.submit(() -> lambda.invoke(WORKER, json("{}")));
      running.await();
      assertThat(rejection(lambda.invoke(WORKER, json("{}")))).isEqualTo(Rejection.THROTTLED);
      assertThat(lambda.enqueue(WORKER, json("{}"))).isInstanceOf(Accepted.class);
      assertThat(delivered).hasValue(0);
      go.countDown();
      int one = answer(first.get()).path("instance").asInt();
      assertThat(answer(second.get()).path("instance").asInt()).isNotEqualTo(one);
      assertThat(lambda.awaitIdle(PATIENCE)).isTrue();
      assertThat(delivered).hasValue(1);
    }
  }

  @Test
  void invoke_moreThanThisMachineRunsAtOnce_waits() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    InvocationInterceptor holding =
        (_, handler) -> {
          running.countDown();
          go.await();
          return handler.call();
        };
    try (LambdaService lambda = patient(holding, OptionalInt.empty());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InvocationResult>> calls = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        calls.add(threads.submit(() -> lambda.invoke(WORKER, json("{}"))));
      }
      running.await();
      go.countDown();
      for (Future<InvocationResult> call : calls) {
        assertThat(answer(call.get()).path("served").asInt()).isPositive();
      }
    }
  }

  @Test
  void invoke_whileEventsTakeAllThatRunsAtOnce_isNotHeldUp() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    InvocationInterceptor holding =
        (invocation, handler) -> {
          if (invocation.asynchronous()) {
            running.countDown();
            go.await();
          }
          return handler.call();
        };
    try (LambdaService lambda = patient(holding, OptionalInt.empty())) {
      for (int i = 0; i < 5; i++) {
        assertThat(lambda.enqueue(WORKER, json("{}"))).isInstanceOf(Accepted.class);
      }
      running.await();
      assertThat(answer(lambda.invoke(WORKER, json("{}"))).path("served").asInt()).isPositive();
      go.countDown();
      assertThat(lambda.awaitIdle(PATIENCE)).isTrue();
    }
  }

  /** With the timeout of the front function: what is held must not run out of time. */
  private LambdaService patient(InvocationInterceptor interceptor, OptionalInt reserved)
      throws IOException {
    LambdaService lambda = new LambdaService(interceptor, 2, Duration.ofMillis(1));
    var work = SmallStack.with(Map.of()).function("WorkFunction");
    lambda.create(
        new dev.lamella.local.template.FunctionDefinition(
            work.logicalId(),
            work.name(),
            work.arn(),
            work.handler(),
            work.memory(),
            Duration.ofMinutes(5),
            work.environment(),
            reserved,
            work.alias(),
            work.retries(),
            work.maximumAge(),
            work.deadLetters(),
            work.logGroup()),
        Map.of(),
        directory.resolve("log"));
    return lambda;
  }

  @Test
  void invoke_manyAtOnce_neverSharesAnEnvironment() throws Exception {
    List<Integer> instances = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch all = new CountDownLatch(8);
    InvocationInterceptor together =
        (invocation, handler) -> {
          all.countDown();
          all.await();
          return handler.call();
        };
    try (LambdaService lambda = patient(together, OptionalInt.of(8));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InvocationResult>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(threads.submit(() -> lambda.invoke(WORKER, json("{}"))));
      }
      for (Future<InvocationResult> call : calls) {
        instances.add(answer(call.get()).path("instance").asInt());
      }
    }
    assertThat(instances).doesNotHaveDuplicates().hasSize(8);
  }

  @Test
  void invoke_overrunningItsTimeout_isInterruptedAndItsEnvironmentEnds() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    InvocationInterceptor watching =
        (invocation, handler) -> {
          byte[] answer = handler.call();
          if (Thread.currentThread().isInterrupted()) {
            interrupted.countDown();
          }
          return answer;
        };
    try (LambdaService lambda = service(watching, 1)) {
      int before = answer(lambda.invoke(WORKER, json("{}"))).path("instance").asInt();
      Failed failed = (Failed) lambda.invoke(WORKER, json("{\"do\":\"sleep\"}"));
      assertThat(failed.error().type()).isEqualTo("Sandbox.Timedout");
      assertThat(failed.error().message()).endsWith("Error: Task timed out after 1.00 seconds");
      interrupted.await();
      assertThat(answer(lambda.invoke(WORKER, json("{}"))).path("instance").asInt())
          .isNotEqualTo(before);
    }
  }

  @Test
  void invoke_throwingHandler_isFunctionErrorAndLogged() throws Exception {
    try (LambdaService lambda = service(InvocationInterceptor.NONE, 1)) {
      Failed failed = (Failed) lambda.invoke(WORKER, json("{\"do\":\"throw\"}"));
      JsonNode error = new JsonMapper().readTree(failed.error().json());
      assertThat(error.path("errorType").asString("")).isEqualTo("java.io.IOException");
      assertThat(error.path("errorMessage").asString("")).isEqualTo("cannot work");
      assertThat(error.path("stackTrace")).isNotEmpty();
      for (String line : Files.readAllLines(directory.resolve("log"))) {
        JsonNode entry = new JsonMapper().readTree(line);
        assertThat(entry.path("AWSRequestId").asString("")).isEqualTo(failed.requestId());
        assertThat(entry.path("level").asString("")).isIn("INFO", "ERROR");
      }
    }
  }

  @Test
  void invoke_beyondTheLimits_isRefused() throws Exception {
    byte[] large = json("\"" + "x".repeat((6 << 20) - 1) + "\"");
    byte[] largest = json("\"" + "x".repeat((6 << 20) - 2) + "\"");
    byte[] largestEvent = json("\"" + "x".repeat((1 << 20) - 2) + "\"");
    byte[] largeEvent = json("\"" + "x".repeat((1 << 20) - 1) + "\"");
    try (LambdaService lambda = service(InvocationInterceptor.NONE, 1)) {
      assertThat(rejection(lambda.invoke(WORKER, large))).isEqualTo(Rejection.TOO_LARGE);
      assertThat(lambda.invoke(WORKER, largest)).isInstanceOf(Completed.class);
      assertThat(rejection(lambda.enqueue(WORKER, largeEvent))).isEqualTo(Rejection.TOO_LARGE);
      assertThat(lambda.enqueue(WORKER, largestEvent)).isInstanceOf(Accepted.class);
      assertThat(lambda.awaitIdle(PATIENCE)).isTrue();
      Failed failed = (Failed) lambda.invoke(WORKER, json("{\"do\":\"large\"}"));
      assertThat(failed.error().type()).isEqualTo("Function.ResponseSizeTooLarge");
      assertThat(rejection(lambda.invoke(WORKER, json("{")))).isEqualTo(Rejection.NOT_JSON);
      assertThat(rejection(lambda.invoke("nobody", json("{}")))).isEqualTo(Rejection.NOT_FOUND);
      assertThat(rejection(lambda.invoke(WORKER + ":test", json("{}"))))
          .isEqualTo(Rejection.NOT_FOUND);
    }
  }

  @Test
  void enqueue_failingTwice_succeedsAtTheThirdAttempt() throws Exception {
    List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
    InvocationInterceptor failingTwice =
        (invocation, handler) -> {
          attempts.add(invocation.attempt());
          if (invocation.attempt() < 3) {
            throw new IOException("not yet");
          }
          return handler.call();
        };
    try (LambdaService lambda = service(failingTwice, 1)) {
      lambda.enqueue(WORKER, json("{}"));
      assertThat(lambda.awaitIdle(PATIENCE)).isTrue();
      assertThat(attempts).containsExactly(1, 2, 3);
      assertThat(lambda.deadLetters()).isEmpty();
    }
  }

  @Test
  void enqueue_failingAlways_endsAsDeadLetter() throws Exception {
    InvocationInterceptor killing =
        (invocation, handler) -> {
          byte[] _ = handler.call();
          throw new EnvironmentKilled();
        };
    try (LambdaService lambda = service(killing, 1)) {
      lambda.enqueue(WORKER, json("{\"n\":1}"));
      assertThat(lambda.awaitIdle(PATIENCE)).isTrue();
      assertThat(lambda.deadLetters()).hasSize(1);
      DeadLetter letter = lambda.deadLetters().get(0);
      assertThat(letter.attempts()).isEqualTo(3);
      assertThat(letter.payload()).isEqualTo(json("{\"n\":1}"));
      assertThat(letter.error().message()).endsWith("signal: killed");
      assertThat(letter.target()).endsWith(":lamella-DeadLetters");
      assertThat(Files.readString(directory.resolve("log"))).contains("given up after 3 attempts");
    }
  }

  @Test
  void create_handlerThatIsMissing_saysSo() throws IOException {
    try (LambdaService lambda = new LambdaService(InvocationInterceptor.NONE, 1, PATIENCE)) {
      var template = SmallStack.with(Map.of("WorkerClass", "dev.lamella.Nobody"));
      assertThatThrownBy(
              () ->
                  lambda.create(
                      template.function("WorkFunction"), Map.of(), directory.resolve("log")))
          .isInstanceOf(HandlerException.class)
          .hasMessage(
              "WorkFunction: no class dev.lamella.Nobody on the class path: build the project");
    }
  }
}
