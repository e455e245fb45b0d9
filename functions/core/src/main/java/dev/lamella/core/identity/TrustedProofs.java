package dev.lamella.core.identity;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Account;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.port.AwsCallers;
import dev.lamella.core.port.OidcTokens;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What somebody else vouches for, in place of a secret: held to the rules of an account. */
public final class TrustedProofs {
  private static final Logger LOG = System.getLogger(TrustedProofs.class.getName());

  /** Of a JWT, whose header is a JSON object in base64url. */
  private static final String TOKEN = "eyJ";

  private final OidcTokens tokens;
  private final AwsCallers callers;

  public TrustedProofs(OidcTokens tokens, AwsCallers callers) {
    this.tokens = tokens;
    this.callers = callers;
  }

  /**
   * Whom somebody vouches for.
   *
   * @param issuer of the token; empty where it is AWS
   * @param subject as the issuer names it, in whatever words; or the ARN of the AWS caller
   */
  public record Vouched(Optional<String> issuer, String subject) {}

  /** Whether a password has the form of one. */
  static boolean isProof(String password) {
    return isToken(password) || password.startsWith(AwsCallers.PREFIX);
  }

  private static boolean isToken(String password) {
    return password.startsWith(TOKEN) && password.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * Whom a proof is of, where a rule of the account takes it: the token's subject, or the ARN of
   * the AWS caller.
   *
   * @throws Unavailable where no rule takes it, but one that could was not to be tried
   */
  Optional<Vouched> subject(Account account, String proof) {
    if (proof.startsWith(AwsCallers.PREFIX)) {
      return caller(account, proof);
    }
    Optional<Unavailable> untried = Optional.empty();
    for (TrustRule rule : account.trusts()) {
      try {
        Optional<Vouched> subject = subject(rule, proof);
        if (subject.isPresent()) {
          return subject;
        }
      } catch (Unavailable e) {
        untried = Optional.of(e);
      }
    }
    if (untried.isPresent()) {
      throw untried.get();
    }
    return Optional.empty();
  }

  /** AWS is asked once, whatever the number of rules, and not at all where there is none. */
  private Optional<Vouched> caller(Account account, String proof) {
    List<TrustRule.Aws> rules =
        account.trusts().stream()
            .filter(TrustRule.Aws.class::isInstance)
            .map(TrustRule.Aws.class::cast)
            .toList();
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> arn = callers.arn(proof);
    if (arn.isPresent() && rules.stream().noneMatch(rule -> rule.takes(arn.get()))) {
      LOG.log(
          Level.INFO,
          "The AWS caller %s fits no trust rule of %s"
              .formatted(quoted(arn.get()), account.name()));
    }
    return arn.filter(caller -> rules.stream().anyMatch(rule -> rule.takes(caller)))
        .map(caller -> new Vouched(Optional.empty(), caller));
  }

  /** Of a token that is good, so that what it says is its issuer's: it can be told apart by it. */
  private static boolean fits(JsonNode claims, TrustRule.Oidc rule) {
    Optional<ClaimCondition> broken =
        rule.claims().stream().filter(claim -> !claim.holds(claims)).findFirst();
    broken.ifPresent(
        claim ->
            LOG.log(
                Level.INFO,
                "A token of %s for %s is not taken: its claim %s is not %s"
                    .formatted(
                        rule.issuer(),
                        quoted(claims.path("sub").asString("")),
                        quoted(claim.claim()),
                        quoted(claim.pattern()))));
    return broken.isEmpty();
  }

  private Optional<Vouched> subject(TrustRule rule, String proof) {
    return switch (rule) {
      case TrustRule.Oidc oidc when isToken(proof) ->
          tokens
              .claims(proof, oidc)
              .filter(claims -> fits(claims, oidc))
              .map(
                  claims ->
                      new Vouched(Optional.of(oidc.issuer()), claims.path("sub").asString("")));
      case TrustRule.Oidc _, TrustRule.Aws _ -> Optional.empty();
    };
  }
}
