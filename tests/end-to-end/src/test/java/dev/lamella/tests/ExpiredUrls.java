package dev.lamella.tests;

import dev.lamella.embedded.Credentials;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs URLs as the store does, but at another time: so that one can have expired by now. */
record ExpiredUrls(Credentials keys, String region) {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  /** One that was good until a minute ago. */
  URI expired(String method, URI object) {
    return signed(method, object, Instant.now().minus(LIFETIME).minusSeconds(60));
  }

  /** One that was signed then, and is good for five minutes. */
  URI signed(String method, URI object, Instant at) {
    // Over plain HTTP the SDK would sign the body too; the protocol is no part of what is signed.
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .protocol("https")
            .host(object.getHost())
            .port(object.getPort())
            .encodedPath(object.getRawPath())
            .build();
    return URI.create(
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.request(request)
                        .identity(AwsCredentialsIdentity.create(keys.accessKey(), keys.secretKey()))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, LIFETIME)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(
                            AwsV4HttpSigner.SIGNING_CLOCK, Clock.fixed(at, ZoneOffset.UTC)))
            .request()
            .getUri()
            .toString()
            .replaceFirst("^https", "http"));
  }
}
