package dev.lamella.gateway.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.core.identity.KnownTrust;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks tokens. Nothing that a token says is believed before its signature is: its key is looked
 * up among those of the store by its id, and of the header no other field counts but the algorithm,
 * which has to be ours.
 */
public final class TokenCheck {
  /** Characters: what headers of an API may have. */
  private static final int LONGEST = 10_000;

  /** Between the clocks of functions. */
  private static final Duration SKEW = Duration.ofSeconds(10);

  private final String service;
  private final KnownTrust trust;
  private final InstantSource clock;

  /** By their ids, of which none is used for another key. */
  private final Map<String, RSAPublicKey> decoded = new ConcurrentHashMap<>();

  public TokenCheck(String service, KnownTrust trust, InstantSource clock) {
    this.service = service;
    this.trust = trust;
    this.clock = clock;
  }

  /**
   * @throws Refusal {@code UNAUTHORIZED} for all that is no good token of this store
   * @throws dev.lamella.core.Unavailable where that cannot be found out
   */
  public TokenClaims check(String token) {
    return find(token)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "the token is not of this store, or has ended: get another one, by signing"
                        + " in"));
  }

  private Optional<TokenClaims> find(String token) {
    if (token.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      String id = jwt.getHeader().getKeyID();
      if (id == null || !TokenForm.ALGORITHM.equals(jwt.getHeader().getAlgorithm())) {
        return Optional.empty();
      }
      Trust known = trust.read();
      Instant now = clock.instant();
      Optional<TrustedKey> key = known.key(id, now);
      if (key.isEmpty() || !jwt.verify(new RSASSAVerifier(decoded(key.get())))) {
        return Optional.empty();
      }
      JWTClaimsSet set = jwt.getJWTClaimsSet();
      TokenClaims claims = TokenForm.read(set);
      boolean isOurs =
          service.equals(set.getIssuer()) && List.of(service).equals(set.getAudience());
      return Optional.of(claims).filter(read -> isOurs && isNow(read, now) && !known.isEnded(read));
    } catch (ParseException | JOSEException | IllegalArgumentException | Refusal _) {
      return Optional.empty();
    }
  }

  private static boolean isNow(TokenClaims claims, Instant now) {
    return now.isBefore(claims.expires())
        && !claims.issued().isAfter(now.plus(SKEW))
        && !claims.expires().isAfter(claims.issued().plus(IssueToken.LIFE));
  }

  private RSAPublicKey decoded(TrustedKey key) {
    return decoded.computeIfAbsent(key.id(), _ -> decode(key));
  }

  private static RSAPublicKey decode(TrustedKey key) {
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key.key())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the trusted key " + key.id() + " is no RSA key", e);
    }
  }
}
