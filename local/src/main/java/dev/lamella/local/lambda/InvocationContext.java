package dev.lamella.local.lambda;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.local.template.FunctionDefinition;
import org.jspecify.annotations.Nullable;

/** What a handler is told of its invocation. */
final class InvocationContext implements Context {
  private final FunctionDefinition function;
  private final String requestId;
  private final String logStream;
  private final FunctionLog log;
  private final long deadline;

  InvocationContext(
      FunctionDefinition function, String requestId, String logStream, FunctionLog log) {
    this.function = function;
    this.requestId = requestId;
    this.logStream = logStream;
    this.log = log;
    this.deadline = System.nanoTime() + function.timeout().toNanos();
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + function.name();
  }

  @Override
  public String getLogStreamName() {
    return logStream;
  }

  @Override
  public String getFunctionName() {
    return function.name();
  }

  @Override
  public String getFunctionVersion() {
    return LocalFunction.version(function);
  }

  @Override
  public String getInvokedFunctionArn() {
    return function.alias().map(alias -> function.arn() + ":" + alias).orElse(function.arn());
  }

  @Override
  @SuppressWarnings("NullAway") // Lambda has none to give either: the interface is not annotated.
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway") // As above.
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
  }

  @Override
  public int getMemoryLimitInMB() {
    return function.memory();
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String message) {
        log.write(requestId, "INFO", message);
      }

      @Override
      public void log(byte[] message) {
        log.write(message);
      }

      @Override
      public void log(String message, LogLevel level) {
        log.write(requestId, level == LogLevel.UNDEFINED ? "INFO" : level.name(), message);
      }

      @Override
      public void log(byte[] message, LogLevel level) {
        log.write(message);
      }
    };
  }
}
