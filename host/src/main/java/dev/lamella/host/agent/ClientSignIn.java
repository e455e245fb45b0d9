package dev.lamella.host.agent;

import dev.lamella.host.store.SignIn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * By what the last request of an upload says who the client is. Its token may end between two
 * requests: what the agent then asks the store for waits for the next one, which has a new token.
 */
final class ClientSignIn implements SignIn {
  private final long patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<String> header;
  private boolean ended;

  /**
   * @param patience for so long it waits for another request
   */
  ClientSignIn(Optional<String> header, Duration patience) {
    this.header = header;
    this.patience = patience.toNanos();
  }

  /**
   * What the next request says; where it says nothing, it is as before: nobody but the client knows
   * the upload's name.
   *
   * @param isLast whether no other comes after it
   */
  void take(Optional<String> next, boolean isLast) {
    lock.lock();
    try {
      header = next.or(() -> header);
      ended = isLast;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> header() {
    lock.lock();
    try {
      return header;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> after(Optional<String> refused, Optional<String> challenge) {
    boolean isOld = challenge.filter(text -> text.contains("\"invalid_token\"")).isPresent();
    lock.lock();
    try {
      long left = patience;
      while (isOld && left > 0 && !ended && header.equals(refused)) {
        left = changed.awaitNanos(left);
      }
      return header.filter(_ -> !header.equals(refused));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
