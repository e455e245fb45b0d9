package dev.lamella.identity.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Unavailable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StsCallersTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String STORE = "store.example";

  private final TestSts sts = new TestSts();
  private final StsCallers callers =
      new StsCallers(
          "other-name.example, Store.Example",
          Optional.of(sts.origin() + "/"),
          InstantSource.fixed(NOW));

  StsCallersTest() throws IOException {}

  @AfterEach
  void close() {
    sts.close();
  }

  private static String proof(String origin, Map<String, String> query) {
    return TestSts.proof(TestSts.signed(origin, query, STORE), STORE);
  }

  private String good() {
    return proof(sts.origin(), TestSts.query(NOW));
  }

  private String changed(String name, String value) {
    Map<String, String> query = TestSts.query(NOW);
    query.put(name, value);
    return proof(sts.origin(), query);
  }

  private void isRefusedUnasked(String proof) {
    assertThat(callers.arn(proof)).isEmpty();
    assertThat(sts.asked()).isEmpty();
  }

  @Test
  void arn_goodProof_isWhatStsSays() {
    assertThat(callers.arn(good())).contains(TestSts.ARN);
    assertThat(sts.asked()).hasSize(1);
  }

  @Test
  void arn_proofOfAUser_needsNoSessionToken() {
    Map<String, String> query = TestSts.query(NOW);
    query.remove("X-Amz-Security-Token");
    assertThat(callers.arn(proof(sts.origin(), query))).contains(TestSts.ARN);
  }

  @Test
  void arn_thirtyAtOnce_areEachAnswered() throws Exception {
    String proof = good();
    List<Callable<Optional<String>>> calls =
        Stream.<Callable<Optional<String>>>generate(() -> () -> callers.arn(proof))
            .limit(30)
            .toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Optional<String>> answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).contains(TestSts.ARN);
      }
    }
  }

  @Test
  void arn_madeForAnotherStore_isRefused() {
    String url = TestSts.signed(sts.origin(), TestSts.query(NOW), "evil.example");
    isRefusedUnasked(TestSts.proof(url, "evil.example"));
    // Who relays it can say that it is for here, and cannot sign that.
    assertThat(callers.arn(TestSts.proof(url, STORE))).isEmpty();
    assertThat(sts.asked()).hasSize(1);
  }

  @Test
  void arn_noHostsAreConfigured_isRefused() {
    StsCallers none = new StsCallers("", Optional.of(sts.origin()), InstantSource.fixed(NOW));
    assertThat(none.arn(good())).isEmpty();
    assertThat(none.arn(TestSts.proof(TestSts.signed(sts.origin(), TestSts.query(NOW), ""), "")))
        .isEmpty();
    assertThat(sts.asked()).isEmpty();
  }

  @Test
  void arn_storeIsNoPartOfTheSignature_isRefused() {
    isRefusedUnasked(changed("X-Amz-SignedHeaders", "host"));
    isRefusedUnasked(changed("X-Amz-SignedHeaders", "x-lamella-store"));
    isRefusedUnasked(changed("X-Amz-SignedHeaders", "host;x-evil;x-lamella-store"));
  }

  @ParameterizedTest
  @MethodSource("forgedParameters")
  void arn_parameterOtherThanExpected_isRefusedUnasked(String name, String value) {
    isRefusedUnasked(changed(name, value));
  }

  static Stream<Arguments> forgedParameters() {
    return Stream.of(
            List.of("Action", "AssumeRole"),
            List.of("Action", "GetCallerIdentity&Action=AssumeRole"),
            List.of("Version", "2010-05-08"),
            List.of("RoleArn", "arn:aws:iam::123456789012:role/admin"),
            List.of("x-amz-date", "20261129T120000Z"),
            List.of("", ""),
            List.of("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"),
            List.of("X-Amz-Credential", "KEYOFTHETESTSEXAMPLE/20261129/us-east-1/s3/aws4_request"),
            List.of("X-Amz-Expires", "901"),
            List.of("X-Amz-Expires", "604800"),
            List.of("X-Amz-Expires", "0"),
            List.of("X-Amz-Expires", "-1"),
            List.of("X-Amz-Date", "20261129T120101Z"),
            List.of("X-Amz-Date", "20261129T114500Z"),
            List.of("X-Amz-Date", "20269999T999999Z"),
            List.of("X-Amz-Security-Token", "a\r\nHost: evil.example"),
            List.of("X-Amz-Security-Token", "a".repeat(6001)))
        .map(each -> Arguments.of(each.toArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&Action=GetCallerIdentity",
        "&X-Amz-Expires=900",
        "&%41ction=AssumeRole",
        "&x=1",
        "&",
        "&a",
        "#fragment",
        "&X-Amz-Security-Token=%zz",
        "&X-Amz-Security-Token=a b",
        "\r\nx: y"
      })
  void arn_somethingBehindTheQuery_isRefusedUnasked(String more) {
    isRefusedUnasked(
        TestSts.proof(TestSts.signed(sts.origin(), TestSts.query(NOW), STORE) + more, STORE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sts.amazonaws.com",
        "https://sts.amazonaws.com:443",
        "https://sts.amazonaws.com:8443",
        "https://user@sts.amazonaws.com",
        "https://user:pass@sts.amazonaws.com",
        "https://sts.us-east-1.amazonaws.com.evil.com",
        "https://sts.amazonaws.com.evil.com",
        "https://evil.com/sts.amazonaws.com",
        "https://evil.com?sts.amazonaws.com",
        "https://evil.com#sts.amazonaws.com",
        "https://evil.com\\sts.amazonaws.com",
        "https://sts.amazonaws.com@evil.com",
        "https://STS.amazonaws.com",
        "https://sts.amazonaws.com.",
        "https://sts..amazonaws.com",
        "https://stsXamazonaws.com",
        "https://evil.sts.amazonaws.com",
        "https://sts.evil.amazonaws.com",
        "https://sts.us-east-1.s3.amazonaws.com",
        "https://sts.us-east-1.amazonaws.com.cn",
        "https://sts.cn-north-1.amazonaws.com",
        "https://sts.eu-west-1.amazonaws.com",
        "https://s3.us-east-1.amazonaws.com",
        "https://169.254.169.254",
        "https://localhost",
        "https://[::1]",
        "file://sts.amazonaws.com",
        "https://sts.amazonaws.com/path",
        "https://sts.amazonaws.com//",
        "https://sts.amazonaws.com/..",
        "https://sts.amazonaws.com/%2e"
      })
  void parse_addressOtherThanOfSts_isRefused(String address) {
    String query = TestSts.signed("https://sts.amazonaws.com", TestSts.query(NOW), STORE);
    String url = address + query.substring("https://sts.amazonaws.com".length());
    assertThatThrownBy(
            () ->
                CallerProof.parse(
                    TestSts.proof(url, STORE),
                    Set.of(STORE),
                    new StsEndpoints(Optional.empty()),
                    NOW))
        .isInstanceOf(BadProof.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "us-east-1 https://sts.amazonaws.com",
        "us-east-1 https://sts.us-east-1.amazonaws.com",
        "ap-southeast-2 https://sts.ap-southeast-2.amazonaws.com",
        "us-gov-west-1 https://sts.us-gov-west-1.amazonaws.com",
        "cn-north-1 https://sts.cn-north-1.amazonaws.com.cn"
      })
  void parse_endpointOfItsRegion_isTaken(String place) throws BadProof {
    String[] parts = place.split(" ", 2);
    Map<String, String> query = TestSts.query(NOW);
    query.put(
        "X-Amz-Credential", "KEYOFTHETESTSEXAMPLE/20261129/" + parts[0] + "/sts/aws4_request");
    String url = TestSts.signed(parts[1], query, STORE);
    CallerProof parsed =
        CallerProof.parse(
            TestSts.proof(url, STORE), Set.of(STORE), new StsEndpoints(Optional.empty()), NOW);
    assertThat(parsed.url().getRawAuthority()).isEqualTo(parts[1].substring(8));
    assertThat(parsed.toString()).doesNotContain("KEYOFTHETESTS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws1.", "aws1..", "aws1.!.!", "aws1.a.b.c", "aws1.YQ", "aws2.YQ.YQ", ""})
  void arn_noProofAtAll_isRefusedUnasked(String text) {
    isRefusedUnasked(text);
  }

  @Test
  void arn_aThousandTimesTooLong_isRefusedUnasked() {
    isRefusedUnasked("aws1." + "a".repeat(8 << 20));
    isRefusedUnasked("aws1." + ".".repeat(8 << 10));
  }

  @Test
  void arn_signedByAnotherKey_isRefused() {
    String url = TestSts.signed(sts.origin(), TestSts.query(NOW), STORE);
    String forged = url.substring(0, url.length() - 4) + (url.endsWith("0000") ? "1111" : "0000");
    assertThat(callers.arn(TestSts.proof(forged, STORE))).isEmpty();
    assertThat(sts.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"redirect", "large", "fault", "throttle", "slow"})
  void arn_stsDoesNotSay_isUnavailableAndNeverOpen(String mode) {
    sts.answerBy(mode);
    String proof = good();
    assertThatThrownBy(() -> callers.arn(proof))
        .isInstanceOf(Unavailable.class)
        .hasStackTraceContaining("STS")
        .satisfies(
            e -> {
              for (Throwable at = e; at != null; at = at.getCause()) {
                assertThat(at.toString()).doesNotContain("X-Amz", "KEYOFTHETESTS");
              }
            });
    assertThat(sts.asked()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("strangeAnswers")
  void arn_answerIsOtherThanStsGives_isUnavailable(String answer) {
    sts.answerBy(answer);
    String proof = good();
    assertThatThrownBy(() -> callers.arn(proof)).isInstanceOf(Unavailable.class);
  }

  static Stream<String> strangeAnswers() {
    String good = TestSts.identity(TestSts.ARN);
    return Stream.of(
        "no XML",
        "{\"Arn\": \"" + TestSts.ARN + "\"}",
        "<Arn>" + TestSts.ARN + "</Arn>",
        good.replace("https://sts.amazonaws.com", "https://evil.example"),
        good.replace("<UserId>", "<Arn>" + TestSts.ARN + "</Arn><UserId>"),
        good.substring(0, good.length() / 2),
        TestSts.identity("arn:aws:iam::123:user/x"),
        TestSts.identity("<b>" + TestSts.ARN + "</b>"),
        TestSts.identity(""),
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>" + TestSts.identity("&x;"),
        "<!DOCTYPE a [<!ENTITY x \"" + TestSts.ARN + "\">]>" + TestSts.identity("&x;"),
        // Java's parser has no text for what is wrong with this one.
        "<!DOCTYPE a [\u0004]><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
            + TestSts.identity(TestSts.ARN));
  }
}
