package dev.lamella.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Secret;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.port.AccountIndex;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What wrong secrets cost, and that they keep nobody out. */
class FailedSignInsTest {
  private static final AccountName CI = new AccountName("ci");

  private final MemoryAccounts accounts = new MemoryAccounts();
  private Instant now = Instant.parse("2026-11-29T12:00:00Z");
  private int reads;
  private final SignIn signIn =
      new SignIn(
          counting(),
          new MemorySecrets(),
          new TrustedProofs((_, _) -> Optional.empty(), _ -> Optional.empty()),
          () -> now);

  @Test
  void by_whatIsNoSecretByItsForm_readsNothing() {
    save(made());
    for (String wrong : List.of("", "secret", "lam_", "lam_" + "a".repeat(42), "a".repeat(47))) {
      assertThat(isSignedIn("ci", wrong)).isFalse();
      assertThat(isSignedIn("nobody", wrong)).isFalse();
    }
    assertThat(reads).isZero();
  }

  @Test
  void by_aFloodOfWrongSecrets_readsTheAccountOnceASecondAndKeepsNobodyOut() {
    Secret.Made made = made();
    save(made);
    for (String name : List.of("ci", "nobody")) {
      reads = 0;
      for (int second = 0; second < 5; second++) {
        for (int i = 0; i < 100; i++) {
          assertThat(isSignedIn(name, made().text())).isFalse();
        }
        now = now.plusSeconds(1);
      }
      assertThat(reads).isLessThanOrEqualTo(10 + 5);
    }
    flood();
    assertThat(isSignedIn("ci", made.text())).isTrue();
    // Also where it errs as often as it likes, in its own time.
    for (int i = 0; i < 50; i++) {
      now = now.plusSeconds(11);
      assertThat(isSignedIn("ci", made().text())).isFalse();
      assertThat(isSignedIn("ci", made.text())).isTrue();
    }
  }

  /** What is remembered refuses, and lets nobody in. */
  @Test
  void by_aSecretThatHasEndedMeanwhile_isRefused() {
    Secret.Made made = made();
    save(made);
    flood();
    accounts.remove(CI);
    assertThat(isSignedIn("ci", made.text())).isFalse();
  }

  @Test
  void by_aSecretThatWasMadeMeanwhile_isTakenInASecond() {
    save(made());
    flood();
    Secret.Made next = made();
    accounts.save(accounts.find(CI).orElseThrow().with(next.secret(), now));
    now = now.plusSeconds(1);
    assertThat(isSignedIn("ci", next.text())).isTrue();
  }

  private void flood() {
    for (int i = 0; i < 30; i++) {
      assertThat(isSignedIn("ci", made().text())).isFalse();
    }
  }

  private boolean isSignedIn(String name, String secret) {
    try {
      return signIn.by(name, secret).account().name().value().equals(name);
    } catch (Refusal e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
      return false;
    }
  }

  private Secret.Made made() {
    return Secret.make("lam_", now, Optional.empty());
  }

  private void save(Secret.Made made) {
    assertThat(
            accounts.save(
                new Account(CI, false, List.of(), List.of(made.secret()), List.of(), now, 1)))
        .isTrue();
  }

  private AccountIndex counting() {
    return (AccountIndex)
        Proxy.newProxyInstance(
            AccountIndex.class.getClassLoader(),
            new Class<?>[] {AccountIndex.class},
            (_, method, arguments) -> {
              reads += method.getName().equals("find") ? 1 : 0;
              return method.invoke(accounts, arguments);
            });
  }
}
