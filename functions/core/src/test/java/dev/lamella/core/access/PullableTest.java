package dev.lamella.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where it is allowed to pull from is said in two ways, and both say the same. */
class PullableTest {
  private static final Grant READS = new Grant(new NamePattern("team/*"), Set.of(Action.PULL));
  private static final Grant WRITES = new Grant(new NamePattern("*-ci"), Set.of(Action.PUSH));

  static Stream<Permissions> permissions() {
    Map<RepositoryName, Set<Action>> names =
        Map.of(
            new RepositoryName("team/app"), Set.of(Action.PULL, Action.PUSH),
            new RepositoryName("app-ci"), Set.of(Action.PUSH));
    return Stream.of(
        Permissions.ALL,
        Permissions.NONE,
        new Access(names, List.of(), false),
        new Access(names, List.of(new NamePattern("*-base")), false),
        new Access(names, List.of(), true),
        account(false),
        account(true));
  }

  private static Account account(boolean administrator) {
    return new Account(
        new AccountName("ci"),
        administrator,
        List.of(READS, WRITES),
        List.of(),
        List.of(),
        Instant.EPOCH,
        0);
  }

  @ParameterizedTest
  @MethodSource("permissions")
  void pullable_eachName_isMatchedWherePullIsAllowed(Permissions permissions) {
    for (String text : List.of("team/app", "team/x-base", "app-ci", "team/app/more", "other")) {
      RepositoryName name = new RepositoryName(text);
      assertThat(permissions.pullable().stream().anyMatch(pattern -> pattern.matches(name)))
          .isEqualTo(permissions.allow(Action.PULL, name));
    }
  }
}
