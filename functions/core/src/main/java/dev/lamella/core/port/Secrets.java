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

  /** Empty where it was never written. */
  Optional<String> read(Name name);

  /** The last one to write wins. */
  void write(Name name, String value);
}
