package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A condition on claims (its two lines), and claims (the rest) that it is held against. */
class ConditionFuzzTest {
  @FuzzTest(maxDuration = Refused.TIME)
  void condition_ofAnyBytes_holdsOrNot(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 3);
    if (lines.length < 3) {
      return;
    }
    try {
      ClaimCondition condition = new ClaimCondition(lines[0], lines[1]);
      JsonNode claims = Json.tree(lines[2]);
      assertThat(condition.holds(claims)).isIn(true, false);
      var _ =
          new TrustRule.Oidc(
              "https://token.actions.githubusercontent.com",
              "store",
              List.of(condition),
              Optional.empty());
    } catch (Refusal e) {
      Refused.requireShort(e);
    }
  }
}
