package dev.lamella.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How wide a rule for an issuer may be. */
class TrustedIssuerTest {
  private static TrustRule.Oidc rule(String issuer, String conditions) {
    List<ClaimCondition> claims =
        Arrays.stream(conditions.split(" "))
            .map(text -> text.split("=", 2))
            .map(parts -> new ClaimCondition(parts[0], parts[1]))
            .toList();
    return new TrustRule.Oidc(issuer, "store", claims, Optional.empty());
  }

  private static void isRefused(String issuer, String conditions) {
    assertThatThrownBy(() -> rule(issuer, conditions))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("such as ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub=*",
        "sub=**",
        "sub=* repository=*",
        "sub=*:*",
        "sub=*/*:*",
        "sub=*?*",
        // The rule itself says these already.
        "iss=https://issuer.example",
        "aud=store",
        "/iss=https://*",
        "/aud/0=store",
        "sub=* iss=https://issuer.example",
        // Every token has them, and no one for long.
        "exp=1*",
        "iat=1*",
        "nbf=*0",
        "jti=a*",
        "/jti=a*",
      })
  void oidc_conditionsThatEveryTokenFulfils_areRefused(String conditions) {
    isRefused("https://issuer.example", conditions);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub=x",
        "sub=* groups=dev",
        "sub=system:serviceaccount:*",
        "email=*@org.example",
        "/kubernetes.io/namespace=ci",
        "/isse/x=ci",
        "issuer=a",
        "admin=true",
      })
  void oidc_conditionThatTellsTokensApart_isTaken(String conditions) {
    assertThat(rule("https://issuer.example", conditions).claims()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub=repo:*",
        "sub=repo:*/*",
        "sub=repo:*:ref:refs/heads/main",
        // Another organisation can be called org-evil.
        "sub=repo:org*",
        "sub=*org/app*",
        "repository=*/app",
        "repository=org*",
        "repository_owner=org*",
        "repository_owner=*",
        "repository_owner_id=1*",
        "ref=refs/heads/main",
        "ref=refs/heads/main environment=production workflow=push",
        "actor=anna",
        "job_workflow_ref=org/app/.github/workflows/push.yml@*",
        "/sub=repo:*",
        "/repository/x=org/app",
      })
  void oidc_ruleThatAnybodyAtGitHubFits_isRefused(String conditions) {
    isRefused("https://token.actions.githubusercontent.com", conditions);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub=repo:org/*",
        "sub=repo:org/app:ref:refs/heads/main",
        "sub=repo:org@123/app@456:*",
        "repository=org/app",
        "repository=org/*",
        "/repository=org/app",
        "repository_owner=org ref=refs/heads/main",
        "repository_owner_id=65",
        "repository_id=74",
        "enterprise=octo",
      })
  void oidc_ruleForOnesOwnAtGitHub_isTaken(String conditions) {
    assertThat(rule("https://token.actions.githubusercontent.com", conditions).claims())
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.com sub=project_path:*",
        "https://gitlab.com project_path=*",
        "https://gitlab.com namespace_path=org*",
        "https://gitlab.com ref_protected=true",
        "https://gitlab.com user_login=anna",
        "https://agent.buildkite.com sub=organization:*",
        "https://agent.buildkite.com organization_slug=org*",
        "https://app.terraform.io sub=organization:org*",
        "https://app.terraform.io terraform_run_phase=apply",
        "https://accounts.google.com email=*",
        "https://accounts.google.com email=a*",
        "https://accounts.google.com email=*@gmail.com",
        "https://accounts.google.com email_verified=true",
      })
  void oidc_ruleThatAnybodyAtASharedIssuerFits_isRefused(String rule) {
    isRefused(rule.split(" ", 2)[0], rule.split(" ", 2)[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.com sub=project_path:org/app:ref_type:branch:ref:main",
        "https://gitlab.com project_path=org/*",
        "https://gitlab.com namespace_path=org",
        "https://gitlab.com namespace_path=org/team",
        "https://gitlab.com project_id=22",
        "https://agent.buildkite.com sub=organization:org:*",
        "https://agent.buildkite.com organization_slug=org",
        "https://app.terraform.io sub=organization:org:*",
        "https://app.terraform.io terraform_workspace_id=ws-1",
        "https://accounts.google.com sub=107517467455664443765",
        "https://accounts.google.com hd=org.example",
      })
  void oidc_ruleForOnesOwnAtASharedIssuer_isTaken(String rule) {
    assertThat(rule(rule.split(" ", 2)[0], rule.split(" ", 2)[1]).claims()).isNotEmpty();
  }
}
