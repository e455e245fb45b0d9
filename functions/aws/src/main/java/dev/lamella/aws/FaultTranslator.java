package dev.lamella.aws;

import dev.lamella.core.Unavailable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Turns what is left of throttling, faults of a service and broken connections, after the SDK's
 * retries, into {@link Unavailable}; in one place for all calls of a client.
 */
final class FaultTranslator implements ExecutionInterceptor {
  private final String service;
  private final Map<String, String> buckets;

  /**
   * @param buckets what to call the buckets that requests go to, where they have one
   */
  FaultTranslator(String service, Map<String, String> buckets) {
    this.service = service;
    this.buckets = Map.copyOf(buckets);
  }

  @Override
  public Throwable modifyException(
      Context.FailedExecution context, ExecutionAttributes attributes) {
    Throwable fault = context.exception();
    return isPassing(fault) ? new Unavailable(dependency(context.request()), fault) : fault;
  }

  private String dependency(SdkRequest request) {
    Optional<String> bucket = request.getValueForField("Bucket", String.class);
    return bucket.map(name -> buckets.getOrDefault(name, service)).orElse(service);
  }

  static boolean isPassing(Throwable fault) {
    return switch (fault) {
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ -> true;
      case AbortedException _ -> false;
      case SdkServiceException answer ->
          answer.isThrottlingException() || answer.statusCode() >= 500;
      case SdkClientException _ -> fault.getCause() instanceof IOException;
      default -> false;
    };
  }
}
