package dev.lamella.identity.oidc;

import static dev.lamella.core.Quoted.line;
import static dev.lamella.core.Quoted.quoted;

import com.nimbusds.jose.jwk.JWK;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The keys of one issuer, as they were at most ten minutes ago. They are got once for all who ask
 * at the same time; for a key that is not among them again, but not within a minute; and where they
 * could not be got, not again within ten seconds. So nobody can make this function a burden to an
 * issuer.
 */
final class IssuerKeys {
  /** Characters of a reason in the log. */
  private static final int LONGEST_REASON = 500;

  private static final Logger LOG = System.getLogger(IssuerKeys.class.getName());
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
  private static final int MOST = 100;

  private final TrustRule.Oidc rule;
  private final Documents documents;
  private final InstantSource clock;
  private List<JWK> keys = List.of();
  private Instant got = Instant.MIN;
  private Optional<Failure> failure = Optional.empty();

  /** Gets what is at a URL. */
  @FunctionalInterface
  interface Documents {
    /**
     * @throws IOException saying why it cannot be had, or must not be
     */
    byte[] get(URI url) throws IOException;
  }

  private record Failure(Instant at, IOException why) {}

  /**
   * @param rule whose issuer, and place of its keys, counts
   */
  IssuerKeys(TrustRule.Oidc rule, Documents documents, InstantSource clock) {
    this.rule = rule;
    this.documents = documents;
    this.clock = clock;
  }

  /**
   * All keys of that id: as a rule, one.
   *
   * @throws Unavailable where the keys cannot be had
   */
  synchronized List<JWK> find(String id) {
    Instant now = clock.instant();
    if (!isWithin(FRESH, got, now)) {
      fetch(now);
    }
    List<JWK> found = named(id);
    if (found.isEmpty() && !isWithin(PAUSE, got, now)) {
      fetch(now);
      found = named(id);
    }
    return found;
  }

  private List<JWK> named(String id) {
    return keys.stream().filter(key -> id.equals(key.getKeyID())).toList();
  }

  private void fetch(Instant now) {
    if (failure.filter(last -> isWithin(PAUSE_AFTER_FAILURE, last.at(), now)).isPresent()) {
      throw unavailable(failure.get().why());
    }
    try {
      keys = read(documents.get(address()));
      got = now;
      failure = Optional.empty();
    } catch (IOException e) {
      failure = Optional.of(new Failure(clock.instant(), e));
      LOG.log(
          Level.WARNING,
          "the keys of the issuer "
              + rule.issuer()
              + " cannot be had: "
              + line(String.valueOf(e.getMessage()), LONGEST_REASON));
      throw unavailable(e);
    }
  }

  private Unavailable unavailable(IOException why) {
    return new Unavailable("the issuer " + rule.issuer() + ", whose keys have to be got,", why);
  }

  private URI address() throws IOException {
    if (rule.keys().isPresent()) {
      return URI.create(rule.keys().get());
    }
    URI issuer = URI.create(rule.issuer());
    String base = rule.issuer().replaceFirst("/+$", "");
    URI discovery = URI.create(base + "/.well-known/openid-configuration");
    JsonNode document = tree(discovery, documents.get(discovery));
    if (!rule.issuer().equals(document.path("issuer").asString(""))) {
      throw new IOException(
          discovery + " is of another issuer: " + quoted(document.path("issuer").asString("")));
    }
    String text = document.path("jwks_uri").asString("");
    try {
      URI keysUrl = new URI(text);
      if ("https".equals(keysUrl.getScheme())
          && issuer.getHost().equalsIgnoreCase(keysUrl.getHost())
          && keysUrl.getRawUserInfo() == null) {
        return keysUrl;
      }
    } catch (URISyntaxException _) {
      // Refused below, like one of another host.
    }
    throw new IOException(
        "%s says that its keys are at %s, which is another host, or not https: if that is right, name it in the trust rule"
            .formatted(discovery, quoted(text)));
  }

  /** Those that can be read: issuers may have keys of kinds that are nobody's yet. */
  private List<JWK> read(byte[] document) throws IOException {
    JsonNode list = tree(URI.create(rule.issuer()), document).path("keys");
    if (!list.isArray() || list.size() > MOST) {
      throw new IOException("its keys are no JSON Web Key Set of at most " + MOST + " keys");
    }
    return list.valueStream().map(IssuerKeys::key).flatMap(Optional::stream).toList();
  }

  private static Optional<JWK> key(JsonNode key) {
    try {
      return key.isObject() ? Optional.of(JWK.parse(key.toString())) : Optional.empty();
    } catch (ParseException | IllegalArgumentException | IllegalStateException _) {
      return Optional.empty();
    }
  }

  private static JsonNode tree(URI url, byte[] document) throws IOException {
    try {
      return Json.tree(document);
    } catch (Refusal e) {
      throw new IOException(url + " has no JSON: " + e.getMessage(), e);
    }
  }

  private static boolean isWithin(Duration duration, Instant since, Instant now) {
    return !now.isBefore(since) && !since.equals(Instant.MIN) && now.isBefore(since.plus(duration));
  }
}
