package dev.lamella.tests;

import dev.lamella.local.lambda.EnvironmentKilled;
import dev.lamella.local.lambda.Invocation;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.tests.FaultyLink.Call;
import dev.lamella.tests.FaultyLink.Fate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Kills functions in the middle of what they do, and makes the services that they call fail. A
 * function is killed at a request: nothing that it wanted to do after that is done.
 */
final class Mischief implements InvocationInterceptor {
  private static final int NEVER = -1;
  private static final long GLANCE_MILLIS = 5;

  private final List<byte[]> events = new ArrayList<>();
  private final Set<Thread> running = new HashSet<>();
  private boolean dying;
  private int killIn = NEVER;
  private Move.Fail fault = new Move.Fail(Move.Service.S3, Move.Failure.BROKEN, 0, 0);

  synchronized void killAt(int request) {
    killIn = request;
  }

  synchronized void fail(Move.Fail next) {
    fault = next;
  }

  /** No more of it, until the next. */
  synchronized void stop() {
    killIn = NEVER;
    fail(new Move.Fail(Move.Service.S3, Move.Failure.BROKEN, 0, 0));
  }

  /** The batches that shard-writers were given so far. */
  synchronized List<byte[]> events() {
    return List.copyOf(events);
  }

  FaultyLink.Rule before(Move.Service service) {
    return call -> fate(service, call);
  }

  private synchronized Fate fate(Move.Service service, Call call) {
    if (dying) {
      return new Fate.BreakOff(0);
    }
    if (killIn != NEVER && !running.isEmpty() && killIn-- == 0) {
      killIn = NEVER;
      dying = true;
      return call.number() % 2 == 0 ? new Fate.BreakOff(0) : new Fate.Lost(() -> {});
    }
    if (fault.service() != service || fault.count() == 0) {
      return new Fate.Pass();
    }
    boolean waits = fault.after() > 0;
    Fate fate = waits ? new Fate.Pass() : fate(fault.failure());
    fault =
        new Move.Fail(
            service,
            fault.failure(),
            waits ? fault.after() - 1 : 0,
            waits ? fault.count() : fault.count() - 1);
    return fate;
  }

  private static Fate fate(Move.Failure failure) {
    return switch (failure) {
      case UNAVAILABLE -> new Fate.Answer(503);
      case THROTTLED -> new Fate.Answer(429);
      case BROKEN -> new Fate.BreakOff(0);
      case ANSWER_LOST -> new Fate.Lost(() -> {});
    };
  }

  @Override
  public byte[] around(Invocation invocation, Callable<byte[]> handler) throws Exception {
    FutureTask<byte[]> work = new FutureTask<>(handler);
    Thread thread = Thread.ofPlatform().daemon().unstarted(work);
    synchronized (this) {
      if (invocation.function().equals("ShardWriterFunction") && invocation.attempt() == 1) {
        events.add(invocation.payload());
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
