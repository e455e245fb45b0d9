package dev.lamella.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.fuzz.Kept;
import dev.lamella.fuzz.Refused;
import dev.lamella.fuzz.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Tokens of an issuer, and headers and claims put in base64 as tokens have them. Two were signed,
 * by keys that are no more: whatever else is taken says the same.
 */
class OidcTokenFuzzTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-28T12:00:01Z"));
  private static final TrustRule.Oidc RULE =
      new TrustRule.Oidc(
          "https://issuer.example",
          "store.example",
          List.of(new ClaimCondition("sub", "repo:org/*")),
          Optional.of("https://issuer.example/keys"));
  private static final byte[] KEYS = Kept.text("keys.json").getBytes(StandardCharsets.UTF_8);
  private static final SignedOidcTokens TOKENS = new SignedOidcTokens(_ -> KEYS, CLOCK);

  @FuzzTest(maxDuration = Refused.TIME)
  void token_ofAnyBytes_isRefusedOrOneThatWasSigned(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    check(text);
    check(Tokens.of(text));
  }

  private static void check(String token) {
    TOKENS
        .claims(token, RULE)
        .ifPresent(
            claims ->
                assertThat(claims.path("sub").asString())
                    .isEqualTo("repo:org/app:ref:refs/heads/main"));
  }
}
