package dev.lamella.tests;

import dev.lamella.local.lambda.InvocationInterceptor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Notes the calls that functions make of AWS, and the URLs that they sign. The SDK finds it on the
 * class path, and has it see each call on the thread that makes it: a thread of an invocation, or
 * one that such a thread started. So no function needs to be told, and none can call unseen.
 */
public final class SeenCalls implements ExecutionInterceptor {
  private static final InheritableThreadLocal<@Nullable String> FUNCTION =
      new InheritableThreadLocal<>();
  private static final Map<String, Set<AwsCall>> SEEN = new ConcurrentHashMap<>();

  /** Says which function runs, on the stack that it is given to. */
  static final InvocationInterceptor INVOCATIONS =
      (invocation, handler) -> {
        FUNCTION.set(invocation.function());
        return handler.call();
      };

  /** By the function's logical id. */
  static Map<String, Set<AwsCall>> seen() {
    Map<String, Set<AwsCall>> copy = new HashMap<>();
    SEEN.forEach((function, calls) -> copy.put(function, Set.copyOf(calls)));
    return new TreeMap<>(copy);
  }

  /** The request as the function made it, once, however often the SDK tries. */
  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    if (FUNCTION.get() != null) {
      AwsCall.of(context.request()).forEach(SeenCalls::note);
    }
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    SdkRequest request = context.request();
    boolean reads =
        request instanceof GetObjectRequest
            || request instanceof HeadObjectRequest
            || request instanceof UploadPartCopyRequest;
    if (reads
        && context.exception() instanceof S3Exception failure
        && failure.statusCode() == 404) {
      note(AwsCall.missing(request));
    }
  }

  private static void note(AwsCall call) {
    String function = FUNCTION.get();
    if (function != null) {
      SEEN.computeIfAbsent(function, _ -> ConcurrentHashMap.newKeySet()).add(call);
    }
  }
}
