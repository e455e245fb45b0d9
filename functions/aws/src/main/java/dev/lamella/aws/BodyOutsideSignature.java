package dev.lamella.aws;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/**
 * Signs requests to S3 without a SHA-256 of the body, over plain HTTP as well: it would hash every
 * shard once more here and once more there, and make the embedded S3 hold it whole. A shard's
 * checksum header is signed, and S3 compares it with what arrives.
 */
final class BodyOutsideSignature implements AwsV4AuthScheme {
  /** The one port whose name in the signed Host header depends on the protocol. */
  private static final int HTTP_PORT = 80;

  private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();

  @Override
  public String schemeId() {
    return scheme.schemeId();
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return scheme.identityProvider(providers);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return new Signer(scheme.signer());
  }

  private record Signer(AwsV4HttpSigner signer) implements AwsV4HttpSigner {
    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
      SdkHttpRequest plain = request.request();
      if (plain.protocol().equals("http") && plain.port() == HTTP_PORT) {
        return signer.sign(request);
      }
      SignedRequest signed =
          signer.sign(
              request.toBuilder()
                  .request(with(plain, "https"))
                  .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                  .build());
      return signed.toBuilder().request(with(signed.request(), plain.protocol())).build();
    }

    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(
        AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
      return signer.signAsync(request);
    }

    /** The protocol is no part of the signature; host and port stay as they are. */
    private static SdkHttpRequest with(SdkHttpRequest request, String protocol) {
      return request.toBuilder().port(request.port()).protocol(protocol).build();
    }
  }
}
