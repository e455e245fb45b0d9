package dev.lamella.core.identity;

import dev.lamella.core.access.Secret;
import dev.lamella.core.port.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The secret of the administrator that came with the deployment. Whoever guesses causes no call of
 * the store of secrets each time: it is read again after a minute, and by its hash alone kept.
 */
final class DeploymentSecret {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final String ID = "deployment";

  private final Secrets secrets;
  private final InstantSource clock;
  private Optional<Secret> last = Optional.empty();
  private Instant read = Instant.MIN;

  DeploymentSecret(Secrets secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Empty where the store has none. */
  synchronized Optional<Secret> find() {
    Instant now = clock.instant();
    if (now.isBefore(read) || !now.isBefore(read.plus(FRESH))) {
      last =
          secrets
              .read(Secrets.Name.ADMINISTRATOR)
              // Who wrote it by hand may have left a newline, which no client sends.
              .map(text -> new Secret(ID, Secret.hash(text.strip()), now, Optional.empty()));
      read = now;
    }
    return last;
  }
}
