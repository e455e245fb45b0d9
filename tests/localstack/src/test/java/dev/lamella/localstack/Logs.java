package dev.lamella.localstack;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** What a function wrote to CloudWatch. */
final class Logs {
  private Logs() {}

  /**
   * @param stream one for each execution environment
   */
  record Line(String stream, Instant time, String message) {}

  /** When an execution environment was at work: Lambda's REPORT says how long, at its end. */
  record Invocation(String stream, Instant begin, Instant end) {
    private static final Pattern REPORT =
        Pattern.compile("REPORT .*?(?<!Init )\\bDuration: ([0-9.]+) ms");

    /** Empty where the line is no report. */
    static Optional<Invocation> of(Line line) {
      Matcher report = REPORT.matcher(line.message());
      return report.find()
          ? Optional.of(
              new Invocation(
                  line.stream(),
                  line.time().minusMillis(Math.round(Double.parseDouble(report.group(1)))),
                  line.time()))
          : Optional.empty();
    }

    /** Whether both were at work at some moment, in environments of their own. */
    boolean isBesides(Invocation other) {
      return !stream.equals(other.stream) && begin.isBefore(other.end) && other.begin.isBefore(end);
    }
  }

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
