package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import java.util.Set;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * What a token has to say.
 *
 * @param claim the name of a claim, to the letter; or, where it begins with {@code /}, a JSON
 *     Pointer (RFC 6901) to what is inside one, such as {@code /kubernetes.io/namespace}. At most
 *     255 characters
 * @param pattern its value, in which {@code *} stands for any text; numbers and truth values are as
 *     JSON writes them. At most 255 characters
 */
public record ClaimCondition(String claim, String pattern) {
  private static final int LONGEST = 255;

  /** What the rule says anyhow, and what is new with each token. */
  private static final Set<String> OF_EVERY_TOKEN =
      Set.of("iss", "aud", "exp", "nbf", "iat", "jti");

  /**
   * @throws Refusal {@code REQUEST_INVALID} outside the limits
   */
  public ClaimCondition {
    if (claim.isEmpty()
        || pattern.isEmpty()
        || claim.length() > LONGEST
        || pattern.length() > LONGEST) {
      throw invalid(
          "a condition is a claim and its value, such as sub=repo:org/app:*, each of at most "
              + LONGEST
              + " characters");
    }
  }

  /** Whether there could be a token of the same issuer and audience that it does not hold for. */
  boolean narrows() {
    String name = claim.startsWith("/") ? claim.substring(1).split("/", 2)[0] : claim;
    return !OF_EVERY_TOKEN.contains(name)
        && pattern.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  /** Of a list, one that fits is enough. */
  public boolean holds(JsonNode claims) {
    JsonNode value =
        claim.startsWith("/") ? claims.at(JsonPointer.compile(claim)) : claims.path(claim);
    return value.isArray() ? value.valueStream().anyMatch(this::fits) : fits(value);
  }

  private boolean fits(JsonNode value) {
    return (value.isString() || value.isNumber() || value.isBoolean())
        && NamePattern.matches(pattern, value.asString());
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.REQUEST_INVALID, message);
  }
}
