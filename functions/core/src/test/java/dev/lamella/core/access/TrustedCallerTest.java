package dev.lamella.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedCallerTest {
  private static final String ROLE = "arn:aws:sts::123456789012:assumed-role/";

  @ParameterizedTest
  @CsvSource({
    "ci/*, ci/build-7",
    "ci/i-*, ci/i-0abc",
    "*-deploy/*, app-deploy/x",
    "*/*, any/thing",
  })
  void takes_callerThatFits_isTrue(String pattern, String caller) {
    assertThat(new TrustRule.Aws(ROLE + pattern).takes(ROLE + caller)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ci/*, ci-evil/build",
    "ci/*, ci",
    // Who has any role at all names the session of it.
    "*-deploy/*, any/x-deploy",
    "ci/*, x/ci/y",
    "ci/a*, ci/b",
  })
  void takes_callerWhoNamedTheirSessionSo_isFalse(String pattern, String caller) {
    assertThat(new TrustRule.Aws(ROLE + pattern).takes(ROLE + caller)).isFalse();
  }

  @Test
  void takes_sameNameInAnotherAccountOrPartition_isFalse() {
    TrustRule.Aws rule = new TrustRule.Aws(ROLE + "*/*");
    assertThat(rule.takes("arn:aws:sts::999999999999:assumed-role/ci/x")).isFalse();
    assertThat(rule.takes("arn:aws-cn:sts::123456789012:assumed-role/ci/x")).isFalse();
    assertThat(rule.takes("arn:aws:iam::123456789012:user/ci/x")).isFalse();
    assertThat(
            new TrustRule.Aws("arn:aws:iam::123456789012:user/ci/*")
                .takes("arn:aws:iam::123456789012:user/ci/anna"))
        .isTrue();
  }

  @Test
  void takes_userBelowThePathThatIsMeant_isFalse() {
    TrustRule.Aws rule = new TrustRule.Aws("arn:aws:iam::123456789012:user/*/deploy");
    assertThat(rule.takes("arn:aws:iam::123456789012:user/ci/deploy")).isTrue();
    assertThat(rule.takes("arn:aws:iam::123456789012:user/ci/guests/deploy")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "arn:aws:sts::*:assumed-role/ci/*",
        "arn:aws:sts::12345678901*:assumed-role/ci/*",
        "arn:*:sts::123456789012:assumed-role/ci/*",
        "arn:aws:sts::123456789012:*",
        "arn:aws:sts::123456789012:assumed-role/*",
        "arn:aws:sts::123456789012:assumed-role/path/ci/*",
        "arn:aws:sts::123456789012:*/ci/*",
        "arn:aws:iam::123456789012:role/ci",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:iam::123456789012:*",
        "arn:aws:iam::123456789012:root",
      })
  void aws_patternThatNobodyOrAnybodyFits_isRefused(String pattern) {
    assertThatThrownBy(() -> new TrustRule.Aws(pattern)).isInstanceOf(Refusal.class);
  }
}
