package dev.lamella.identity.oidc;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.access.TrustRule;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** What a token has to say, whoever signed it: for whom it is, by whom, and when it is good. */
final class TokenChecks {
  /** Between the issuer's clock and ours. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  /** A token that lasts longer is a secret that is stored. */
  private static final Duration LONGEST_LIFE = Duration.ofHours(24);

  private static final double LAST_SECOND = 1e11;

  private TokenChecks() {}

  /**
   * @throws BadToken saying which check failed
   */
  static void require(JsonNode claims, TrustRule.Oidc rule, Instant now) throws BadToken {
    String issuer = claims.path("iss").asString("");
    if (!claims.path("iss").isString() || !rule.issuer().equals(issuer)) {
      throw new BadToken("it is of the issuer " + quoted(issuer));
    }
    // One for several audiences could come from any of them.
    JsonNode audience = claims.path("aud");
    JsonNode only = audience.isArray() && audience.size() == 1 ? audience.path(0) : audience;
    if (!only.isString() || !rule.audience().equals(only.asString())) {
      throw new BadToken(
          "its audience is %s, and not %s alone"
              .formatted(quoted(audience.toString()), quoted(rule.audience())));
    }
    Instant expires = time(claims, "exp");
    Instant issued = time(claims, "iat");
    if (!now.isBefore(expires.plus(SKEW))) {
      throw new BadToken("it has expired at " + expires);
    }
    if (issued.isAfter(now.plus(SKEW))) {
      throw new BadToken("it is made at " + issued + ", which is to come");
    }
    if (claims.has("nbf") && time(claims, "nbf").isAfter(now.plus(SKEW))) {
      throw new BadToken("it is not good before " + time(claims, "nbf"));
    }
    if (expires.isAfter(issued.plus(LONGEST_LIFE))) {
      throw new BadToken("it is good for more than " + LONGEST_LIFE.toHours() + " hours");
    }
  }

  private static Instant time(JsonNode claims, String name) throws BadToken {
    JsonNode value = claims.path(name);
    double seconds = value.isNumber() ? value.asDouble(-1) : -1;
    if (!(seconds >= 0 && seconds < LAST_SECOND)) {
      throw new BadToken("it has no time " + name + ", or none that is a number of seconds");
    }
    return Instant.ofEpochSecond((long) seconds);
  }
}
