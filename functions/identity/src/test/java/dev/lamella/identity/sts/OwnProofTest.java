package dev.lamella.identity.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.aws.OwnProof;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What hosts make by the SDK is what a store takes and STS finds good. */
@Timeout(60)
class OwnProofTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final AwsCredentials USER =
      AwsBasicCredentials.create(TestSts.KEY_ID, TestSts.KEY);
  private static final AwsCredentials ROLE =
      AwsSessionCredentials.create(TestSts.KEY_ID, TestSts.KEY, "IQoJb3JpZ2lu//X2Vj+/a==");

  private final TestSts sts = new TestSts();

  OwnProofTest() throws IOException {}

  @AfterEach
  void close() {
    sts.close();
  }

  private static OwnProof proof(AwsCredentials of, String region, Optional<String> endpoint) {
    return new OwnProof(StaticCredentialsProvider.create(of), region, endpoint, CLOCK);
  }

  private Optional<String> arn(String store, String proof, Clock clock) {
    return new StsCallers(store, Optional.of(sts.origin()), clock).arn(proof);
  }

  @Test
  void make_forAStore_provesItThere() {
    for (AwsCredentials of : new AwsCredentials[] {USER, ROLE}) {
      String proof = proof(of, "eu-west-1", Optional.of(sts.origin())).make("localhost:5200");
      assertThat(arn("localhost:5200", proof, CLOCK)).contains(TestSts.ARN);
    }
  }

  @Test
  void make_forAStore_provesNothingElsewhereOrLater() {
    String proof = proof(ROLE, "eu-west-1", Optional.of(sts.origin())).make("store.example");
    assertThat(arn("other.example", proof, CLOCK)).isEmpty();
    Clock later = Clock.fixed(NOW.plusSeconds(900), ZoneOffset.UTC);
    assertThat(arn("store.example", proof, later)).isEmpty();
    assertThat(sts.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, sts.us-east-1.amazonaws.com",
    "us-gov-west-1, sts.us-gov-west-1.amazonaws.com",
    "cn-northwest-1, sts.cn-northwest-1.amazonaws.com.cn",
  })
  void make_inARegion_isForItsEndpoint(String region, String host) throws BadProof {
    CallerProof parsed =
        CallerProof.parse(
            proof(ROLE, region, Optional.empty()).make("store.example"),
            Set.of("store.example"),
            new StsEndpoints(Optional.empty()),
            NOW);
    assertThat(parsed.url().getRawAuthority()).isEqualTo(host);
  }

  @Test
  void make_noCredentials_saysSo() {
    OwnProof none =
        new OwnProof(
            () -> {
              throw SdkClientException.create("looked everywhere");
            },
            "eu-west-1",
            Optional.empty(),
            CLOCK);
    assertThatThrownBy(() -> none.make("store.example"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("looked everywhere");
  }
}
