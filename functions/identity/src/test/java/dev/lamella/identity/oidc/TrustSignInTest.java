package dev.lamella.identity.oidc;

import static dev.lamella.identity.oidc.TestIssuer.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.TrustsRequest;
import dev.lamella.core.identity.Accounts;
import dev.lamella.core.identity.SignIn;
import dev.lamella.core.identity.TrustedProofs;
import dev.lamella.core.identity.TrustedProofs.Vouched;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryTrust;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in by tokens of an issuer, held to the rules of accounts. */
class TrustSignInTest {
  private static final AccountName CI = new AccountName("ci");
  private static final String CALLER = "arn:aws:sts::123456789012:assumed-role/ci/i-1";

  private final TestIssuer issuer = new TestIssuer("https://issuer.example");
  private final MemoryAccounts index = new MemoryAccounts();
  private final Accounts accounts = new Accounts(index, new MemoryTrust(), () -> NOW);
  private final SignIn signIn =
      new SignIn(
          index,
          new MemorySecrets(),
          new TrustedProofs(
              new SignedOidcTokens(issuer, () -> NOW),
              proof -> Optional.of(CALLER).filter(_ -> proof.equals("aws1.good"))),
          () -> NOW);

  private void add(TrustRule... rules) {
    var _ =
        accounts.add(
            new AccountRequest(
                CI, false, List.of(), Optional.empty(), Optional.of(List.of(rules))));
  }

  private void isRefused(String name, String password) {
    assertThatThrownBy(() -> signIn.by(name, password))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHORIZED))
        .hasMessageNotContaining(password);
  }

  @Test
  void by_aTokenThatARuleTakes_isTheAccountWithoutASecret() {
    add(issuer.rule());
    SignIn.SignedIn signedIn = signIn.by("ci", issuer.token());
    assertThat(signedIn.account().name()).isEqualTo(CI);
    assertThat(signedIn.account().secrets()).isEmpty();
    assertThat(signedIn.secret()).isEmpty();
    assertThat(signedIn.subject())
        .contains(new Vouched(Optional.of(issuer.url), "repo:org/app:ref:refs/heads/main"));
  }

  @Test
  void by_aTokenOnceItsRuleIsRemoved_isRefused() {
    add(issuer.rule());
    var _ = signIn.by("ci", issuer.token());
    var _ = accounts.trust(CI, new TrustsRequest(List.of(), Optional.empty()));
    isRefused("ci", issuer.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "administrator", "anonymous", "No Name", ""})
  void by_aTokenForAnotherAccount_isRefused(String name) {
    add(issuer.rule());
    isRefused(name, issuer.token());
    assertThat(issuer.got).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "sub, repo:org/app:ref:refs/heads/main, true",
    "sub, repo:org/*:ref:*, true",
    "sub, repo:or, false",
    "sub, repo:other/*, false",
    "admin, true, true",
    "admin, false, false",
    "run, 7, true",
    "groups, dev*, true",
    "groups, dev, false",
    "/kubernetes.io/namespace, ci, true",
    "kubernetes.io.namespace, ci, false",
    "kubernetes.io, *, false",
    "/sub/x, *, false",
    "none, *, false",
    "empty, *, false",
  })
  void by_aToken_isHeldToTheConditionsOnItsClaims(String claim, String pattern, boolean taken) {
    Map<String, Object> claims = issuer.claims();
    claims.put("admin", true);
    claims.put("run", 7);
    claims.put("mine", true);
    claims.put("groups", List.of("users", "developers"));
    claims.put("kubernetes.io", Map.of("namespace", "ci"));
    claims.put("empty", Optional.empty());
    add(
        new TrustRule.Oidc(
            issuer.url,
            TestIssuer.AUDIENCE,
            List.of(new ClaimCondition(claim, pattern), new ClaimCondition("mine", "true")),
            Optional.empty()));
    if (taken) {
      assertThat(signIn.by("ci", TestIssuer.token(claims)).account().name()).isEqualTo(CI);
    } else {
      isRefused("ci", TestIssuer.token(claims));
    }
  }

  @Test
  void by_aTokenOfOneIssuerWhileAnotherFails_isTaken() {
    TestIssuer down = new TestIssuer("https://down.example");
    add(down.rule(), issuer.rule());
    assertThat(signIn.by("ci", issuer.token()).account().name()).isEqualTo(CI);
    assertThatThrownBy(() -> signIn.by("ci", down.token())).isInstanceOf(Unavailable.class);
  }

  @Test
  void by_theProofOfAnAwsCaller_isTheAccount() {
    add(new TrustRule.Aws("arn:aws:sts::123456789012:assumed-role/ci/*"));
    assertThat(signIn.by("ci", "aws1.good").subject())
        .contains(new Vouched(Optional.empty(), CALLER));
    isRefused("ci", "aws1.bad");
    isRefused("ci", issuer.token());
    var _ =
        accounts.trust(
            CI,
            new TrustsRequest(
                List.of(new TrustRule.Aws("arn:aws:sts::123456789012:assumed-role/ci2/*")),
                Optional.empty()));
    isRefused("ci", "aws1.good");
  }

  @Test
  void log_ofARefusedToken_saysWhatFailedAndNotTheToken() {
    add(
        issuer.rule(),
        new TrustRule.Oidc(
            issuer.url,
            TestIssuer.AUDIENCE,
            List.of(new ClaimCondition("x\n{\"audit\":1}", "x\n{\"audit\":2}")),
            Optional.empty()));
    Map<String, Object> claims = issuer.claims();
    claims.put("sub", "repo:evil/app");
    String evil = TestIssuer.token(claims);
    StringBuilder log = new StringBuilder();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            log.append(line.getMessage()).append('\n');
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger.getLogger("dev.lamella").addHandler(handler);
    try {
      isRefused("ci", evil);
      isRefused("ci", issuer.token() + "x");
    } finally {
      Logger.getLogger("dev.lamella").removeHandler(handler);
    }
    assertThat(log.toString())
        .contains("'repo:evil/app'", "repo:org/*", "signed it", "'x?{\"audit\":1}'")
        .doesNotContain("\n{")
        .doesNotContain(evil, "eyJ");
  }

  @ParameterizedTest
  @CsvSource({
    "http://issuer.example, a",
    "https://user@issuer.example, a",
    "https://issuer.example?x, a",
    "https://, a",
    "'', a",
    "https://issuer.example, ' '",
  })
  void rule_outsideTheLimits_isRefused(String url, String audience) {
    assertThatThrownBy(
            () ->
                new TrustRule.Oidc(
                    url, audience, List.of(new ClaimCondition("sub", "x")), Optional.empty()))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void rule_withoutConditionsOrForNobodysAccount_isRefused() {
    assertThatThrownBy(() -> new TrustRule.Oidc(issuer.url, "store", List.of(), Optional.empty()))
        .isInstanceOf(Refusal.class);
    for (AccountName name : List.of(AccountName.ANONYMOUS, AccountName.ADMINISTRATOR)) {
      assertThatThrownBy(
              () ->
                  accounts.trust(name, new TrustsRequest(List.of(issuer.rule()), Optional.empty())))
          .isInstanceOf(Refusal.class);
    }
  }
}
