package dev.lamella.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.Account;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.identity.TrustedProofs.Vouched;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallerOfAwsTest {
  private static final String ROLE = "arn:aws:sts::123456789012:assumed-role/";

  private final List<String> asked = new ArrayList<>();
  private final TrustedProofs proofs =
      new TrustedProofs(
          (_, _) -> Optional.empty(),
          proof -> {
            asked.add(proof);
            return Optional.of(ROLE + "ci/build-7");
          });

  private static Account account(String... roles) {
    return new Account(
        new AccountName("ci"),
        false,
        List.of(),
        List.of(),
        Stream.of(roles).<TrustRule>map(role -> new TrustRule.Aws(ROLE + role)).toList(),
        Instant.EPOCH,
        0);
  }

  @Test
  void subject_ofManyRules_isAskedForOnce() {
    assertThat(proofs.subject(account("a/*", "b/*", "ci/*"), "aws1.x"))
        .contains(new Vouched(Optional.empty(), ROLE + "ci/build-7"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void subject_thatNoRuleFits_isEmpty() {
    assertThat(proofs.subject(account("a/*", "b/*"), "aws1.x")).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void subject_ofAnAccountThatTakesNoAwsCaller_isNotAskedFor() {
    assertThat(proofs.subject(account(), "aws1.x")).isEmpty();
    assertThat(asked).isEmpty();
  }
}
