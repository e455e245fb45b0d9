package dev.lamella.local.lambda;

import dev.lamella.local.lambda.InvocationResult.Rejected;
import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.ScheduleDefinition;
import dev.lamella.local.template.Template;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * EventBridge, as far as its rules invoke functions at a fixed rate: asynchronously, with its event
 * or the rule's own input.
 */
public final class Schedules implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Template template;
  private final LambdaService lambda;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("schedules").factory());

  /** Starts the rules that are enabled: each invokes its function first when its time is over. */
  public Schedules(Template template, LambdaService lambda) {
    this.template = template;
    this.lambda = lambda;
    for (ScheduleDefinition schedule : template.schedules()) {
      if (schedule.enabled()) {
        long seconds = schedule.every().toSeconds();
        var _ =
            timer.scheduleAtFixedRate(() -> invoke(schedule), seconds, seconds, TimeUnit.SECONDS);
      }
    }
  }

  /**
   * Invokes a function as each of its schedules would, now; also where they are not enabled.
   *
   * @param function logical id
   * @throws IllegalArgumentException if the function has no schedule, or its input is no event
   */
  public void run(String function) {
    List<ScheduleDefinition> own =
        template.schedules().stream()
            .filter(schedule -> schedule.function().equals(function))
            .toList();
    if (own.isEmpty()) {
      throw new IllegalArgumentException("the template has no schedule of " + function);
    }
    for (ScheduleDefinition schedule : own) {
      if (invoke(schedule) instanceof Rejected refused) {
        throw new IllegalArgumentException(function + " was not invoked: " + refused.message());
      }
    }
  }

  private InvocationResult invoke(ScheduleDefinition schedule) {
    String name = template.function(schedule.function()).name();
    byte[] event =
        schedule.input().orElseGet(() -> event(schedule)).getBytes(StandardCharsets.UTF_8);
    return lambda.enqueue(name, event);
  }

  private String event(ScheduleDefinition schedule) {
    PseudoParameters pseudo = template.pseudo();
    var event =
        JSON.createObjectNode()
            .put("version", "0")
            .put("id", UUID.randomUUID().toString())
            .put("detail-type", "Scheduled Event")
            .put("source", "aws.events")
            .put("account", pseudo.account())
            .put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
            .put("region", pseudo.region());
    event
        .putArray("resources")
        .add(
            "arn:aws:events:%s:%s:rule/%s%s"
                .formatted(
                    pseudo.region(), pseudo.account(), schedule.function(), schedule.name()));
    event.putObject("detail");
    return event.toString();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
