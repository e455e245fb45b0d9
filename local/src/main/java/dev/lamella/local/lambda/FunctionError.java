package dev.lamella.local.lambda;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a function failed with.
 *
 * @param keepsEnvironment whether the environment can serve again
 */
public record FunctionError(
    String type, String message, List<String> stackTrace, boolean keepsEnvironment) {
  private static final JsonMapper JSON = new JsonMapper();

  public FunctionError {
    stackTrace = List.copyOf(stackTrace);
  }

  static FunctionError thrown(Throwable thrown) {
    return new FunctionError(
        thrown.getClass().getName(),
        String.valueOf(thrown.getMessage()),
        Arrays.stream(thrown.getStackTrace()).map(StackTraceElement::toString).toList(),
        thrown instanceof Exception);
  }

  static FunctionError timedOut(String requestId, Duration timeout) {
    return sandbox(
        "Sandbox.Timedout",
        String.format(
            Locale.ROOT,
            "RequestId: %s Error: Task timed out after %.2f seconds",
            requestId,
            timeout.toMillis() / 1000.0));
  }

  static FunctionError killed(String requestId) {
    return sandbox(
        "Runtime.ExitError",
        "RequestId: " + requestId + " Error: Runtime exited with error: signal: killed");
  }

  static FunctionError responseTooLarge(long size) {
    return new FunctionError(
        "Function.ResponseSizeTooLarge",
        "Response payload size (%d bytes) exceeded maximum allowed payload size (%d bytes)."
            .formatted(size, LambdaService.SYNCHRONOUS_LIMIT),
        List.of(),
        true);
  }

  private static FunctionError sandbox(String type, String message) {
    return new FunctionError(type, message, List.of(), false);
  }

  /** The payload that Lambda answers with. */
  public String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("errorMessage", message).put("errorType", type);
    if (!stackTrace.isEmpty()) {
      stackTrace.forEach(json.putArray("stackTrace")::add);
    }
    return json.toString();
  }
}
