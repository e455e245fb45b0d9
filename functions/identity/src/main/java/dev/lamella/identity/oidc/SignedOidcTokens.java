package dev.lamella.identity.oidc;

import static dev.lamella.core.Quoted.quoted;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.RSAKey;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.OidcTokens;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Checks tokens against the keys that their issuers publish. What costs nothing is looked at first,
 * so that only a token that could be good has keys got for it. Of a token's header the algorithm
 * and the key's id count, and neither a key nor an address that is in it.
 */
public final class SignedOidcTokens implements OidcTokens {
  private static final Logger LOG = System.getLogger(SignedOidcTokens.class.getName());

  /** Characters; headers of an API have 10,240 bytes altogether, forms more. */
  private static final int LONGEST = 16 << 10;

  private static final int LEAST_RSA_BITS = 2048;
  private static final int MOST_ISSUERS = 256;

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final IssuerKeys.Documents documents;
  private final InstantSource clock;

  /** Those asked for last. */
  private final Map<Place, IssuerKeys> issuers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, IssuerKeys> eldest) {
          return size() > MOST_ISSUERS;
        }
      };

  private record Place(String issuer, Optional<String> keys) {}

  public SignedOidcTokens(IssuerHttps https, InstantSource clock) {
    this((IssuerKeys.Documents) https, clock);
  }

  SignedOidcTokens(IssuerKeys.Documents documents, InstantSource clock) {
    this.documents = documents;
    this.clock = clock;
  }

  @Override
  public Optional<JsonNode> claims(String token, TrustRule.Oidc rule) {
    try {
      return Optional.of(checked(token, rule));
    } catch (BadToken e) {
      LOG.log(
          Level.INFO,
          "A token is not taken by the rule for " + rule.issuer() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private JsonNode checked(String token, TrustRule.Oidc rule) throws BadToken {
    if (token.length() > LONGEST) {
      throw new BadToken("it has more than " + LONGEST + " characters");
    }
    JWSObject signed = parse(token);
    JWSHeader header = signed.getHeader();
    if (!ALGORITHMS.contains(header.getAlgorithm())) {
      throw new BadToken("its algorithm is " + quoted(String.valueOf(header.getAlgorithm())));
    }
    if (header.getKeyID() == null) {
      throw new BadToken("it names no key (kid)");
    }
    JsonNode claims = claims(signed);
    TokenChecks.require(claims, rule, clock.instant());
    JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
    for (JWK key : keys(rule).find(header.getKeyID())) {
      if (matcher != null && matcher.matches(key) && verifies(signed, key)) {
        return claims;
      }
    }
    throw new BadToken(
        "no key of the issuer of the id " + quoted(header.getKeyID()) + " signed it");
  }

  private IssuerKeys keys(TrustRule.Oidc rule) {
    synchronized (issuers) {
      return issuers.computeIfAbsent(
          new Place(rule.issuer(), rule.keys()), _ -> new IssuerKeys(rule, documents, clock));
    }
  }

  private static boolean verifies(JWSObject signed, JWK key) throws BadToken {
    try {
      return switch (key) {
        case RSAKey rsa when rsa.size() >= LEAST_RSA_BITS ->
            signed.verify(new RSASSAVerifier(rsa.toRSAPublicKey()));
        case ECKey ec -> signed.verify(new ECDSAVerifier(ec.toECPublicKey()));
        default -> false;
      };
    } catch (JOSEException | IllegalArgumentException | IllegalStateException e) {
      throw new BadToken(
          "its signature cannot be checked: " + quoted(String.valueOf(e.getMessage())));
    }
  }

  private static JWSObject parse(String token) throws BadToken {
    try {
      return JWSObject.parse(token);
    } catch (ParseException | IllegalArgumentException _) {
      throw new BadToken("it is no signed JWT");
    }
  }

  /** Read once, so that what is checked and what is believed are the same. */
  private static JsonNode claims(JWSObject signed) throws BadToken {
    try {
      JsonNode claims = Json.tree(signed.getPayload().toString());
      if (claims.isObject()) {
        return claims;
      }
    } catch (Refusal _) {
      // Refused below, like JSON of another kind.
    }
    throw new BadToken("its claims are no JSON object");
  }
}
