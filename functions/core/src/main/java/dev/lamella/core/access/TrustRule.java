package dev.lamella.core.access;

import static dev.lamella.core.Quoted.quoted;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Whom an account takes without a secret of its own: one whom somebody else vouches for. In JSON
 * its kind is the field {@code by}: {@code oidc} or {@code aws}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "by")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TrustRule.Oidc.class, name = "oidc"),
  @JsonSubTypes.Type(value = TrustRule.Aws.class, name = "aws")
})
public sealed interface TrustRule {
  /**
   * Who has a token of an OpenID Connect issuer: a pipeline, a pod.
   *
   * @param issuer as tokens name it, to the letter: an https URL of at most 255 characters
   * @param audience that tokens have to be made for: 1 to 255 characters
   * @param claims what tokens have to say; all of it; 1 to 8 conditions. An issuer such as GitHub
   *     signs for everybody: only these tell one's own from others. So one of them does: it is on a
   *     claim that not every token has alike, with more than {@code *}; and where the issuer is
   *     known to sign for everybody ({@link SharedIssuer}), it says whose the tokens are
   * @param keys where the issuer's keys are, an https URL; where empty, the issuer's own discovery
   *     document says it
   */
  record Oidc(String issuer, String audience, List<ClaimCondition> claims, Optional<String> keys)
      implements TrustRule {
    private static final int MOST_CLAIMS = 8;
    private static final int LONGEST = 255;

    /**
     * @throws Refusal {@code REQUEST_INVALID} outside the limits, and for conditions that whoever
     *     has a token of the issuer fulfils
     */
    public Oidc {
      claims = List.copyOf(claims);
      requireUrl("the issuer", issuer);
      keys.ifPresent(url -> requireUrl("the address of its keys", url));
      if (audience.isBlank() || audience.length() > LONGEST) {
        throw invalid("a trust rule has an audience of 1 to " + LONGEST + " characters");
      }
      if (claims.isEmpty() || claims.size() > MOST_CLAIMS) {
        throw invalid(
            "a trust rule has 1 to "
                + MOST_CLAIMS
                + " conditions on claims, such as sub=repo:org/app:*: an issuer may sign for"
                + " everybody");
      }
      requireNarrow(issuer, claims);
    }

    private static void requireNarrow(String issuer, List<ClaimCondition> claims) {
      if (claims.stream().noneMatch(ClaimCondition::narrows)) {
        throw invalid(
            "every token of %s for this audience fulfils the rule's conditions: add one on what only yours say, such as sub=repo:org/app:*"
                .formatted(issuer));
      }
      SharedIssuer.of(issuer)
          .filter(shared -> !shared.isOwned(claims))
          .ifPresent(
              shared -> {
                throw invalid(
                    "%s signs for everybody, and the rule does not say whose tokens it takes: add a condition that writes the owner out, such as %s"
                        .formatted(issuer, shared.example()));
              });
    }

    private static void requireUrl(String what, String text) {
      boolean isGood = text.length() <= LONGEST && text.startsWith("https://");
      try {
        URI url = URI.create(isGood ? text : "");
        isGood =
            isGood
                && url.getHost() != null
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
      } catch (IllegalArgumentException _) {
        isGood = false;
      }
      if (!isGood) {
        throw invalid(
            "%s is a URL such as https://issuer.example, of at most %d characters, unlike %s"
                .formatted(what, LONGEST, quoted(text)));
      }
    }
  }

  /**
   * Who calls AWS by a role or as a user.
   *
   * @param arn which, as AWS names callers ({@code sts get-caller-identity}), of at most 255
   *     characters: {@code arn:aws:sts::123456789012:assumed-role/ROLE/SESSION}, {@code
   *     arn:aws:iam::123456789012:user/PATH/NAME} or {@code
   *     arn:aws:sts::123456789012:federated-user/NAME}. In roles, sessions, paths and names {@code
   *     *} stands for any text without a slash: who takes on a role names the session as they like,
   *     so that a star for the role must not reach into it
   */
  record Aws(String arn) implements TrustRule {
    private static final int LONGEST = 255;
    private static final String PART = "[\\w+=,.@*-]+";

    /** The AWS account is always named: whoever has one of their own can name all the rest. */
    private static final Pattern GRAMMAR =
        Pattern.compile(
            "arn:aws[a-z-]*:(sts::\\d{12}:(assumed-role/PART/PART|federated-user/PART)"
                    .replace("PART", PART)
                + "|iam::\\d{12}:user(/PART)+)".replace("PART", PART));

    /**
     * @throws Refusal {@code REQUEST_INVALID} where it names no AWS account, or nobody in it
     */
    public Aws {
      if (arn.length() > LONGEST || !GRAMMAR.matcher(arn).matches()) {
        throw invalid(
            ("an AWS caller is such as arn:aws:sts::123456789012:assumed-role/ROLE/*, without the"
                    + " path that the role may have, or arn:aws:iam::123456789012:user/NAME, of at"
                    + " most %d characters, unlike %s")
                .formatted(LONGEST, quoted(arn)));
      }
    }

    /**
     * @param caller as AWS names it
     */
    public boolean takes(String caller) {
      String[] patterns = arn.split("/", -1);
      String[] parts = caller.split("/", -1);
      return patterns.length == parts.length
          && IntStream.range(0, parts.length)
              .allMatch(part -> NamePattern.matches(patterns[part], parts[part]));
    }
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.REQUEST_INVALID, message);
  }
}
