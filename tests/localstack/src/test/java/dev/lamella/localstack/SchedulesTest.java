package dev.lamella.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** What the template schedules is invoked by EventBridge. */
class SchedulesTest extends CloudTest {
  @Test
  void scheduledFunctions_areInvokedByEventBridge() {
    List<Rule> rules = new ArrayList<>(aws().events().listRules(_ -> {}).rules());
    rules.removeIf(
        rule ->
            rule.scheduleExpression() == null || !stack().resources().containsValue(rule.name()));
    assertThat(rules).hasSameSizeAs(Functions.template().schedules());
    List<String> functions = new ArrayList<>();
    for (Rule rule : rules) {
      // Soon, in place of the template's hours; everything else as it was deployed.
      aws()
          .events()
          .putRule(
              put ->
                  put.name(rule.name())
                      .scheduleExpression("rate(1 minute)")
                      .state(RuleState.ENABLED));
      for (Target target :
          aws().events().listTargetsByRule(list -> list.rule(rule.name())).targets()) {
        functions.add(target.arn().replaceFirst(".*:function:([^:]+).*", "$1"));
      }
    }
    for (String function : functions) {
      int before = reports(function);
      Eventually.await(function + " is invoked", () -> reports(function) > before);
    }
  }

  private static int reports(String function) {
    return (int)
        Logs.of(aws(), function).stream()
            .filter(line -> line.message().startsWith("REPORT"))
            .count();
  }
}
