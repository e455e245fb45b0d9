package dev.lamella.identity.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.fuzz.Refused;
import dev.lamella.fuzz.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Proofs of AWS callers, and URLs and hosts (two lines) that are put in base64 as proofs have them.
 * Whatever is taken is sent to STS, and asks for nothing but the caller.
 */
class AwsProofFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final StsEndpoints AWS = new StsEndpoints(Optional.empty());

  @FuzzTest(maxDuration = Refused.TIME)
  void proof_ofAnyBytes_isRefusedOrGoesToSts(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String[] lines = text.split("\n", 2);
    check(text);
    check(
        "aws1."
            + Tokens.base64(lines[0])
            + "."
            + Tokens.base64(lines.length < 2 ? "store.example" : lines[1].strip()));
  }

  private static void check(String text) {
    try {
      CallerProof proof = CallerProof.parse(text, Set.of("store.example"), AWS, NOW);
      assertThat(proof.store()).isEqualTo("store.example");
      assertThat(proof.url().toString())
          .matches(
              "https://sts(\\.[a-z0-9-]+)?\\.amazonaws\\.com(\\.cn)?/\\?Action=GetCallerIdentity&V.*");
      assertThat(proof.url().getPort()).isEqualTo(-1);
      assertThat(proof.url().getRawUserInfo()).isNull();
    } catch (BadProof e) {
      Refused.requireShort(e);
    }
  }
}
