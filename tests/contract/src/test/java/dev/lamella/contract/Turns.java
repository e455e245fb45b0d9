package dev.lamella.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Several actors of whom one moves at a time: from one of its steps to the next, and then whoever
 * is chosen. So each interleaving of their steps can be had, and had again.
 */
final class Turns {
  private enum State {
    MOVING,
    WAITING,
    DONE
  }

  private final State[] states;

  Turns(int actors) {
    states = new State[actors];
  }

  /** Called by an actor before a step: returns when it is its turn. */
  void step(int actor) {
    synchronized (states) {
      states[actor] = State.WAITING;
      states.notifyAll();
      while (states[actor] == State.WAITING) {
        await();
      }
    }
  }

  /**
   * @param work of each actor
   * @param choice of those that can move, one
   * @return how many steps each took
   */
  List<Integer> run(List<? extends Callable<?>> work, ToIntFunction<List<Integer>> choice)
      throws Exception {
    List<Future<?>> running = new ArrayList<>();
    int[] steps = new int[states.length];
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < states.length; i++) {
        int actor = i;
        states[actor] = State.MOVING;
        running.add(
            threads.submit(
                () -> {
                  try {
                    step(actor);
                    return work.get(actor).call();
                  } finally {
                    end(actor);
                  }
                }));
      }
      for (List<Integer> waiting = waiting(); !waiting.isEmpty(); waiting = waiting()) {
        int next = choice.applyAsInt(waiting);
        release(next);
        steps[next]++;
      }
    }
    for (Future<?> actor : running) {
      actor.get();
    }
    return IntStream.of(steps).boxed().toList();
  }

  private List<Integer> waiting() {
    synchronized (states) {
      while (IntStream.range(0, states.length).anyMatch(i -> states[i] == State.MOVING)) {
        await();
      }
      return IntStream.range(0, states.length)
          .filter(i -> states[i] == State.WAITING)
          .boxed()
          .toList();
    }
  }

  private void release(int actor) {
    synchronized (states) {
      states[actor] = State.MOVING;
      states.notifyAll();
    }
  }

  private void end(int actor) {
    synchronized (states) {
      states[actor] = State.DONE;
      states.notifyAll();
    }
  }

  private void await() {
    try {
      states.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
