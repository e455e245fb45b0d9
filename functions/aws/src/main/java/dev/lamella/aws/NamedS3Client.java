package dev.lamella.aws;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Names what does not answer by what its bucket is, such as {@code storage server s1}. */
final class NamedS3Client extends DelegatingS3Client {
  private final Map<String, String> buckets;

  private NamedS3Client(S3Client delegate, Map<String, String> buckets) {
    super(delegate);
    this.buckets = Map.copyOf(buckets);
  }

  /**
   * As an {@link S3Client}, so that a function without the SDK's S3 can load the class that calls
   * this.
   */
  static S3Client of(S3Client delegate, Map<String, String> buckets) {
    return new NamedS3Client(delegate, buckets);
  }

  @Override
  protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
    Optional<String> bucket = request.getValueForField("Bucket", String.class);
    String name = bucket.map(of -> buckets.getOrDefault(of, "S3 bucket " + of)).orElse("S3");
    String resource = bucket.map(of -> "bucket " + of + " (" + name + ")").orElse(name);
    return Faults.translated(name, resource, () -> operation.apply(request));
  }
}
