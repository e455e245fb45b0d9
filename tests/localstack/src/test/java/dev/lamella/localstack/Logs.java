package dev.lamella.localstack;

import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** What a function wrote to CloudWatch. */
final class Logs {
  private Logs() {}

  /**
   * @param stream one for each execution environment
   */
  record Line(String stream, Instant time, String message) {}

  /** All lines of a function, none where it was never invoked. */
  static List<Line> of(Aws aws, String function) {
    try {
      return aws
          .logs()
          // LocalStack writes there whatever the function's LoggingConfig says.
          .filterLogEventsPaginator(filter -> filter.logGroupName("/aws/lambda/" + function))
          .events()
          .stream()
          .map(
              event ->
                  new Line(
                      event.logStreamName(),
                      Instant.ofEpochMilli(event.timestamp()),
                      event.message()))
          .toList();
    } catch (ResourceNotFoundException e) {
      return List.of();
    }
  }

  /** How often a function was invoked and came to an end. */
  static int invocations(Aws aws, String function) {
    return (int)
        of(aws, function).stream().filter(line -> line.message().startsWith("REPORT")).count();
  }
}
