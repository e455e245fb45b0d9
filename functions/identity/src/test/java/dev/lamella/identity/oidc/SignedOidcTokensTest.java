package dev.lamella.identity.oidc;

import static dev.lamella.identity.oidc.TestIssuer.KEY;
import static dev.lamella.identity.oidc.TestIssuer.NOW;
import static dev.lamella.identity.oidc.TestIssuer.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.PlainObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedOidcTokensTest {
  private final TestIssuer issuer = new TestIssuer("https://issuer.example/org");
  private Instant now = NOW;
  private final SignedOidcTokens tokens = new SignedOidcTokens(issuer, () -> now);

  private boolean takes(String token) {
    return tokens.claims(token, issuer.rule()).isPresent();
  }

  private static JWSHeader.Builder header(JWSAlgorithm algorithm) {
    return new JWSHeader.Builder(algorithm).keyID(KEY.getKeyID());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void claims_ofAGoodToken_areWhatItSays(String algorithm) {
    String token = TestIssuer.token(header(JWSAlgorithm.parse(algorithm)).build(), issuer.claims());
    assertThat(tokens.claims(token, issuer.rule()))
        .hasValueSatisfying(
            claims ->
                assertThat(claims.path("sub").asString())
                    .isEqualTo("repo:org/app:ref:refs/heads/main"));
  }

  static List<Curve> curves() {
    return List.of(Curve.P_256, Curve.P_384, Curve.P_521);
  }

  @ParameterizedTest
  @MethodSource("curves")
  void claims_byAnEllipticCurve_areWhatItSays(Curve curve) throws JOSEException {
    ECKey key = new ECKeyGenerator(curve).keyID("first").generate();
    issuer.at("/keys", new JWKSet(key).toJSONObject());
    JWSObject token =
        new JWSObject(
            header(new ECDSASigner(key).supportedJWSAlgorithms().iterator().next()).build(),
            new Payload(text(issuer.claims())));
    token.sign(new ECDSASigner(key));
    assertThat(takes(token.serialize())).isTrue();
  }

  /** Each claim by what it is replaced with, as JSON; left out where empty. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iss|\"https://issuer.example/org/\"",
        "iss|\"https://other.example\"",
        "iss|[\"https://issuer.example/org\"]",
        "iss|",
        "aud|\"store.example.evil\"",
        "aud|[\"store.example\",\"other\"]",
        "aud|[]",
        "aud|{}",
        "aud|",
        "exp|1795867100",
        "exp|\"1795867500\"",
        "exp|1e300",
        "exp|",
        "iat|1795867260",
        "iat|",
        "nbf|1795867260",
        "nbf|\"soon\"",
        "exp|1795953601",
      })
  void claims_ofATokenThatSaysOtherwise_areEmpty(String claim, @Nullable String value) {
    Map<String, Object> claims = issuer.claims();
    if (value == null) {
      claims.remove(claim);
    } else {
      claims.put(claim, Json.tree(value));
    }
    assertThat(takes(TestIssuer.token(claims))).isFalse();
    assertThat(issuer.got).isEmpty();
    assertThat(takes(issuer.token())).isTrue();
  }

  @Test
  void claims_ofATokenOfItsAudienceInAList_areGood() {
    Map<String, Object> claims = issuer.claims();
    claims.put("aud", List.of(TestIssuer.AUDIENCE));
    assertThat(takes(TestIssuer.token(claims))).isTrue();
  }

  @Test
  void claims_once_areThoseOfItsTime() {
    String token = issuer.token();
    now = NOW.plusSeconds(329);
    assertThat(takes(token)).isTrue();
    now = NOW.plusSeconds(330);
    assertThat(takes(token)).isFalse();
  }

  @Test
  void claims_withoutASignature_areEmpty() {
    String none =
        new PlainObject(new PlainHeader.Builder().build(), new Payload(text(issuer.claims())))
            .serialize();
    String good = issuer.token();
    String unsigned = good.substring(0, good.lastIndexOf('.') + 1);
    String stated =
        Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                    "{\"alg\":\"none\",\"kid\":\"first\"}".getBytes(StandardCharsets.UTF_8))
            + good.substring(good.indexOf('.'));
    for (String token :
        List.of(none, unsigned, stated, good + "A", "eyJ..", "eyJ.eyJ.eyJ", "..", "")) {
      assertThat(takes(token)).as(token).isFalse();
    }
  }

  /** The public key is known to everybody: as a shared secret it proves nothing. */
  @Test
  void claims_byThePublicKeyAsASecret_areEmpty() throws JOSEException {
    JWSObject token =
        new JWSObject(header(JWSAlgorithm.HS256).build(), new Payload(text(issuer.claims())));
    token.sign(new MACSigner(KEY.toRSAPublicKey().getEncoded()));
    assertThat(takes(token.serialize())).isFalse();
  }

  @Test
  void claims_byAKeyInTheHeader_areEmptyAndFetchNothingElse() {
    JWSHeader.Builder header =
        header(JWSAlgorithm.RS256)
            .jwk(OTHER.toPublicJWK())
            .jwkURL(URI.create("https://evil.example/keys"))
            .x509CertURL(URI.create("https://evil.example/certificate"));
    assertThat(takes(TestIssuer.token(header.build(), issuer.claims(), OTHER))).isFalse();
    JWSHeader named = header.keyID(OTHER.getKeyID()).build();
    assertThat(takes(TestIssuer.token(named, issuer.claims(), OTHER))).isFalse();
    assertThat(issuer.got).allMatch(url -> url.getHost().equals("issuer.example"));
  }

  @Test
  void claims_withoutAnIdOfAKey_areEmpty() {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).build();
    assertThat(takes(TestIssuer.token(header, issuer.claims()))).isFalse();
  }

  @Test
  void claims_byAKeyForAnotherUse_areEmpty() {
    Map<String, Object> key = KEY.toPublicJWK().toJSONObject();
    key.put("use", "enc");
    issuer.at("/keys", Map.of("keys", List.of(key)));
    assertThat(takes(issuer.token())).isFalse();
  }

  @Test
  void claims_ofALongToken_areEmpty() {
    Map<String, Object> claims = issuer.claims();
    claims.put("more", "x".repeat(1 << 20));
    assertThat(takes(TestIssuer.token(claims))).isFalse();
    assertThat(issuer.got).isEmpty();
  }

  @Test
  void claims_askedForByManyAtOnce_fetchOnce() throws Exception {
    String token = issuer.token();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> calls =
          IntStream.range(0, 30).<Callable<Boolean>>mapToObj(i -> () -> takes(token)).toList();
      for (Future<Boolean> taken : threads.invokeAll(calls)) {
        assertThat(taken.get()).isTrue();
      }
    }
    assertThat(issuer.got).hasSize(2);
  }

  @Test
  void claims_byUnknownKeys_fetchOnceAMinute() {
    JWSHeader forged = header(JWSAlgorithm.RS256).keyID("unknown").build();
    assertThat(takes(issuer.token())).isTrue();
    for (int i = 0; i < 120; i++) {
      now = NOW.plusSeconds(i);
      assertThat(takes(TestIssuer.token(forged, issuer.claims()))).isFalse();
    }
    assertThat(issuer.got).hasSize(4);
  }

  @Test
  void claims_byAKeyThatIsNew_areGoodAfterAMinute() {
    assertThat(takes(issuer.token())).isTrue();
    issuer.keys(KEY, OTHER);
    now = NOW.plusSeconds(61);
    JWSHeader header = header(JWSAlgorithm.RS256).keyID(OTHER.getKeyID()).build();
    assertThat(takes(TestIssuer.token(header, issuer.claims(), OTHER))).isTrue();
  }

  @Test
  void claims_byAKeyThatWasWithdrawn_areEmptyAfterTenMinutes() {
    assertThat(takes(issuer.token())).isTrue();
    issuer.keys(OTHER);
    now = NOW.plusSeconds(600);
    Map<String, Object> claims = issuer.claims();
    claims.put("exp", now.getEpochSecond() + 60);
    assertThat(takes(TestIssuer.token(claims))).isFalse();
  }

  @Test
  void claims_whereTheIssuerFails_areNotToBeHadAndAreNotAskedForAtOnce() {
    issuer.documents.clear();
    for (int i = 0; i < 30; i++) {
      assertThatThrownBy(() -> takes(issuer.token()))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining(issuer.url);
    }
    assertThat(issuer.got).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://169.254.169.254/latest/meta-data",
        "https://evil.example/keys",
        "http://issuer.example/keys",
        "file:///etc/passwd",
        "https://issuer.example@evil.example/",
        "//issuer.example/keys",
        "",
      })
  void claims_whoseKeysAreElsewhere_areNotToBeHad(String keys) {
    issuer.at("/.well-known/openid-configuration", Map.of("issuer", issuer.url, "jwks_uri", keys));
    assertThatThrownBy(() -> takes(issuer.token())).isInstanceOf(Unavailable.class);
    assertThat(issuer.got).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"keys\":1}", "null"})
  void claims_whereTheKeysAreNone_areNotGood(String keys) {
    issuer.documents.put(URI.create(issuer.url + "/keys"), keys.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> takes(issuer.token())).isInstanceOf(Unavailable.class);
  }

  @Test
  void claims_byAKeyAmongOthersThatCannotBeRead_areGood() {
    issuer.at(
        "/keys",
        Map.of(
            "keys",
            List.of(
                "no key",
                Map.of("kty", "later", "kid", "first"),
                Map.of("kty", "RSA", "kid", "first", "n", "?"),
                KEY.toPublicJWK().toJSONObject())));
    assertThat(takes(issuer.token())).isTrue();
  }

  @Test
  void claims_whereTheRuleNamesTheKeys_areCheckedByThose() {
    TrustRule.Oidc rule = issuer.rule();
    String keys = "https://elsewhere.example/keys";
    issuer.documents.put(URI.create(keys), Json.write(new JWKSet(OTHER).toJSONObject()));
    TrustRule.Oidc named =
        new TrustRule.Oidc(rule.issuer(), rule.audience(), rule.claims(), Optional.of(keys));
    JWSHeader header = header(JWSAlgorithm.RS256).keyID(OTHER.getKeyID()).build();
    String token = TestIssuer.token(header, issuer.claims(), OTHER);
    assertThat(tokens.claims(token, named)).isPresent();
    assertThat(tokens.claims(token, rule)).isEmpty();
    assertThat(tokens.claims(issuer.token(), named)).isEmpty();
  }

  @Test
  void claims_whereDiscoveryIsOfAnotherIssuer_areNotToBeHad() {
    issuer.at(
        "/.well-known/openid-configuration",
        Map.of("issuer", "https://issuer.example/other", "jwks_uri", issuer.url + "/keys"));
    assertThatThrownBy(() -> takes(issuer.token())).isInstanceOf(Unavailable.class);
  }

  private static String text(Map<String, Object> claims) {
    return new String(Json.write(claims), StandardCharsets.UTF_8);
  }
}
