package dev.lamella.core.identity;

import dev.lamella.core.Refusal;
import dev.lamella.core.access.Trust;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.Secrets.Name;
import dev.lamella.core.port.TrustIndex;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The key that signs tokens now. One that is old, or not trusted any more, is replaced when the
 * next token is asked for. Where two processes do so at once there are two keys: both are trusted,
 * and one of them is forgotten.
 */
public final class SigningKeys {
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
      Trust fresh = trust.again();
      last =
          Optional.of(stored().filter(key -> isGood(key, fresh, now)).orElseGet(() -> make(now)));
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

  /** What is no key, as somebody may have written by hand, is none: another one is made. */
  private Optional<SigningKey> stored() {
    try {
      return secrets
          .read(Name.SIGNING_KEY)
          .map(text -> Json.read(text.getBytes(StandardCharsets.UTF_8), SigningKey.class));
    } catch (Refusal _) {
      return Optional.empty();
    }
  }

  private static boolean isGood(SigningKey key, Trust trust, Instant now) {
    return !key.isOld(now) && trust.key(key.id(), now).isPresent();
  }
}
