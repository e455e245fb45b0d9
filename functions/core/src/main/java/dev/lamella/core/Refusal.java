package dev.lamella.core;

import java.util.Map;

/**
 * A request that cannot be granted as it stands: the caller's mistake, or a state that the caller
 * can do something about. The message says what was wrong, with what, and what to do; it never
 * holds a secret.
 */
public final class Refusal extends RuntimeException {
  /** What the detail of {@code DENIED} calls the scope of a token that would be needed. */
  public static final String SCOPE = "scope";

  /** What the detail calls the seconds after which to try again, where that is known. */
  public static final String RETRY_AFTER = "retryAfter";

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String message;
  private final transient Map<String, Object> detail;

  public Refusal(ErrorCode code, String message) {
    this(code, message, Map.of());
  }

  /**
   * @param detail values of JSON types, in the OCI error's {@code detail}
   */
  public Refusal(ErrorCode code, String message, Map<String, Object> detail) {
    super(message);
    this.code = code;
    this.message = message;
    this.detail = Map.copyOf(detail);
  }

  public ErrorCode code() {
    return code;
  }

  @Override
  public String getMessage() {
    return message;
  }

  public Map<String, Object> detail() {
    return detail;
  }
}
