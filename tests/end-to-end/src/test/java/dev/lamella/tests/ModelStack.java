package dev.lamella.tests;

import dev.lamella.core.api.Json;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.tests.Move.Failure;
import dev.lamella.tests.Move.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The stack of a model run, in a JVM of its own, so that it can be killed. It does what each line
 * of its input asks for, and says so by a line; it ends with its input.
 */
final class ModelStack {
  /** How the line begins that answers an order. */
  static final String ANSWER = "answer: ";

  static final String API = "API";
  static final int GRACE_HOURS = 168;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path data;
  private final Mischief mischief = new Mischief(this::enqueue);
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Map<Service, FaultyLink> links;
  private LocalStack stack;

  private ModelStack(Path data) throws IOException {
    this.data = data;
    this.links =
        Map.of(
            Service.S3, new FaultyLink(),
            Service.DYNAMODB, new FaultyLink(),
            Service.LAMBDA, new FaultyLink());
    links.forEach((service, link) -> link.rule(mischief.before(service)));
    this.stack = start();
  }

  /**
   * @param arguments the directory of its data, and how far ahead the clock of its functions is
   */
  public static void main(String[] arguments) {
    // DynamoDB Local writes a stack trace for each connection that breaks.
    System.setProperty("org.apache.logging.log4j.simplelog.level", "OFF");
    try {
      ModelStack stack = new ModelStack(Path.of(arguments[0]));
      stack.ahead.set(Duration.parse(arguments[1]));
      stack.answer(stack.environment());
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        stack.answer(stack.obey(order.split(" ", 5)));
      }
      stack.stack.close();
      System.exit(0);
    } catch (IOException | InterruptedException | RuntimeException e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private LocalStack start() {
    LocalStack started =
        LocalStack.start(
            LocalStackOptions.of(StackTest.ROOT.resolve("template.yaml"), data)
                .withParameter("ShardSize", Integer.toString(StackTest.SHARD))
                .withParameter("CollectAfterHours", Integer.toString(GRACE_HOURS))
                .withRetryDelay(Duration.ofMillis(20))
                .withEnvironment((_, environment) -> linked(environment))
                .withInterceptor(mischief)
                .withClock(() -> Instant.now().plus(ahead.get())));
    link(Service.S3).before(started.s3Endpoint());
    link(Service.DYNAMODB).before(started.dynamoDbEndpoint());
    link(Service.LAMBDA).before(started.lambdaEndpoint());
    return started;
  }

  private Map<String, String> linked(Map<String, String> environment) {
    Map<String, String> linked = new HashMap<>(environment);
    links.forEach(
        (service, link) -> linked.put("AWS_ENDPOINT_URL_" + service, link.uri().toString()));
    return linked;
  }

  private FaultyLink link(Service service) {
    return Objects.requireNonNull(links.get(service), service.name());
  }

  private void answer(String what) {
    System.out.println(ANSWER + what);
  }

  private String obey(String[] order) throws IOException, InterruptedException {
    switch (order[0]) {
      case "clock" -> ahead.set(Duration.parse(order[1]));
      case "kill" -> mischief.killAt(Integer.parseInt(order[1]));
      case "crash" -> mischief.crashAt(Integer.parseInt(order[1]));
      case "postpone" -> mischief.postpone(Integer.parseInt(order[1]));
      case "repeat" -> mischief.repeat(Integer.parseInt(order[1]));
      case "calm" -> mischief.calm();
      case "fail" ->
          mischief.fail(
              new Move.Fail(
                  Service.valueOf(order[1]),
                  Failure.valueOf(order[2]),
                  Integer.parseInt(order[3]),
                  Integer.parseInt(order[4])));
      case "invoke" ->
          enqueue(new Mischief.Event(order[1], order[2].getBytes(StandardCharsets.UTF_8)));
      case "schedule" -> stack.runSchedule(order[1]);
      case "idle" -> {
        if (!stack.lambda().awaitIdle(PATIENCE)) {
          throw new IllegalStateException("functions do not come to an end");
        }
      }
      case "restart" -> {
        stack.close();
        mischief.stop();
        stack = start();
      }
      default -> throw new IllegalArgumentException(order[0]);
    }
    return environment();
  }

  private void enqueue(Mischief.Event event) {
    String name = Objects.requireNonNull(stack.template().names().get(event.function()));
    stack.lambda().enqueue(name, event.payload());
  }

  /** What the janitor has, and where the API is. */
  private String environment() {
    Map<String, String> environment = new HashMap<>(stack.environment("JanitorFunction"));
    environment.put(API, stack.endpoint().toString());
    return new String(Json.write(environment), StandardCharsets.UTF_8);
  }
}
