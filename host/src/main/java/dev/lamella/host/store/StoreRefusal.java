package dev.lamella.host.store;

import dev.lamella.core.ErrorCode;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.Map;
import java.util.Optional;

/** The store answered that it will not do what it was asked for. */
public final class StoreRefusal extends HostFailure {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, Object> detail;
  private final transient Optional<String> challenge;

  StoreRefusal(
      String action,
      int status,
      String code,
      String message,
      Map<String, Object> detail,
      Optional<String> challenge) {
    super(ExitCode.REFUSED, "cannot " + action + ": " + message);
    this.status = status;
    this.code = code;
    this.detail = Map.copyOf(detail);
    this.challenge = challenge;
  }

  public int status() {
    return status;
  }

  /** The OCI error's {@code code}, or none where what answered is no store. */
  public String code() {
    return code;
  }

  public boolean is(ErrorCode expected) {
    return code.equals(expected.name());
  }

  /** The OCI error's {@code detail}. */
  public Map<String, Object> detail() {
    return detail;
  }

  /** How whoever asks may sign in: the header {@code WWW-Authenticate}, if there was one. */
  public Optional<String> challenge() {
    return challenge;
  }
}
