package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.NamePattern;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.RefreshToken;
import dev.lamella.core.access.Secret;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.port.AccountIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

abstract class AccountIndexContract {
  private static final AccountName CI = new AccountName("ci-builder");
  private static final Grant GRANT =
      new Grant(new NamePattern("team/*"), Set.of(Action.PULL, Action.PUSH, Action.OVERWRITE));
  private static final List<TrustRule> TRUSTS =
      List.of(
          new TrustRule.Oidc(
              "https://issuer.example/",
              "store",
              List.of(
                  new ClaimCondition("sub", "repo:org/*"),
                  new ClaimCondition("/kubernetes.io/namespace", "prod")),
              Optional.of("https://keys.example/keys.json")),
          new TrustRule.Oidc(
              "https://issuer.example",
              "other",
              List.of(new ClaimCondition("email_verified", "true")),
              Optional.empty()),
          new TrustRule.Aws("arn:aws:sts::123456789012:assumed-role/ci/*"));

  final AccountIndex accounts = accounts();

  abstract AccountIndex accounts();

  @Test
  void find_unknown_isEmpty() {
    assertThat(accounts.find(CI)).isEmpty();
  }

  @Test
  void save_new_isFoundAsWritten() {
    Secret forever = Secret.make("lam_", NOW, Optional.empty()).secret();
    Secret expiring = Secret.make("lam_", NOW, Optional.of(LATER)).secret();
    Account account =
        new Account(CI, true, List.of(GRANT, GRANT), List.of(forever, expiring), TRUSTS, NOW, 1);

    assertThat(accounts.save(account)).isTrue();

    assertThat(accounts.find(CI)).contains(account);
    assertThat(accounts.find(new AccountName("ci"))).isEmpty();
  }

  @Test
  void save_newThatExists_changesNothing() {
    Account account = saved(CI);

    assertThat(accounts.save(new Account(CI, true, List.of(), List.of(), List.of(), LATER, 1)))
        .isFalse();
    assertThat(accounts.save(account)).isFalse();

    assertThat(accounts.find(CI)).contains(account);
  }

  @Test
  void save_newByManyAtOnce_oneIsSaved() throws Exception {
    isSavedByOne(
        IntStream.range(0, 30)
            .mapToObj(
                i -> new Account(CI, false, List.of(), List.of(), List.of(), NOW.plusNanos(i), 1))
            .toList());
  }

  @Test
  void save_nextRevision_isFoundAsWritten() {
    Account next = saved(CI).with(true, List.of(GRANT));

    assertThat(accounts.save(next)).isTrue();
    assertThat(accounts.find(CI)).contains(next);
    Account third = next.with(Secret.make("lam_", LATER, Optional.empty()).secret(), LATER);
    assertThat(accounts.save(third)).isTrue();
    assertThat(accounts.find(CI)).contains(third);
    Account fourth = third.trusting(TRUSTS);
    assertThat(accounts.save(fourth)).isTrue();
    assertThat(accounts.find(CI)).contains(fourth);
    Account fifth =
        fourth.limited(
            new Limits(Optional.of(5L << 30), Optional.of(7), Optional.empty(), Optional.of(9)));
    assertThat(accounts.save(fifth)).isTrue();
    assertThat(accounts.find(CI)).contains(fifth);
  }

  @Test
  void save_oneRevisionByManyAtOnce_oneIsSaved() throws Exception {
    Account account = saved(CI);

    isSavedByOne(
        IntStream.range(0, 30)
            .mapToObj(i -> account.with(Secret.make("lam_", NOW, Optional.empty()).secret(), NOW))
            .toList());
  }

  @Test
  void save_revisionThatIsNotTheNext_changesNothing() {
    Account second = saved(CI).with(false, List.of(GRANT));

    assertThat(accounts.save(second.with(false, List.of()))).isFalse();
    assertThat(accounts.save(second)).isTrue();
    assertThat(accounts.save(second)).isFalse();

    assertThat(accounts.find(CI)).contains(second);
  }

  @Test
  void save_nextRevisionOfOneThatIsGone_changesNothing() {
    Account account = saved(CI);
    accounts.remove(CI);

    assertThat(accounts.save(account.with(true, List.of(GRANT)))).isFalse();
    assertThat(accounts.find(CI)).isEmpty();
  }

  /** Else who was about to change the one before would bring its secrets back. */
  @Test
  void save_nextRevisionOfOneThatWasMadeAgain_changesNothing() {
    Account before = saved(CI);
    accounts.remove(CI);
    Account again = new Account(CI, false, List.of(), List.of(), List.of(), LATER, 1);
    assertThat(accounts.save(again)).isTrue();

    assertThat(accounts.save(before.with(true, List.of(GRANT)))).isFalse();

    assertThat(accounts.find(CI)).contains(again);
  }

  @Test
  void remove_twice_saysWhetherItWasThere() {
    saved(CI);
    Account other = saved(new AccountName("ci-builder2"));

    assertThat(accounts.remove(CI)).isTrue();
    assertThat(accounts.remove(CI)).isFalse();

    assertThat(accounts.find(CI)).isEmpty();
    assertThat(accounts.find(other.name())).contains(other);
  }

  @Test
  void remove_whileOthersRemoveAndSave_isGoneAndToldToOne() throws Exception {
    Account account = saved(CI);

    List<Boolean> done =
        Race.of(
            30,
            i ->
                () -> {
                  if (i % 2 == 0) {
                    return accounts.remove(CI);
                  }
                  boolean _ = accounts.save(account.with(false, List.of(GRANT)));
                  return false;
                });

    assertThat(done).containsOnlyOnce(true);
    assertThat(accounts.find(CI)).isEmpty();
    assertThat(accounts.list(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void list_pages_areInOrderOfNames() {
    List<AccountName> names =
        Stream.of("0", "a", "a-b", "a.b", "a0", "a_b", "ab", "b", "z".repeat(64))
            .map(AccountName::new)
            .sorted()
            .toList();
    names.reversed().forEach(this::saved);

    for (int limit = 1; limit <= names.size() + 1; limit++) {
      List<AccountName> listed = new ArrayList<>();
      List<AccountName> page = page(Optional.empty(), limit);
      while (!page.isEmpty() && listed.size() <= names.size()) {
        assertThat(page).hasSizeLessThanOrEqualTo(limit);
        listed.addAll(page);
        page = page(Optional.of(listed.getLast()), limit);
      }
      assertThat(listed).isEqualTo(names);
    }
  }

  @Test
  void list_afterANameThatIsGone_goesOnThere() {
    Account last = saved(new AccountName("c"));
    saved(new AccountName("a"));

    assertThat(accounts.list(Optional.of(new AccountName("b")), 10)).containsExactly(last);
    assertThat(accounts.list(Optional.of(last.name()), 10)).isEmpty();
  }

  @Test
  void refreshToken_saved_isReadAsWritten() {
    Instant expires = Instant.now().plus(Duration.ofDays(30));
    RefreshToken token = new RefreshToken(Secret.hash("lamr_1"), CI, "0a1b2c3d", expires);

    accounts.save(token);
    accounts.save(token);

    assertThat(accounts.refreshToken(token.hash())).contains(token);
    assertThat(accounts.refreshToken(Secret.hash("lamr_2"))).isEmpty();
    assertThat(accounts.list(Optional.empty(), 10)).isEmpty();
  }

  @Test
  void refreshToken_expired_isEmpty() {
    RefreshToken token = new RefreshToken(Secret.hash("lamr_1"), CI, "0a1b2c3d", Instant.now());

    accounts.save(token);

    assertThat(accounts.refreshToken(token.hash())).isEmpty();
  }

  private Account saved(AccountName name) {
    Account account = new Account(name, false, List.of(GRANT), List.of(), List.of(), NOW, 1);
    assertThat(accounts.save(account)).isTrue();
    return account;
  }

  private void isSavedByOne(List<Account> rivals) throws Exception {
    List<Boolean> saved = Race.of(rivals.size(), i -> () -> accounts.save(rivals.get(i)));

    assertThat(saved).containsOnlyOnce(true);
    assertThat(accounts.find(CI)).contains(rivals.get(saved.indexOf(true)));
  }

  private List<AccountName> page(Optional<AccountName> last, int limit) {
    return accounts.list(last, limit).stream().map(Account::name).toList();
  }
}
