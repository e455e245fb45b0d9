package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/**
 * What is left, after the SDK's retries, of throttling, faults of a service, time limits, broken
 * connections and transactions in the way is {@link Unavailable}; so is what was deployed and is
 * missing. All other exceptions stay as they are.
 */
final class Faults {
  private Faults() {}

  private static final Set<String> MISSING = Set.of("NoSuchBucket", "ResourceNotFoundException");

  static <T> T translated(String dependency, Supplier<T> call) {
    return translated(dependency, dependency, call);
  }

  /**
   * @param dependency what may not answer, such as {@code DynamoDB}
   * @param resource what it may not have, such as {@code DynamoDB table t}
   */
  static <T> T translated(String dependency, String resource, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      if (isPassing(e)) {
        throw new Unavailable(dependency, e);
      }
      if (isMissing(e)) {
        throw Unavailable.missing(resource, e);
      }
      throw e;
    }
  }

  private static boolean isMissing(SdkException fault) {
    // What is no AWS answers without a code, and some without details.
    return fault instanceof AwsServiceException answer
        && Optional.ofNullable(answer.awsErrorDetails())
            .map(AwsErrorDetails::errorCode)
            .filter(MISSING::contains)
            .isPresent();
  }

  private static boolean isPassing(SdkException fault) {
    return switch (fault) {
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ -> true;
      case AbortedException _ -> false;
      case TransactionConflictException _ -> true;
      case SdkServiceException answer ->
          answer.isThrottlingException() || answer.statusCode() >= 500;
      case SdkClientException _ -> fault.getCause() instanceof IOException;
      default -> false;
    };
  }
}
