package dev.lamella.tests;

import dev.lamella.local.lambda.EnvironmentKilled;
import dev.lamella.local.lambda.Invocation;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.tests.FaultyLink.Call;
import dev.lamella.tests.FaultyLink.Fate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Kills functions in the middle of what they do, or the whole process with them, makes the services
 * that they call fail, and changes the order of events. Who is killed is killed at a request:
 * nothing that it wanted to do after that is done.
 */
final class Mischief implements InvocationInterceptor {
  private static final int NEVER = -1;
  private static final int KILLED = 137;
  private static final long GLANCE_MILLIS = 5;

  /** How late an event comes at most: a host waits for it. */
  private static final long LATEST_MILLIS = 200;

  private static final byte[] NOTHING = "null".getBytes(StandardCharsets.UTF_8);

  /**
   * What a function was invoked with asynchronously.
   *
   * @param function its logical id in the template
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Event(String function, byte[] payload) {}

  private final Consumer<Event> queue;
  private final List<Event> events = new ArrayList<>();
  private final List<Event> postponed = new ArrayList<>();
  private final Set<Thread> running = new HashSet<>();
  private boolean dying;
  private int killIn;
  private int crashIn;
  private int postpone;
  private Move.Fail fault;

  /**
   * @param queue takes events that are to come
   */
  Mischief(Consumer<Event> queue) {
    this.queue = queue;
    stop();
  }

  synchronized void killAt(int request) {
    killIn = request;
  }

  synchronized void crashAt(int request) {
    crashIn = request;
  }

  synchronized void fail(Move.Fail next) {
    fault = next;
  }

  synchronized void postpone(int count) {
    postpone = count;
  }

  /** No more of it, until the next; what was postponed never comes. */
  synchronized void stop() {
    killIn = NEVER;
    crashIn = NEVER;
    postpone = 0;
    postponed.clear();
    fault = new Move.Fail(Move.Service.S3, Move.Failure.BROKEN, 0, 0);
  }

  /** No more of it, until the next; what was postponed comes now. */
  synchronized void calm() {
    release();
    stop();
  }

  private synchronized void release() {
    postponed.reversed().forEach(queue);
    postponed.clear();
    postpone = 0;
  }

  /** Has one of the events so far come again. */
  synchronized void repeat(int event) {
    if (!events.isEmpty()) {
      queue.accept(events.get(event % events.size()));
    }
  }

  FaultyLink.Rule before(Move.Service service) {
    return call -> fate(service, call);
  }

  private synchronized Fate fate(Move.Service service, Call call) {
    if (dying) {
      return new Fate.Answer(503);
    }
    boolean isLate = call.number() % 2 == 0;
    if (crashIn != NEVER && !running.isEmpty() && crashIn-- == 0) {
      return isLate ? new Fate.Lost(Mischief::crash) : crash();
    }
    if (killIn != NEVER && !running.isEmpty() && killIn-- == 0) {
      killIn = NEVER;
      dying = true;
      return isLate ? new Fate.Lost(() -> {}) : new Fate.Answer(503);
    }
    if (fault.service() != service || fault.count() == 0) {
      return new Fate.Pass();
    }
    boolean waits = fault.after() > 0;
    Fate fate = waits ? new Fate.Pass() : fate(service, fault.failure());
    fault =
        new Move.Fail(
            service,
            fault.failure(),
            waits ? fault.after() - 1 : 0,
            waits ? fault.count() : fault.count() - 1);
    return fate;
  }

  /** As SIGKILL does: nothing is closed, nothing is written any more. */
  private static Fate crash() {
    Runtime.getRuntime().halt(KILLED);
    return new Fate.Silence();
  }

  private static Fate fate(Move.Service service, Move.Failure failure) {
    return switch (failure) {
      case UNAVAILABLE -> new Fate.Answer(503);
      case THROTTLED -> throttled(service);
      case BROKEN -> new Fate.BreakOff(0);
      case ANSWER_LOST -> new Fate.Lost(() -> {});
      case TIMEOUT -> new Fate.Silence();
    };
  }

  /** As each says it. */
  private static Fate throttled(Move.Service service) {
    return switch (service) {
      case S3 -> new Fate.Answer(503, "<Error><Code>SlowDown</Code></Error>");
      case DYNAMODB -> new Fate.Answer(400, "{\"__type\":\"x#ThrottlingException\"}");
      case LAMBDA -> new Fate.Answer(429, "{\"__type\":\"TooManyRequestsException\"}");
    };
  }

  @Override
  public byte[] around(Invocation invocation, Callable<byte[]> handler) throws Exception {
    FutureTask<byte[]> work = new FutureTask<>(handler);
    Thread thread = Thread.ofPlatform().daemon().unstarted(work);
    synchronized (this) {
      if (invocation.asynchronous() && invocation.attempt() == 1 && isPostponed(invocation)) {
        return NOTHING;
      }
      running.add(thread);
    }
    thread.start();
    try {
      return await(work, thread);
    } finally {
      thread.interrupt();
      thread.join();
      synchronized (this) {
        running.remove(thread);
        dying &= !running.isEmpty();
      }
    }
  }

  private boolean isPostponed(Invocation invocation) {
    Event event = new Event(invocation.function(), invocation.payload());
    if (postponed.size() < postpone) {
      postponed.add(event);
      CompletableFuture.delayedExecutor(LATEST_MILLIS, TimeUnit.MILLISECONDS)
          .execute(this::release);
      return true;
    }
    release();
    events.add(event);
    return false;
  }

  private byte[] await(FutureTask<byte[]> work, Thread thread) throws Exception {
    while (true) {
      try {
        return work.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (isDying()) {
          thread.interrupt();
          thread.join();
          throw new EnvironmentKilled();
        }
      } catch (ExecutionException e) {
        if (isDying()) {
          throw new EnvironmentKilled();
        }
        throw e.getCause() instanceof Exception failure ? failure : e;
      }
    }
  }

  private synchronized boolean isDying() {
    return dying;
  }
}
