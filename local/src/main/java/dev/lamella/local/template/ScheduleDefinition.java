package dev.lamella.local.template;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule of EventBridge that invokes a function at a fixed rate: an event of type Schedule.
 *
 * @param function logical id of the function
 * @param name of the event among the function's events
 * @param every from one invocation to the next; the first comes so long after the start
 * @param input JSON that the function gets instead of EventBridge's own event, if given
 * @param enabled whether it runs by itself
 */
public record ScheduleDefinition(
    String function, String name, Duration every, Optional<String> input, boolean enabled) {
  private static final Pattern RATE =
      Pattern.compile(
          "rate\\((?:(1) (minute|hour|day)|([2-9]|[1-9]\\d{1,8}) (minutes|hours|days))\\)");

  static ScheduleDefinition of(String function, String name, Map<?, ?> properties) {
    String where = function + ", event " + name;
    return new ScheduleDefinition(
        function,
        name,
        rate(where, Tree.text(properties, "Schedule").orElse("")),
        Tree.text(properties, "Input"),
        !Tree.text(properties, "Enabled").orElse("true").equals("false")
            && !Tree.text(properties, "State").orElse("ENABLED").equals("DISABLED"));
  }

  private static Duration rate(String where, String expression) {
    Matcher rate = RATE.matcher(expression);
    if (!rate.matches()) {
      throw new TemplateException(
          where
              + ": Schedule must be rate(1 hour), rate(2 hours) or the like, not '"
              + expression
              + "'; the local stack runs no cron()");
    }
    boolean single = rate.group(1) != null;
    long value = single ? 1 : Long.parseLong(rate.group(3));
    return switch (single ? rate.group(2) : rate.group(4)) {
      case "minute", "minutes" -> Duration.ofMinutes(value);
      case "hour", "hours" -> Duration.ofHours(value);
      default -> Duration.ofDays(value);
    };
  }
}
