package dev.lamella.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;
import tools.jackson.databind.JsonNode;

/** What the template schedules is invoked by EventBridge. */
class SchedulesTest extends CloudTest {
  private static final DateTimeFormatter ONCE =
      DateTimeFormatter.ofPattern("'cron('m H d M '? *)'").withZone(ZoneOffset.UTC);

  private static final List<String> KINDS = List.of("deep ", "light ", "full ", "short ");

  /** Each rule soon and once, in place of the template's hours; all else as it was deployed. */
  @Test
  void scheduledFunctions_areInvokedByEachOfTheirRules() {
    Map<Rule, List<Target>> rules = rules();
    assertThat(rules).hasSameSizeAs(Functions.template().schedules()).hasSameSizeAs(KINDS);
    Set<String> before = jobs();
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
      Eventually.await(
          "a job of each schedule has come to its end",
          () -> {
            Set<String> begun = new TreeSet<>(jobs());
            begun.removeAll(before);
            return KINDS.stream()
                .allMatch(kind -> begun.stream().anyMatch(job -> job.startsWith(kind)));
          });
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

  /** What is done, by its kind and its id. */
  private static Set<String> jobs() {
    Set<String> jobs = new TreeSet<>();
    for (JsonNode job : get("verifications")) {
      jobs.add((job.path("deep").asBoolean() ? "deep " : "light ") + job.path("id").asString());
    }
    for (JsonNode job : get("collections")) {
      jobs.add((job.path("full").asBoolean() ? "full " : "short ") + job.path("id").asString());
    }
    return jobs;
  }

  private static List<JsonNode> get(String list) {
    URI uri = URI.create(stack().api() + "/v1/" + list);
    try (HttpClient http = HttpClient.newHttpClient()) {
      byte[] answer =
          http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray()).body();
      return Json.tree(answer)
          .path(list)
          .valueStream()
          .filter(job -> job.path("state").asString().equals("DONE"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while it asked for " + list, e);
    }
  }
}
