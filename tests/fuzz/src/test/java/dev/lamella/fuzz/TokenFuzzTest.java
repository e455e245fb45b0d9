package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.gateway.token.TokenCheck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Tokens, and headers and claims that are put in base64 as tokens have them. One was signed, by a
 * key that is no more: whatever else is taken says the same.
 */
class TokenFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final TokenCheck CHECK = check();

  private static TokenCheck check() {
    MemoryTrust trust = new MemoryTrust();
    trust.add(new TrustedKey("first", Kept.text("key"), NOW, NOW.plus(Duration.ofDays(30))));
    InstantSource clock = InstantSource.fixed(NOW.plusSeconds(1));
    return new TokenCheck("store-1", new KnownTrust(trust, clock), clock);
  }

  @FuzzTest(maxDuration = Refused.TIME)
  void token_ofAnyBytes_isRefusedOrTheOneThatWasSigned(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    check(text);
    check(Tokens.of(text));
  }

  private static void check(String token) {
    try {
      assertThat(CHECK.check(token).account()).hasToString("ci");
    } catch (Refusal e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
      Refused.requireShort(e);
    }
  }
}
