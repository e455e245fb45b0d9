package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param name as people call it, for messages and logs
 * @param limits what it may use at a time; empty for who has no limits
 */
public record Caller(String name, Permissions permissions, Optional<Limits> limits) {
  /** Whoever reaches an API that does not ask who calls. */
  public static final Caller ANYBODY = new Caller("anybody", Permissions.ALL);

  /** Who has not said who calls, where that is asked. */
  public static final Caller NOBODY = new Caller("nobody", Permissions.NONE);

  private static final String SIGN_IN =
      "this store asks who calls: sign in with `docker login` or `lamella login`";

  /** With the limits of every account. */
  public Caller(String name, Permissions permissions) {
    this(name, permissions, Optional.of(Limits.USUAL));
  }

  /** Whether it has said that it does not sign in. */
  public boolean isAnonymous() {
    return name.equals(AccountName.ANONYMOUS.value());
  }

  public boolean may(Action action, RepositoryName repository) {
    return permissions.allow(action, repository);
  }

  /**
   * @throws Refusal {@code DENIED} unless the caller may do that to the repository, {@code
   *     UNAUTHORIZED} where nobody has said who calls; the detail has the scope of a token that
   *     would be needed
   */
  public void require(Action action, RepositoryName repository) {
    if (!permissions.allow(action, repository)) {
      throw denied(action, repository.value(), TokenScope.of(action, repository));
    }
  }

  /**
   * @throws Refusal the same unless the caller may do that to the store
   */
  public void requireOnStore(Action action) {
    if (!permissions.allowOnStore(action)) {
      throw denied(action, "this store", TokenScope.STORE);
    }
  }

  /**
   * @throws Refusal {@code UNAUTHORIZED} where nobody has said who calls
   */
  public void requireKnown() {
    if (equals(NOBODY)) {
      throw new Refusal(ErrorCode.UNAUTHORIZED, SIGN_IN);
    }
  }

  private Refusal denied(Action action, String what, String scope) {
    if (equals(NOBODY)) {
      return new Refusal(ErrorCode.UNAUTHORIZED, SIGN_IN, Map.of(Refusal.SCOPE, scope));
    }
    return new Refusal(
        ErrorCode.DENIED,
        "%s may not %s %s: ask who administers the store".formatted(name, action.verb(), what),
        Map.of(Refusal.SCOPE, scope));
  }
}
