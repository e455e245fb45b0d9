package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;

/**
 * Who asks.
 *
 * @param name as people call it, for messages and logs
 */
public record Caller(String name, Permissions permissions) {
  /** Whoever reaches an API that does not ask who calls. */
  public static final Caller ANYBODY = new Caller("anybody", Permissions.ALL);

  public boolean may(Action action, RepositoryName repository) {
    return permissions.allow(action, repository);
  }

  /**
   * @throws Refusal {@code DENIED} unless the caller may do that to the repository
   */
  public void require(Action action, RepositoryName repository) {
    if (!permissions.allow(action, repository)) {
      throw denied(action, repository.value());
    }
  }

  /**
   * @throws Refusal {@code DENIED} unless the caller may do that to the store
   */
  public void requireOnStore(Action action) {
    if (!permissions.allowOnStore(action)) {
      throw denied(action, "this store");
    }
  }

  private Refusal denied(Action action, String what) {
    return new Refusal(
        ErrorCode.DENIED,
        "%s may not %s %s: ask who administers the store".formatted(name, action.verb(), what));
  }
}
