package dev.lamella.core.access;

import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a client asks a token for.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/scope/">the scopes of
 *     Docker's token protocol</a>
 */
public sealed interface TokenScope {
  /** What is about the whole store, as clients ask for the catalogue. */
  String STORE = "registry:catalog:*";

  /**
   * @param actions {@link Action#PUSH} stands for {@link Action#OVERWRITE} as well
   */
  record OnRepository(RepositoryName name, Set<Action> actions) implements TokenScope {
    public OnRepository {
      actions = Set.copyOf(actions);
    }
  }

  /** To list what the account may pull, and to administer. */
  record OnStore() implements TokenScope {}

  /** As a challenge names it. */
  static String of(Action action, RepositoryName repository) {
    return "repository:" + repository + ":" + action.asked();
  }

  /**
   * Reads scopes, separated by spaces. Those of other types, actions and grammars are passed over:
   * a token may always allow less than was asked for.
   *
   * @param most of them that are read
   */
  static List<TokenScope> parse(String text, int most) {
    return Arrays.stream(text.split(" "))
        .filter(scope -> !scope.isEmpty())
        .limit(most)
        .map(TokenScope::one)
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<TokenScope> one(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    if (first < 0 || first == last) {
      return Optional.empty();
    }
    if (text.equals(STORE)) {
      return Optional.of(new OnStore());
    }
    if (!text.substring(0, first).equals("repository")) {
      return Optional.empty();
    }
    EnumSet<Action> actions = EnumSet.noneOf(Action.class);
    Stream.of(text.substring(last + 1).split(",")).forEach(action -> actions.addAll(meant(action)));
    try {
      return Optional.of(
          new OnRepository(new RepositoryName(text.substring(first + 1, last)), actions));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }

  private static Set<Action> meant(String action) {
    return switch (action) {
      case "pull" -> Set.of(Action.PULL);
      case "push" -> Set.of(Action.PUSH, Action.OVERWRITE);
      case "delete" -> Set.of(Action.DELETE);
      case "*" -> Set.of(Action.PULL, Action.PUSH, Action.OVERWRITE, Action.DELETE);
      default -> Set.of();
    };
  }
}
