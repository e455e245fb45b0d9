package dev.lamella.local.lambda;

import dev.lamella.local.lambda.InvocationResult.Accepted;
import dev.lamella.local.lambda.InvocationResult.Rejected;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.FunctionReference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lambda's Invoke call, with its limits.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">quotas</a>
 */
public final class LambdaService implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** Bytes of a synchronous request, and of its response. */
  public static final int SYNCHRONOUS_LIMIT = 6 << 20;

  /** Bytes of an asynchronous request. */
  public static final int ASYNCHRONOUS_LIMIT = 1 << 20;

  private final Map<String, LocalFunction> functions = new ConcurrentHashMap<>();
  private final InvocationInterceptor interceptor;
  private final int concurrency;
  private final InstantSource clock;
  private final AsynchronousQueue queue;

  /**
   * @param concurrency invocations at once of a function that reserves none
   * @param retryDelay before the first retry of an asynchronous invocation; twice that before the
   *     second
   */
  public LambdaService(InvocationInterceptor interceptor, int concurrency, Duration retryDelay) {
    this(interceptor, concurrency, retryDelay, InstantSource.system());
  }

  /**
   * @param clock of the handlers that take one
   */
  public LambdaService(
      InvocationInterceptor interceptor,
      int concurrency,
      Duration retryDelay,
      InstantSource clock) {
    this.clock = clock;
    this.interceptor = interceptor;
    this.concurrency = concurrency;
    this.queue = new AsynchronousQueue(retryDelay);
  }

  /**
   * Makes a function and its first environment.
   *
   * @param log file that the function's log is appended to
   * @throws HandlerException if the handler cannot be made; the message is one line
   */
  public void create(FunctionDefinition definition, Map<String, String> environment, Path log)
      throws IOException {
    LocalFunction function =
        new LocalFunction(
            definition,
            environment,
            clock,
            interceptor,
            FunctionLog.open(log),
            definition.reservedConcurrency().orElse(concurrency));
    functions.put(definition.name(), function);
    function.warm();
  }

  /**
   * Runs the function and waits for it: X-Amz-Invocation-Type RequestResponse.
   *
   * @param function its name or ARN, with a qualifier if wanted
   * @param payload JSON of at most 6 MB
   */
  public InvocationResult invoke(String function, byte[] payload) throws InterruptedException {
    Optional<LocalFunction> found = find(function);
    if (found.isEmpty()) {
      return notFound(function);
    }
    Optional<Rejected> refused = check(payload, SYNCHRONOUS_LIMIT);
    if (refused.isPresent()) {
      return refused.get();
    }
    String id = found.get().definition().logicalId();
    return found.get().invoke(new Invocation(id, newRequestId(), 1, false, payload));
  }

  /**
   * Queues an invocation: X-Amz-Invocation-Type Event.
   *
   * @param payload JSON of at most 1 MB
   */
  public InvocationResult enqueue(String function, byte[] payload) {
    Optional<LocalFunction> found = find(function);
    if (found.isEmpty()) {
      return notFound(function);
    }
    Optional<Rejected> refused = check(payload, ASYNCHRONOUS_LIMIT);
    if (refused.isPresent()) {
      return refused.get();
    }
    String requestId = newRequestId();
    try {
      queue.add(found.get(), requestId, payload);
    } catch (RejectedExecutionException e) {
      return new Rejected(Rejection.STOPPING, "the local stack is stopping");
    }
    return new Accepted(requestId);
  }

  /** Whether there is such a function, as DryRun asks. */
  public boolean has(String function) {
    return find(function).isPresent();
  }

  /** What was given up since the start. */
  public List<DeadLetter> deadLetters() {
    return queue.deadLetters();
  }

  /**
   * Waits until no asynchronous invocation is waiting or running.
   *
   * @return false if that takes longer than the patience
   */
  public boolean awaitIdle(Duration patience) throws InterruptedException {
    return queue.awaitIdle(patience);
  }

  /** Ends the queue and the logs; running invocations are interrupted after two seconds. */
  @Override
  public void close() throws IOException {
    queue.close();
    for (LocalFunction function : functions.values()) {
      function.log().close();
    }
  }

  private Optional<LocalFunction> find(String function) {
    return FunctionReference.parse(function)
        .flatMap(
            reference ->
                Optional.ofNullable(functions.get(reference.name()))
                    .filter(f -> reference.qualifier().map(q -> isOf(f, q)).orElse(true)));
  }

  private static boolean isOf(LocalFunction function, String qualifier) {
    return qualifier.equals("$LATEST")
        || qualifier.equals(LocalFunction.version(function.definition()))
        || function.definition().alias().filter(qualifier::equals).isPresent();
  }

  private static Optional<Rejected> check(byte[] payload, int limit) {
    if (payload.length > limit) {
      return Optional.of(
          new Rejected(
              Rejection.TOO_LARGE,
              "Request must be smaller than %d bytes for the InvokeFunction operation"
                  .formatted(limit)));
    }
    try (JsonParser parser = JSON.createParser(payload)) {
      boolean empty = parser.nextToken() == null;
      parser.skipChildren();
      if (!empty && parser.nextToken() == null) {
        return Optional.empty();
      }
    } catch (JacksonException e) {
      return Optional.of(notJson());
    }
    return Optional.of(notJson());
  }

  private static Rejected notJson() {
    return new Rejected(
        Rejection.NOT_JSON, "Could not parse request body into json: it is not one JSON value");
  }

  private static Rejected notFound(String function) {
    return new Rejected(Rejection.NOT_FOUND, "Function not found: " + function);
  }

  private static String newRequestId() {
    return UUID.randomUUID().toString();
  }
}
