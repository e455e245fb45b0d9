package dev.lamella.local.template;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function as callers of Lambda name it: its name, a partial or whole ARN, each with a version or
 * alias if wanted, or the integration URI of an API that contains the ARN.
 */
public record FunctionReference(String name, Optional<String> qualifier) {
  private static final Pattern FORMS =
      Pattern.compile(
          "(?:.*functions/)?(?:arn:[a-z-]+:lambda:[a-z0-9-]+:)?(?:\\d{12}:)?(?:function:)?"
              + "([A-Za-z0-9_-]{1,64})(?::(\\$LATEST|[A-Za-z0-9_-]+))?(?:/invocations)?");

  /** Empty if the text names no function. */
  public static Optional<FunctionReference> parse(String text) {
    Matcher matcher = FORMS.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new FunctionReference(matcher.group(1), Optional.ofNullable(matcher.group(2))))
        : Optional.empty();
  }
}
