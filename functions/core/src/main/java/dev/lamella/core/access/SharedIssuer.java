package dev.lamella.core.access;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Issuers that sign for everybody who has an account there. Of their claims most say what a job
 * does, and only some whose it is: an owner written out to its end, since another can be called
 * {@code org-evil}. Who started a job is none of these, for whoever opens a merge request starts
 * one of somebody else's making; nor is a workflow that others may call, nor the domain of an
 * address, which can be a provider's for everybody.
 */
enum SharedIssuer {
  GITHUB(
      "https://token.actions.githubusercontent.com",
      "repository=org/app or sub=repo:org/app:*",
      "(sub=repo:|repository=)OWNER/.*|(repository|repository_owner|enterprise)_id=OWNER"
          + "|(repository_owner|enterprise)=OWNER"),
  GITLAB(
      "https://gitlab.com",
      "project_path=org/app or sub=project_path:org/app:*",
      "(sub=project_path:|project_path=|namespace_path=)OWNER/.*|namespace_path=OWNER"
          + "|(namespace|project)_id=OWNER"),
  BUILDKITE(
      "https://agent.buildkite.com",
      "organization_slug=org or sub=organization:org:*",
      "sub=organization:OWNER:.*|organization_(slug|id)=OWNER|pipeline_id=OWNER"),
  TERRAFORM(
      "https://app.terraform.io",
      "terraform_organization_name=org or sub=organization:org:*",
      "sub=organization:OWNER:.*|terraform_organization_(name|id)=OWNER"
          + "|terraform_(project|workspace)_id=OWNER"),
  GOOGLE(
      "https://accounts.google.com",
      "email=name@org.example or hd=org.example",
      "(sub|email|hd)=OWNER");

  private final String issuer;
  private final String example;
  private final Pattern owned;

  SharedIssuer(String issuer, String example, String owned) {
    this.issuer = issuer;
    this.example = example;
    this.owned = Pattern.compile(owned.replace("OWNER", "[^*/:]+"));
  }

  /** The one that tokens name so. */
  static Optional<SharedIssuer> of(String issuer) {
    return Arrays.stream(values()).filter(shared -> shared.issuer.equals(issuer)).findFirst();
  }

  /** Conditions that do it. */
  String example() {
    return example;
  }

  /** Whether conditions say whose the tokens are. */
  boolean isOwned(List<ClaimCondition> claims) {
    return claims.stream()
        .map(claim -> claim.claim().replaceFirst("^/", "") + "=" + claim.pattern())
        .anyMatch(text -> owned.matcher(text).matches());
  }
}
