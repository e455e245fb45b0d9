package dev.lamella.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** What the template schedules is invoked by EventBridge. */
@Tag("full")
class SchedulesTest extends CloudTest {
  private static final DateTimeFormatter ONCE =
      DateTimeFormatter.ofPattern("'cron('m H d M '? *)'").withZone(ZoneOffset.UTC);

  /** Each rule soon and once, in place of the template's hours; all else as it was deployed. */
  @Test
  void scheduledFunctions_areInvokedByEachOfTheirRules() {
    Map<Rule, List<Target>> rules = rules();
    assertThat(rules).hasSameSizeAs(Functions.template().schedules());
    Map<String, Integer> expected = new TreeMap<>();
    rules.values().forEach(targets -> expected.merge(function(targets), 1, Integer::sum));
    expected.replaceAll((function, count) -> count + invocations(function));
    // LocalStack looks once a minute for what is to run within one.
    String soon = ONCE.format(Instant.now().plus(2, ChronoUnit.MINUTES));
    EventBridgeClient events = aws().events();
    try {
      rules.forEach(
          (rule, targets) -> {
            events.putRule(put -> put.name(rule.name()).scheduleExpression(soon));
            // It notices a rule's schedule only with its targets.
            events.putTargets(put -> put.rule(rule.name()).targets(targets));
          });
      expected.forEach(
          (function, count) ->
              Eventually.await(
                  function + " is invoked by each of its rules",
                  () -> invocations(function) >= count));
    } finally {
      // Another schedule would not end this one; what tests count is not to be mixed with it.
      rules.forEach(
          (rule, targets) ->
              events.removeTargets(
                  remove -> remove.rule(rule.name()).ids(targets.getFirst().id())));
    }
  }

  /** The schedules of the stack, and what each invokes. */
  private static Map<Rule, List<Target>> rules() {
    Map<Rule, List<Target>> rules = new HashMap<>();
    for (Rule rule : aws().events().listRules(_ -> {}).rules()) {
      if (rule.scheduleExpression() != null && stack().resources().containsValue(rule.name())) {
        rules.put(rule, aws().events().listTargetsByRule(of -> of.rule(rule.name())).targets());
      }
    }
    return rules;
  }

  private static String function(List<Target> targets) {
    assertThat(targets).hasSize(1);
    return targets.getFirst().arn().replaceFirst(".*:function:([^:]+).*", "$1");
  }

  private static int invocations(String function) {
    return Logs.invocations(aws(), function);
  }
}
