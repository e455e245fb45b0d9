package dev.lamella.core.port;

import java.util.Optional;

/** Finds out who an AWS caller is. Only the function {@code identity} has it. */
public interface AwsCallers {
  /** What each proof begins with. */
  String PREFIX = "aws1.";

  /**
   * Who made a proof for this store, as AWS names them: {@code
   * arn:aws:sts::123456789012:assumed-role/ci/session}. Why a proof is not good is logged, and the
   * proof never is: who has it can be the caller while it lasts.
   *
   * @param proof as it was sent: {@code aws1.}, then any text of any length
   * @return empty where the proof is not good, for whatever reason
   * @throws dev.lamella.core.Unavailable where AWS does not answer, and the proof might be good
   */
  Optional<String> arn(String proof);
}
