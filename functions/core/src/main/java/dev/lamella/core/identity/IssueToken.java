package dev.lamella.core.identity;

import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.identity.SignIn.SignedIn;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/** Gives an account a token for what it asks for and may do. */
public final class IssueToken {
  public static final Duration LIFE = Duration.ofMinutes(15);

  private final SigningKeys keys;
  private final Signer signer;

  /** Writes a token and signs it. */
  @FunctionalInterface
  public interface Signer {
    String sign(TokenClaims claims, SigningKey key);
  }

  /**
   * @param text a secret
   */
  public record Issued(String text, TokenClaims claims) {
    /** Without the token. */
    @Override
    public String toString() {
      return claims.toString();
    }
  }

  public IssueToken(SigningKeys keys, Signer signer) {
    this.keys = keys;
    this.signer = signer;
  }

  /** It may allow less than was asked for, also nothing. */
  public Issued issue(SignedIn signedIn, List<TokenScope> wanted) {
    SigningKey key = keys.current();
    // Not the time of signing: an account that was ended since it was read has ended its token.
    Instant since = signedIn.since().truncatedTo(ChronoUnit.SECONDS);
    TokenClaims claims =
        new TokenClaims(
            UUID.randomUUID().toString(),
            signedIn.account().name(),
            signedIn.account().access(wanted),
            signedIn.account().tokenLimits(),
            since,
            since.plus(LIFE));
    return new Issued(signer.sign(claims, key), claims);
  }
}
