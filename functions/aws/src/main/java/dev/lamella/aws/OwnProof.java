package dev.lamella.aws;

import dev.lamella.core.port.AwsCallers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Proves to a store who this process is at AWS: signs {@code sts:GetCallerIdentity} for it, which
 * sends nothing to STS. Credentials are found where all of AWS's tools find them.
 */
public final class OwnProof {
  private static final Duration LIFE = Duration.ofMinutes(15);
  private static final String STORE = "x-lamella-store";
  private static final String ANY_REGION = "us-east-1";

  private final AwsCredentialsProvider credentials;
  private final String region;
  private final URI endpoint;
  private final Clock clock;

  /**
   * @param region in which the proof is good
   * @param endpoint of STS; empty for the region's own
   */
  public OwnProof(
      AwsCredentialsProvider credentials, String region, Optional<String> endpoint, Clock clock) {
    this.credentials = credentials;
    this.region = region;
    this.endpoint =
        URI.create(
            endpoint.orElse(
                "https://sts.%s.amazonaws.com%s"
                    .formatted(region, region.startsWith("cn-") ? ".cn" : "")));
    this.clock = clock;
  }

  /**
   * Of who runs this process.
   *
   * @param variables of its environment; {@code AWS_ENDPOINT_URL_STS} is another STS
   */
  public static OwnProof of(Map<String, String> variables) {
    return new OwnProof(
        DefaultCredentialsProvider.builder().build(),
        given(variables, "AWS_REGION")
            .or(() -> given(variables, "AWS_DEFAULT_REGION"))
            .orElseGet(OwnProof::regionOfMachine),
        given(variables, "AWS_ENDPOINT_URL_STS"),
        Clock.systemUTC());
  }

  private static Optional<String> given(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  private static String regionOfMachine() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
    } catch (SdkException _) {
      return ANY_REGION;
    }
  }

  /**
   * A password that is good for 15 minutes, at that store alone.
   *
   * @param store its host, with its port where it has one of its own
   * @throws IllegalStateException where this process has no credentials; its message says where
   *     they were looked for
   */
  public String make(String store) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .uri(endpoint)
            .encodedPath("/")
            .putRawQueryParameter("Action", "GetCallerIdentity")
            .putRawQueryParameter("Version", "2011-06-15")
            .putHeader(STORE, store)
            .build();
    try {
      URI signed =
          AwsV4HttpSigner.create()
              .sign(
                  sign ->
                      sign.identity(credentials.resolveCredentials())
                          .request(request)
                          .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "sts")
                          .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                          .putProperty(
                              AwsV4FamilyHttpSigner.AUTH_LOCATION,
                              AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                          .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, LIFE)
                          .putProperty(HttpSigner.SIGNING_CLOCK, clock))
              .request()
              .getUri();
      return AwsCallers.PREFIX + base64(signed.toString()) + "." + base64(store);
    } catch (SdkException e) {
      throw new IllegalStateException(
          "no credentials of AWS are found: " + String.valueOf(e.getMessage()), e);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
