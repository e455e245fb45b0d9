package dev.lamella.identity.sts;

/** A proof is not good. Its message says why, and holds nothing of the proof that is secret. */
final class BadProof extends Exception {
  private static final long serialVersionUID = 1L;

  BadProof(String message) {
    super(message);
  }
}
