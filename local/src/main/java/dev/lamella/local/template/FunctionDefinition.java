package dev.lamella.local.template;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A function that the template declares.
 *
 * @param memory megabytes
 * @param reservedConcurrency invocations at once, if the template reserves any
 * @param retries of an asynchronous invocation, after the first attempt
 * @param maximumAge of an asynchronous event: it is not tried again when it is older
 * @param deadLetters ARN of where events go that were given up
 * @param logGroup the name of the one that it writes to
 */
public record FunctionDefinition(
    String logicalId,
    String name,
    String arn,
    String handler,
    int memory,
    Duration timeout,
    Map<String, String> environment,
    OptionalInt reservedConcurrency,
    Optional<String> alias,
    int retries,
    Duration maximumAge,
    Optional<String> deadLetters,
    String logGroup) {

  private static final int ENVIRONMENT_LIMIT = 4096;

  public FunctionDefinition {
    environment = Map.copyOf(environment);
    requireBetween(logicalId, "Timeout", timeout.toSeconds(), 1, 900);
    requireBetween(logicalId, "MemorySize", memory, 128, 10_240);
    requireBetween(logicalId, "MaximumRetryAttempts", retries, 0, 2);
    int size =
        environment.entrySet().stream()
            .mapToInt(e -> bytes(e.getKey()) + bytes(e.getValue()))
            .sum();
    if (size > ENVIRONMENT_LIMIT) {
      throw new TemplateException(
          logicalId
              + ": its environment has "
              + size
              + " bytes; Lambda takes "
              + ENVIRONMENT_LIMIT);
    }
  }

  /**
   * What its module is called, and what its files in events/ begin with: {@code upload-coordinator}
   * for {@code UploadCoordinatorFunction}.
   */
  public String module() {
    return logicalId
        .replaceFirst("Function$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  private static void requireBetween(String id, String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new TemplateException(
          "%s: %s must be from %d to %d, not %d".formatted(id, what, least, most, value));
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
