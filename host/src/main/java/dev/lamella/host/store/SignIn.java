package dev.lamella.host.store;

import java.util.Optional;

/** By which header requests to a store say who asks. The header is a secret. Thread-safe. */
public interface SignIn {
  SignIn NONE = Optional::empty;

  /** The header {@code Authorization} of the next request, if it has one. */
  Optional<String> header();

  /**
   * Another header, with which a request that was answered 401 may succeed.
   *
   * @param refused what the request had
   * @param challenge the answer's {@code WWW-Authenticate}; what it says of where to sign in is not
   *     followed
   */
  default Optional<String> after(Optional<String> refused, Optional<String> challenge) {
    return Optional.empty();
  }

  /** Whether the store asked who calls, and was told nothing but that it is anybody. */
  default boolean isAnonymous() {
    return false;
  }

  /**
   * What the user can do about a 401, to end its message with; may be empty.
   *
   * @param isDenied whether the store knows who asks, and does not allow it
   */
  default String advice(boolean isDenied) {
    return "";
  }
}
