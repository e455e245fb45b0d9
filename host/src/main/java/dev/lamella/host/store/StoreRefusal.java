package dev.lamella.host.store;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.Map;
import java.util.Optional;

/** The store answered that it will not do what it was asked for. */
public final class StoreRefusal extends HostFailure {
  private static final long serialVersionUID = 1L;

  private final String action;
  private final int status;
  private final transient ErrorAnswer.Entry said;
  private final transient Optional<String> challenge;

  StoreRefusal(String action, int status, ErrorAnswer.Entry said, Optional<String> challenge) {
    this(action, status, said, challenge, "");
  }

  private StoreRefusal(
      String action,
      int status,
      ErrorAnswer.Entry said,
      Optional<String> challenge,
      String advice) {
    super(
        ExitCode.REFUSED,
        "cannot %s: %s%s%s"
            .formatted(
                action,
                said.message(),
                said.code().isEmpty() ? "" : " (" + said.code() + ")",
                advice.isEmpty() ? "" : "; " + advice));
    this.action = action;
    this.status = status;
    this.said = said;
    this.challenge = challenge;
  }

  /** The same, with what the user can do at the end of its message. */
  StoreRefusal advising(String advice) {
    return new StoreRefusal(action, status, said, challenge, advice);
  }

  /** The message as the store said it. */
  public String said() {
    return said.message();
  }

  public int status() {
    return status;
  }

  /** The OCI error's {@code code}, or none where what answered is no store. */
  public String code() {
    return said.code();
  }

  public boolean is(ErrorCode expected) {
    return code().equals(expected.name());
  }

  /** The OCI error's {@code detail}. */
  public Map<String, Object> detail() {
    return said.detail();
  }

  /** How whoever asks may sign in: the header {@code WWW-Authenticate}, if there was one. */
  public Optional<String> challenge() {
    return challenge;
  }
}
