package dev.lamella.local.lambda;

import dev.lamella.local.lambda.InvocationResult.Completed;
import dev.lamella.local.lambda.InvocationResult.Failed;
import dev.lamella.local.lambda.InvocationResult.Rejected;
import dev.lamella.local.template.FunctionDefinition;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A function and its environments. An environment is a handler that serves one invocation at a time
 * and is kept for the next; a new one is made when all are busy, up to the function's concurrency.
 */
final class LocalFunction {
  private final FunctionDefinition definition;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final InvocationInterceptor interceptor;
  private final FunctionLog log;
  private final Semaphore calls;
  private final Semaphore events;
  private final ConcurrentLinkedDeque<PayloadHandler> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger threads = new AtomicInteger();

  LocalFunction(
      FunctionDefinition definition,
      Map<String, String> environment,
      InstantSource clock,
      InvocationInterceptor interceptor,
      FunctionLog log,
      int concurrency) {
    this.definition = definition;
    this.environment = environment;
    this.clock = clock;
    this.interceptor = interceptor;
    this.log = log;
    this.calls = new Semaphore(concurrency, true);
    // What is not reserved is plenty: a call must not stand behind hundreds of queued events.
    this.events =
        definition.reservedConcurrency().isPresent() ? calls : new Semaphore(concurrency, true);
  }

  /**
   * Makes the first environment.
   *
   * @throws HandlerException if the handler cannot be made
   */
  void warm() {
    idle.push(PayloadHandler.make(definition, environment, clock));
  }

  FunctionDefinition definition() {
    return definition;
  }

  FunctionLog log() {
    return log;
  }

  /**
   * Runs it now. Refuses where all that the template reserves is in use. Where it reserves none,
   * AWS has a thousand environments and this machine fewer: then it waits, as AWS would not refuse
   * it.
   */
  InvocationResult invoke(Invocation invocation) throws InterruptedException {
    if (definition.reservedConcurrency().isEmpty()) {
      calls.acquire();
    } else if (!calls.tryAcquire()) {
      return new Rejected(Rejection.THROTTLED, "Rate Exceeded.");
    }
    return runAndRelease(invocation, calls);
  }

  /** Runs it as soon as there is concurrency for it, in the order of the calls. */
  InvocationResult invokeWhenFree(Invocation invocation) throws InterruptedException {
    events.acquire();
    return runAndRelease(invocation, events);
  }

  private InvocationResult runAndRelease(Invocation invocation, Semaphore taken)
      throws InterruptedException {
    try {
      return run(invocation);
    } finally {
      taken.release();
    }
  }

  private InvocationResult run(Invocation invocation) throws InterruptedException {
    long start = System.nanoTime();
    PayloadHandler handler = idle.poll();
    if (handler == null) {
      try {
        handler = PayloadHandler.make(definition, environment, clock);
      } catch (HandlerException e) {
        return failed(invocation, FunctionError.thrown(e), start);
      }
    }
    Attempt attempt = attempt(handler, invocation);
    if (attempt.error().map(FunctionError::keepsEnvironment).orElse(true)) {
      idle.push(handler);
    }
    return attempt.error().isPresent()
        ? failed(invocation, attempt.error().get(), start)
        : completed(invocation, attempt.response(), start);
  }

  @SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
  private record Attempt(byte[] response, Optional<FunctionError> error) {
    private Attempt(FunctionError error) {
      this(new byte[0], Optional.of(error));
    }
  }

  /**
   * A thread of its own for each invocation: a handler that computes must not hold up the stack.
   */
  private Attempt attempt(PayloadHandler handler, Invocation invocation)
      throws InterruptedException {
    String requestId = invocation.requestId();
    InvocationContext context =
        new InvocationContext(definition, requestId, definition.name() + "/local", log);
    FutureTask<byte[]> task =
        new FutureTask<>(
            () ->
                interceptor.around(
                    invocation, () -> handler.handle(invocation.payload(), context)));
    Thread.ofPlatform()
        .daemon()
        .name(definition.logicalId() + "-" + threads.incrementAndGet())
        .start(task);
    try {
      byte[] response = task.get(definition.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return response.length > LambdaService.SYNCHRONOUS_LIMIT
          ? new Attempt(FunctionError.responseTooLarge(response.length))
          : new Attempt(response, Optional.empty());
    } catch (TimeoutException e) {
      task.cancel(true);
      return new Attempt(FunctionError.timedOut(requestId, definition.timeout()));
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause() == null ? e : e.getCause();
      return new Attempt(
          thrown instanceof EnvironmentKilled
              ? FunctionError.killed(requestId)
              : FunctionError.thrown(thrown));
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    }
  }

  private InvocationResult completed(Invocation invocation, byte[] response, long start) {
    report(invocation, "success", start);
    return new Completed(invocation.requestId(), response);
  }

  private InvocationResult failed(Invocation invocation, FunctionError error, long start) {
    log.write(invocation.requestId(), "ERROR", error.json());
    report(invocation, error.type(), start);
    return new Failed(invocation.requestId(), error);
  }

  private void report(Invocation invocation, String status, long start) {
    log.write(
        invocation.requestId(),
        "INFO",
        "REPORT attempt %d, %s, %d ms"
            .formatted(invocation.attempt(), status, (System.nanoTime() - start) / 1_000_000));
  }

  static String version(FunctionDefinition function) {
    return function.alias().isPresent() ? "1" : "$LATEST";
  }
}
