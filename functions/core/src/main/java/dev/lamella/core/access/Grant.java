package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an account may do to the repositories of a pattern.
 *
 * @param actions any but {@link Action#ADMINISTER}, which is not about repositories
 */
public record Grant(NamePattern repositories, Set<Action> actions) {
  /**
   * @throws Refusal {@code REQUEST_INVALID} where it grants nothing, or to administer
   */
  public Grant {
    if (actions.isEmpty() || actions.contains(Action.ADMINISTER)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a grant is for one or more of pull, push, overwrite and delete on repositories: who"
              + " administers the store is said by 'administrator'");
    }
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  boolean allows(Action action, RepositoryName repository) {
    return actions.contains(action) && repositories.matches(repository);
  }
}
