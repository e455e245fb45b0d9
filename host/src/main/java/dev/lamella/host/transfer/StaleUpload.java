package dev.lamella.host.transfer;

import dev.lamella.host.outcome.HostFailure;

/**
 * An upload is of no use any more: it has expired, was ended or committed by somebody else, or
 * holds shards of other content. A new one may do better.
 */
final class StaleUpload extends Exception {
  private static final long serialVersionUID = 1L;

  private final HostFailure failure;

  StaleUpload(HostFailure failure) {
    super(failure);
    this.failure = failure;
  }

  /** What to fail with, where a new upload ends the same. */
  HostFailure failure() {
    return failure;
  }
}
