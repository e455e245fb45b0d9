package dev.lamella.core.identity;

import dev.lamella.core.Refusal;
import dev.lamella.core.access.Trust;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.Secrets.Name;
import dev.lamella.core.port.TrustIndex;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The key that signs tokens now. One that is old, or not trusted any more, is replaced when the
 * next token is asked for. Where two processes do so at once there are two keys: both are trusted,
 * and one of them is forgotten. So is a secret replaced in which somebody wrote what is no key, or
 * not the one that is trusted: the store goes on, and its operator is told.
 */
public final class SigningKeys {
  /** In the log where the secret held what nobody can use; the template has an alarm of it. */
  public static final String REPLACED = "The signing key is replaced";

  private static final Logger LOG = System.getLogger(SigningKeys.class.getName());

  private final Secrets secrets;
  private final TrustIndex index;
  private final KnownTrust trust;
  private final InstantSource clock;
  private Optional<SigningKey> last = Optional.empty();

  public SigningKeys(Secrets secrets, TrustIndex index, KnownTrust trust, InstantSource clock) {
    this.secrets = secrets;
    this.index = index;
    this.trust = trust;
    this.clock = clock;
  }

  synchronized SigningKey current() {
    Instant now = clock.instant();
    if (last.filter(key -> isGood(key, trust.read(), now)).isEmpty()) {
      last = Optional.of(stored(now).orElseGet(() -> make(now)));
    }
    return last.orElseThrow();
  }

  /** Makes another key, and trusts none of those before: every token ends within seconds. */
  public synchronized void replace() {
    Trust before = index.read();
    last = Optional.of(make(clock.instant()));
    before.keys().keySet().forEach(index::remove);
    trust.again();
  }

  /** What is trusted is written first: a key that is not trusted must not sign. */
  private SigningKey make(Instant now) {
    SigningKey key = SigningKey.make(now);
    index.add(key.trusted());
    secrets.write(Name.SIGNING_KEY, new String(Json.write(key), StandardCharsets.UTF_8));
    trust.again();
    return key;
  }

  /** Empty where another one has to be made. */
  private Optional<SigningKey> stored(Instant now) {
    Optional<String> text = secrets.read(Name.SIGNING_KEY).filter(value -> !value.isBlank());
    // Read after it: a key is trusted before it is stored.
    Trust fresh = trust.again();
    Optional<SigningKey> key = text.flatMap(SigningKeys::key);
    if (text.isEmpty() || key.filter(known -> known.isOld(now)).isPresent()) {
      return Optional.empty();
    }
    if (key.filter(known -> known.isPair() && isGood(known, fresh, now)).isEmpty()) {
      // Nothing of what it holds, which may be part of a key.
      LOG.log(
          Level.ERROR,
          REPLACED
              + ": its secret held "
              + (key.filter(SigningKey::isPair).isPresent()
                  ? "one that this store does not trust"
                  : "what is no key")
              + ". Only the function identity should be able to write it");
      return Optional.empty();
    }
    return key;
  }

  private static Optional<SigningKey> key(String text) {
    try {
      return Optional.of(Json.read(text.getBytes(StandardCharsets.UTF_8), SigningKey.class));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }

  /** Whether what it signs will be taken. */
  private static boolean isGood(SigningKey key, Trust trust, Instant now) {
    return !key.isOld(now)
        && trust
            .key(key.id(), now)
            .filter(trusted -> trusted.key().equals(key.publicKey()))
            .isPresent();
  }
}
