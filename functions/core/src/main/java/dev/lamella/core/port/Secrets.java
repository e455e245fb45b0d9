package dev.lamella.core.port;

import java.util.Optional;

/**
 * The two secrets of a store: Secrets Manager on AWS. Only the function {@code identity} has them.
 */
public interface Secrets {
  enum Name {
    /** What signs in as the administrator of the deployment. Made with the store. */
    ADMINISTRATOR,
    /** The private key that tokens are signed with. */
    SIGNING_KEY
  }

  /**
   * Empty where it was never written.
   *
   * @throws dev.lamella.core.Unavailable where what keeps it is not there, or does not answer
   */
  Optional<String> read(Name name);

  /**
   * The last one to write wins.
   *
   * @param value at least 1 and at most 65,536 bytes in UTF-8
   * @throws dev.lamella.core.Unavailable where what keeps it is not there, or does not answer
   */
  void write(Name name, String value);
}
