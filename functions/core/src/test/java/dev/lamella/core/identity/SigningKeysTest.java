package dev.lamella.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.api.Json;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.Secrets.Name;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SigningKeysTest {
  private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");

  /** Of a store, made once for all tests, since making one takes long. */
  private static final SigningKey KEY = SigningKey.make(START);

  private static final SigningKey OTHER = SigningKey.make(START);
  private static final Logger LOGGER = Logger.getLogger(SigningKeys.class.getName());

  private final MemorySecrets secrets = new MemorySecrets();
  private final MemoryTrust trust = new MemoryTrust();
  private Instant now = START;
  private final List<String> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    LOGGER.removeHandler(handler);
  }

  /** A test's name has no key in it. */
  static Stream<Named<String>> broken() {
    return Stream.of(
        Named.of("nothing of a key", "{}"),
        Named.of("no JSON", "what somebody wrote by hand"),
        Named.of("no private key", json(key("bm8ga2V5", KEY.publicKey()))),
        Named.of("no base64", json(key("%", KEY.publicKey()))),
        Named.of("another private key", json(key(OTHER.privateKey(), KEY.publicKey()))),
        Named.of("another public key", json(key(KEY.privateKey(), OTHER.publicKey()))),
        Named.of("another pair", json(key(OTHER.privateKey(), OTHER.publicKey()))),
        Named.of("a key that nobody trusts", json(OTHER)));
  }

  /** Under the id that is trusted. */
  private static SigningKey key(String privateKey, String publicKey) {
    return new SigningKey(KEY.id(), privateKey, publicKey, START);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void current_whereTheSecretHoldsNoKeyThatIsTrusted_isMadeAnew_andSaysSo(String broken)
      throws GeneralSecurityException {
    trust.add(KEY.trusted());
    secrets.write(Name.SIGNING_KEY, broken);
    SigningKey made = keys().current();
    assertSigns(made);
    // Tokens that were signed before are still good.
    assertThat(trust.read().keys()).containsKeys(KEY.id(), made.id()).hasSize(2);
    assertThat(logged).singleElement().asString().contains(SigningKeys.REPLACED);
    assertThat(logged.getFirst())
        .doesNotContain(KEY.privateKey(), OTHER.privateKey(), "what somebody wrote");
    // It is mended: the next process finds it, and has nothing to say.
    assertThat(keys().current()).isEqualTo(made);
    assertThat(logged).hasSize(1);
  }

  @Test
  void current_ofANewStore_isMade() throws GeneralSecurityException {
    assertSigns(keys().current());
    assertThat(logged).isEmpty();
  }

  @Test
  void current_isOneForAMonth_thenAnother_andTokensOfTheFirstAreGoodToTheirEnd()
      throws GeneralSecurityException {
    SigningKeys keys = keysOfAStore();
    now = START.plus(SigningKey.LIFE).minusMillis(1);
    assertThat(keys.current()).isEqualTo(KEY);
    assertThat(keys().current()).isEqualTo(KEY);
    now = START.plus(SigningKey.LIFE);
    SigningKey second = keys.current();
    assertThat(second.id()).isNotEqualTo(KEY.id());
    assertSigns(second);
    assertThat(keys().current()).isEqualTo(second);
    assertThat(trust.read().key(KEY.id(), now.plus(IssueToken.LIFE))).isPresent();
    assertThat(trust.read().key(KEY.id(), now.plus(Duration.ofHours(1)))).isEmpty();
    // That a key's time is over is no fault.
    assertThat(logged).isEmpty();
  }

  /** A store that nobody signs in to for longer needs no new key meanwhile. */
  @Test
  void current_afterAYearWithoutAToken_isMadeAnew() throws GeneralSecurityException {
    SigningKeys keys = keysOfAStore();
    now = START.plus(Duration.ofDays(365));
    assertSigns(keys.current());
    assertThat(keys().current()).isEqualTo(keys.current());
    assertThat(logged).isEmpty();
  }

  @Test
  void replace_inAnotherProcess_isNoticedWithinSeconds() throws GeneralSecurityException {
    SigningKeys keys = keysOfAStore();
    keys().replace();
    now = now.plusSeconds(5);
    SigningKey second = keys.current();
    assertThat(second.id()).isNotEqualTo(KEY.id());
    assertSigns(second);
    assertThat(trust.read().keys()).containsOnlyKeys(second.id());
    assertThat(logged).isEmpty();
  }

  private SigningKeys keysOfAStore() {
    trust.add(KEY.trusted());
    secrets.write(Name.SIGNING_KEY, json(KEY));
    SigningKeys keys = keys();
    assertThat(keys.current()).isEqualTo(KEY);
    return keys;
  }

  /** As another process has them. */
  private SigningKeys keys() {
    return new SigningKeys(secrets, trust, new KnownTrust(trust, () -> now), () -> now);
  }

  private static String json(SigningKey key) {
    return new String(Json.write(key), StandardCharsets.UTF_8);
  }

  /** What it signs is found good by what the functions trust. */
  private void assertSigns(SigningKey key) throws GeneralSecurityException {
    TrustedKey trusted = trust.read().key(key.id(), now).orElseThrow();
    byte[] text = "a token".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(key.key());
    signer.update(text);
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(trusted.key()))));
    check.update(text);
    assertThat(check.verify(signer.sign())).isTrue();
  }
}
