package dev.lamella.host.push;

import dev.lamella.host.transfer.NotStored;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers that the store does not get on with. The others go on: they are stored then, and the
 * next push has less to do. Where several fail, it is the whole store. Thread-safe.
 */
final class Unreachable {
  private static final int MOST = 2;

  private final List<NotStored> failures = new ArrayList<>();

  /**
   * @throws NotStored this one, where it is one too many
   */
  synchronized void add(NotStored failure) {
    if (failures.size() >= MOST) {
      throw failure;
    }
    failures.add(failure);
  }

  /**
   * @throws NotStored the first, where there is one
   */
  synchronized void require() {
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
