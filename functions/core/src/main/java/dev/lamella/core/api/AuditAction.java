package dev.lamella.core.api;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the audit trail has lines of. Whoever is refused leaves a line at every route, whoever is
 * answered at those alone that give something away or change it: not for progress, lists and pings.
 */
public enum AuditAction {
  /** A manifest was given, or where a layer or its shards are. */
  PULL,
  /** A layer was stored for an image or linked to it, which nothing names yet. */
  UPLOAD,
  /** A manifest was put: its tag, where it has one, points to it now. */
  PUSH,
  /** A tag, a manifest or a blob was deleted. */
  DELETE,
  /** Somebody showed a secret or a refresh token, for a token. */
  SIGN_IN,
  /** An account was made, changed or removed, or got another secret. */
  ACCOUNT,
  /** All tokens were ended, by another signing key. */
  REVOKE,
  /** A verification was started. */
  VERIFY,
  /** A collection was started. */
  COLLECT,
  /** Anything else that was refused. */
  OTHER;

  /** As lines, queries and people have it: {@code sign-in}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws Refusal {@code REQUEST_INVALID} for what is no such text
   */
  public static AuditAction of(String text) {
    return Arrays.stream(values())
        .filter(action -> action.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.REQUEST_INVALID,
                    quoted(text)
                        + " is no action of the audit trail: it has "
                        + Arrays.stream(values())
                            .map(AuditAction::text)
                            .collect(Collectors.joining(", "))));
  }
}
