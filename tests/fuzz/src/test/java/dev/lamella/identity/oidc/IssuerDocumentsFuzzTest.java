package dev.lamella.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.fuzz.Kept;
import dev.lamella.fuzz.Refused;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What an issuer answers: its discovery document in the first line, then its keys. */
class IssuerDocumentsFuzzTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-28T12:00:01Z"));
  private static final TrustRule.Oidc RULE =
      new TrustRule.Oidc(
          "https://issuer.example",
          "store.example",
          List.of(new ClaimCondition("sub", "repo:org/*")),
          Optional.empty());
  private static final List<String> SIGNED = List.of(Kept.text("rsa.jwt"), Kept.text("ec.jwt"));

  @FuzzTest(maxDuration = Refused.TIME)
  void documents_ofAnyBytes_haveKeysOrNot(byte[] bytes) {
    String[] documents = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
    SignedOidcTokens tokens =
        new SignedOidcTokens(
            url -> {
              assertThat(url.getScheme()).isEqualTo("https");
              assertThat(url.getHost()).isEqualToIgnoringCase("issuer.example");
              boolean isFirst =
                  url.equals(URI.create(RULE.issuer() + "/.well-known/openid-configuration"));
              return (isFirst || documents.length == 1 ? documents[0] : documents[1])
                  .getBytes(StandardCharsets.UTF_8);
            },
            CLOCK);
    try {
      for (String token : SIGNED) {
        assertThat(tokens.claims(token, RULE).isPresent()).isIn(true, false);
      }
    } catch (Unavailable e) {
      Refused.requireShort(e);
    }
  }
}
