package dev.lamella.core.identity;

import dev.lamella.core.access.Secret;
import dev.lamella.core.port.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The secret of the administrator that came with the deployment. Whoever guesses causes no call of
 * the store of secrets each time: for a minute what was read is asked, of which the hash alone is
 * kept. What seems right then is read again, so that a secret ends when it is changed.
 */
final class DeploymentSecret {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final int ID_LENGTH = 16;

  private final Secrets secrets;
  private final InstantSource clock;
  private Optional<Secret> last = Optional.empty();
  private Instant read = Instant.MIN;

  DeploymentSecret(Secrets secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /** As it was at most a minute ago; empty where the store has none. */
  synchronized Optional<Secret> find() {
    Instant now = clock.instant();
    return now.isBefore(read) || !now.isBefore(read.plus(FRESH)) ? again() : last;
  }

  /** As it is now. */
  synchronized Optional<Secret> again() {
    Instant now = clock.instant();
    // Who wrote it by hand may have left a newline, which no client sends.
    last =
        secrets
            .read(Secrets.Name.ADMINISTRATOR)
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(text -> secret(text, now));
    read = now;
    return last;
  }

  /** Another text has another id, so that refresh tokens end with the secret. */
  private static Secret secret(String text, Instant now) {
    String id = Secret.hash("id of " + text).substring(0, ID_LENGTH);
    return new Secret(id, Secret.hash(text), now, Optional.empty());
  }
}
