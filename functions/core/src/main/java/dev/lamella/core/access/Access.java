package dev.lamella.core.access;

import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a token allows: of what was asked for, what the account may.
 *
 * @param repositories what it may do to each of these
 * @param pulls patterns of repositories that it may pull from, too
 * @param administers whether it may do everything
 */
public record Access(
    Map<RepositoryName, Set<Action>> repositories, List<NamePattern> pulls, boolean administers)
    implements Permissions {
  public Access {
    Map<RepositoryName, Set<Action>> copy = new TreeMap<>();
    repositories.forEach((name, actions) -> copy.put(name, Set.copyOf(actions)));
    repositories = Map.copyOf(copy);
    pulls = List.copyOf(pulls);
  }

  static Access of(Account account, List<TokenScope> wanted) {
    Map<RepositoryName, Set<Action>> repositories = new TreeMap<>();
    boolean isOnStore = false;
    for (TokenScope scope : wanted) {
      switch (scope) {
        case TokenScope.OnRepository(RepositoryName name, Set<Action> actions) -> {
          Set<Action> granted = EnumSet.noneOf(Action.class);
          actions.stream().filter(action -> account.allow(action, name)).forEach(granted::add);
          if (!granted.isEmpty()) {
            repositories.computeIfAbsent(name, _ -> EnumSet.noneOf(Action.class)).addAll(granted);
          }
        }
        case TokenScope.OnStore() -> isOnStore = true;
      }
    }
    boolean administers = isOnStore && account.administrator();
    return new Access(
        repositories, isOnStore && !administers ? account.pullable() : List.of(), administers);
  }

  @Override
  public boolean allow(Action action, RepositoryName repository) {
    return administers
        || repositories.getOrDefault(repository, Set.of()).contains(action)
        || (action == Action.PULL
            && pulls.stream().anyMatch(pattern -> pattern.matches(repository)));
  }

  @Override
  public boolean allowOnStore(Action action) {
    return administers;
  }

  @Override
  public List<NamePattern> pullable() {
    return administers
        ? List.of(NamePattern.ALL)
        : Stream.concat(
                repositories.entrySet().stream()
                    .filter(entry -> entry.getValue().contains(Action.PULL))
                    .map(entry -> NamePattern.of(entry.getKey())),
                pulls.stream())
            .toList();
  }
}
