package dev.lamella.identity;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.api.Json;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.identity.SigningKeys;
import dev.lamella.core.identity.TrustedProofs;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.Secrets;
import dev.lamella.fuzz.Refused;
import dev.lamella.fuzz.TextCall;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Calls of sign-in and of accounts, as text: the header Authorization, forms, JSON. {@code ADMIN}
 * in one is the token of an administrator.
 */
class IdentityCallsFuzzTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-28T12:00:00Z"));
  private static final MemoryTrust TRUST = new MemoryTrust();
  private static final MemorySecrets SECRETS = new MemorySecrets();
  private static final String ADMIN;

  static {
    new SigningKeys(SECRETS, TRUST, new KnownTrust(TRUST, CLOCK), CLOCK).replace();
    SECRETS.write(Secrets.Name.ADMINISTRATOR, "deployed");
    String basic =
        Base64.getEncoder()
            .encodeToString("administrator:deployed".getBytes(StandardCharsets.UTF_8));
    ADMIN =
        Json.tree(
                TextCall.answer(
                        gateway(),
                        "GET /token?scope=registry:catalog:*\nAuthorization: Basic " + basic)
                    .getBody())
            .path("token")
            .asString();
  }

  /** Whose accounts are new, so that no input sees what another left. */
  private static Gateway gateway() {
    TrustedProofs proofs = new TrustedProofs((_, _) -> Optional.empty(), _ -> Optional.empty());
    return new Gateway(
        new Router(
            IdentityHandler.routes(new MemoryAccounts(), TRUST, SECRETS, proofs, "store-1", CLOCK),
            TokenCallers.where("on", "store-1", TRUST, CLOCK)));
  }

  @FuzzTest(maxDuration = Refused.TIME)
  void call_ofAnyBytes_isAnsweredInForm(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.startsWith("POST /v1/keys")) {
      TextCall.requireInForm(TextCall.answer(gateway(), text.replace("ADMIN", ADMIN)));
    }
  }
}
