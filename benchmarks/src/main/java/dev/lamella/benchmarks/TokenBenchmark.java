package dev.lamella.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.SignedJWT;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.access.Trust;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.port.TrustIndex;
import dev.lamella.gateway.token.TokenCheck;
import dev.lamella.gateway.token.TokenForm;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a function does to know who calls: its signature and all that the token says. The keys are
 * known, as they are between two reads of the table; Java's first compiler alone, as functions have
 * it. The target is 1 ms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "-XX:TieredStopAtLevel=1")
public class TokenBenchmark {
  private static final String SERVICE = "store";
  private static final String KEY = "key";

  private String token = "";
  private TokenCheck check = new TokenCheck(SERVICE, trusting(Map.of()), InstantSource.system());

  @Setup
  public void setUp() throws NoSuchAlgorithmException, JOSEException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Instant now = Instant.now();
    TokenClaims claims =
        new TokenClaims(
            "1",
            new AccountName("ci"),
            new Access(
                Map.of(new RepositoryName("team/app"), Set.of(Action.PULL, Action.PUSH)),
                List.of(new NamePattern("team/*")),
                false),
            Optional.of(Limits.USUAL),
            now,
            now.plus(Duration.ofMinutes(15)));
    SignedJWT signed =
        new SignedJWT(
            new JWSHeader.Builder(TokenForm.ALGORITHM).keyID(KEY).build(),
            TokenForm.write(claims, SERVICE));
    signed.sign(new RSASSASigner(pair.getPrivate()));
    token = signed.serialize();
    String key = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    Map<String, TrustedKey> keys =
        Map.of(KEY, new TrustedKey(KEY, key, now, now.plus(Duration.ofDays(1))));
    check = new TokenCheck(SERVICE, trusting(keys), InstantSource.system());
  }

  @Benchmark
  public TokenClaims check() {
    return check.check(token);
  }

  private static KnownTrust trusting(Map<String, TrustedKey> keys) {
    return new KnownTrust(new Keys(keys), InstantSource.system());
  }

  /** A table that is never written. */
  private record Keys(Map<String, TrustedKey> keys) implements TrustIndex {
    @Override
    public Trust read() {
      return new Trust(keys, Map.of());
    }

    @Override
    public void add(TrustedKey key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void remove(String key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void end(AccountName account, Instant now, Instant until) {
      throw new UnsupportedOperationException();
    }
  }
}
