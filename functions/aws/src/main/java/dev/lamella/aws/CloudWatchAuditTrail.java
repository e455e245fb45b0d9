package dev.lamella.aws;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.Page;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;

/**
 * A function's log group in CloudWatch Logs, which filters: only lines of the audit trail are sent
 * here. A role needs {@code logs:FilterLogEvents} on the group.
 */
final class CloudWatchAuditTrail implements AuditTrail {
  /** Of any line that is one of the trail: no status is below. */
  private static final int ANY = 100;

  private final CloudWatchLogsClient client;
  private final String group;

  CloudWatchAuditTrail(CloudWatchLogsClient client, String group) {
    this.client = client;
    this.group = group;
  }

  @Override
  public Page<AuditEvent> read(AuditQuery query, Optional<String> page) {
    FilterLogEventsRequest request =
        FilterLogEventsRequest.builder()
            .logGroupName(group)
            .startTime(query.from().toEpochMilli())
            // CloudWatch's end is one that it gives, too.
            .endTime(query.to().map(to -> to.toEpochMilli() - 1).orElse(null))
            .filterPattern(pattern(query))
            .limit(PAGE)
            .nextToken(page.orElse(null))
            .build();
    FilterLogEventsResponse response =
        Faults.translated("CloudWatch Logs", "log group " + group, () -> answer(request));
    return new Page<>(events(query, response), Optional.ofNullable(response.nextToken()));
  }

  private FilterLogEventsResponse answer(FilterLogEventsRequest request) {
    try {
      return client.filterLogEvents(request);
    } catch (InvalidParameterException e) {
      if (request.nextToken() == null) {
        throw e;
      }
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "there is no such page of the audit trail (any more): begin anew");
    }
  }

  /** None of the texts has a quote or a star: they are names. */
  private static String pattern(AuditQuery query) {
    List<String> terms = new ArrayList<>();
    terms.add("($.audit.status >= " + (query.failed() ? AuditQuery.FAILED : ANY) + ")");
    query.account().ifPresent(name -> terms.add(term("account", name.value())));
    query.image().ifPresent(name -> terms.add(term("image", name.value())));
    query.action().ifPresent(action -> terms.add(term("action", action.text())));
    return "{ " + String.join(" && ", terms) + " }";
  }

  private static String term(String field, String value) {
    return "($.audit." + field + " = \"" + value + "\")";
  }

  /** What does not filter as CloudWatch does, gives more than was asked for. */
  private static List<AuditEvent> events(AuditQuery query, FilterLogEventsResponse response) {
    return response.events().stream()
        .flatMap(event -> parsed(event.message()))
        .filter(query::fits)
        .limit(PAGE)
        .toList();
  }

  private static Stream<AuditEvent> parsed(String message) {
    try {
      byte[] line = message.getBytes(StandardCharsets.UTF_8);
      return Stream.of(Json.read(line, AuditEvent.Line.class).audit());
    } catch (Refusal _) {
      return Stream.empty();
    }
  }
}
