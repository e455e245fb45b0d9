package dev.lamella.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.TrustIndex;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenCheckTest {
  private static final String SERVICE = "store-1";
  private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
  private static final AccountName ROBOT = new AccountName("robot");
  private static final Limits LIMITS =
      new Limits(Optional.of(20L << 30), Optional.of(50), Optional.empty(), Optional.of(600));
  private static final KeyPair OURS = pair();
  private static final KeyPair FOREIGN = pair();

  private final MemoryTrust index = new MemoryTrust();
  private Instant now = START;
  private final TokenCheck check = check(index);

  TokenCheckTest() {
    index.add(
        new TrustedKey(
            "k1",
            Base64.getEncoder().encodeToString(OURS.getPublic().getEncoded()),
            START,
            at(Duration.ofDays(1))));
  }

  @Test
  void check_goodToken_tellsWhatItSays() throws JOSEException {
    assertThat(check.check(signed(header("k1"), set -> set))).isEqualTo(claims());
  }

  @Test
  void check_whatTheTokenSaysWrong_isRefused() throws JOSEException {
    Map<String, UnaryOperator<JWTClaimsSet.Builder>> wrong =
        Map.ofEntries(
            Map.entry("another issuer", set -> set.issuer("store-2")),
            Map.entry("no issuer", set -> set.issuer(null)),
            Map.entry("another audience", set -> set.audience("store-2")),
            Map.entry("two audiences", set -> set.audience(List.of(SERVICE, "store-2"))),
            Map.entry("no audience", set -> set.audience((String) null)),
            Map.entry("ended", set -> set.expirationTime(date(Duration.ZERO))),
            Map.entry("no end", set -> set.expirationTime(null)),
            Map.entry("far end", set -> set.expirationTime(date(Duration.ofMinutes(16)))),
            Map.entry("not begun", set -> set.issueTime(date(Duration.ofMinutes(1)))),
            Map.entry("no time", set -> set.issueTime(null)),
            Map.entry("no id", set -> set.jwtID(null)),
            Map.entry("no subject", set -> set.subject(null)),
            Map.entry("a subject that is no name", set -> set.subject("../etc")),
            Map.entry("no access", set -> set.claim("access", null)),
            Map.entry("access of another type", set -> set.claim("access", "everything")),
            Map.entry("an entry that is none", set -> set.claim("access", List.of("*"))),
            Map.entry(
                "an action that is none",
                set ->
                    set.claim(
                        "access", List.of(Map.of("name", "team/app", "actions", List.of("*"))))),
            Map.entry("no patterns", set -> set.claim("pulls", null)),
            Map.entry("a pattern that is none", set -> set.claim("pulls", List.of("A B"))),
            Map.entry("rights as a text", set -> set.claim("administers", "true")),
            Map.entry("no limits said", set -> set.claim("limits", null)),
            Map.entry("limits of another type", set -> set.claim("limits", List.of())),
            Map.entry("a limit as a text", set -> set.claim("limits", Map.of("uploads", "5"))),
            Map.entry("half a limit", set -> set.claim("limits", Map.of("uploads", 0.5))),
            Map.entry("a limit of none", set -> set.claim("limits", Map.of("uploads", 0))),
            Map.entry(
                "a limit out of range", set -> set.claim("limits", Map.of("uploads", 1L << 40))));
    for (var entry : wrong.entrySet()) {
      assertRefused(entry.getKey(), signed(header("k1"), entry.getValue()));
    }
  }

  @Test
  void check_forgedToken_isRefused() throws JOSEException {
    assertRefused("no signature", new PlainJWT(set().build()).serialize());
    assertRefused(
        "the public key as a shared secret",
        signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(),
            new MACSigner(OURS.getPublic().getEncoded())));
    assertRefused(
        "another algorithm of the same key",
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("k1").build(),
            new RSASSASigner(OURS.getPrivate())));
    JWSSigner foreign = new RSASSASigner(FOREIGN.getPrivate());
    assertRefused("a foreign key under our id", signed(header("k1"), foreign));
    assertRefused("an unknown id", signed(header("k2"), foreign));
    assertRefused("no id", signed(new JWSHeader(JWSAlgorithm.RS256), foreign));
    RSAKey own = new RSAKey.Builder((RSAPublicKey) FOREIGN.getPublic()).keyID("k1").build();
    assertRefused(
        "its own key in the header",
        signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").jwk(own).build(), foreign));
    assertRefused(
        "an address of keys in the header",
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("k1")
                .jwkURL(URI.create("https://127.0.0.1:1/keys"))
                .build(),
            foreign));
    assertRefused(
        "an extension that we do not know",
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("k1")
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build(),
            new RSASSASigner(OURS.getPrivate())));
  }

  @Test
  void check_changedToken_isRefused() throws JOSEException {
    String token = signed(header("k1"), set -> set);
    String[] parts = token.split("\\.", -1);
    String other = signed(header("k1"), set -> set.claim("administers", true));
    assertRefused("claims of another", parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2]);
    assertRefused("cut off", token.substring(0, token.length() - 4));
    assertRefused("too long", signed(header("k1"), set -> set.claim("x", "x".repeat(10_000))));
    assertRefused("nothing", "");
  }

  @Property(tries = 200)
  void check_anyText_isRefused(@ForAll String text) {
    assertRefused(text, text);
    assertRefused(text, text + "." + text + "." + text);
  }

  @Test
  void check_keyNoLongerTrusted_isRefusedWithinSeconds() throws JOSEException {
    String token = signed(header("k1"), set -> set);
    check.check(token);
    index.remove("k1");
    now = at(Duration.ofSeconds(6));
    assertRefused("a key that was taken back", token);
  }

  @Test
  void check_keyPastItsTime_isRefused() throws JOSEException {
    now = at(Duration.ofDays(1));
    assertRefused(
        "an old key",
        signed(
            header("k1"),
            set -> set.issueTime(Date.from(now)).expirationTime(Date.from(now.plusSeconds(60)))));
  }

  @Test
  void check_accountThatWasEnded_refusesWhatItHadAndTakesWhatItGetsLater() throws JOSEException {
    String before = signed(header("k1"), set -> set);
    check.check(before);
    index.end(ROBOT, at(Duration.ofSeconds(1)), at(Duration.ofMinutes(20)));
    now = at(Duration.ofSeconds(6));
    assertRefused("a token from before", before);
    String later = signed(header("k1"), set -> set.issueTime(Date.from(now)));
    assertThat(check.check(later).account()).isEqualTo(ROBOT);
  }

  @Test
  void check_whileKeysCannotBeRead_takesNoToken() throws JOSEException {
    String token = signed(header("k1"), set -> set);
    TokenCheck blind =
        check(
            new MemoryTrust() {
              @Override
              public synchronized Trust read() {
                throw new Unavailable("the table", new IllegalStateException("down"));
              }
            });
    assertThatThrownBy(() -> blind.check(token)).isInstanceOf(Unavailable.class);
  }

  private void assertRefused(String what, String token) {
    assertThatThrownBy(() -> check.check(token))
        .as(what)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHORIZED));
  }

  private TokenCheck check(TrustIndex trust) {
    return new TokenCheck(SERVICE, new KnownTrust(trust, () -> now), () -> now);
  }

  private static JWSHeader header(String key) {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID(key).build();
  }

  private static String signed(JWSHeader header, UnaryOperator<JWTClaimsSet.Builder> change)
      throws JOSEException {
    return signed(header, new RSASSASigner(OURS.getPrivate()), change.apply(set()).build());
  }

  private static String signed(JWSHeader header, JWSSigner signer) throws JOSEException {
    return signed(header, signer, set().build());
  }

  private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet set)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header, set);
    token.sign(signer);
    return token.serialize();
  }

  private static JWTClaimsSet.Builder set() {
    return new JWTClaimsSet.Builder(TokenForm.write(claims(), SERVICE));
  }

  private static TokenClaims claims() {
    return new TokenClaims(
        "1",
        ROBOT,
        new Access(
            Map.of(new RepositoryName("team/app"), Set.of(Action.PULL, Action.PUSH)),
            List.of(new NamePattern("public/*")),
            false),
        Optional.of(LIMITS),
        START,
        START.plus(Duration.ofMinutes(15)));
  }

  private static Instant at(Duration later) {
    return START.plus(later);
  }

  private static Date date(Duration later) {
    return Date.from(at(later));
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
