package dev.lamella.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import dev.lamella.core.report.Tally;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What CloudWatch takes from a line of the log, by the embedded metric format. */
class MetricsTest {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00.123Z");

  private final String line = new Metrics("fn", new Tally(1, 2, 3, 4, 5), TIME).line();
  private final JsonNode json = Json.tree(line.getBytes(StandardCharsets.UTF_8));
  private final JsonNode directive = json.at("/_aws/CloudWatchMetrics/0");

  @Test
  void line_isOneLineAndHasItsTime() {
    assertThat(line).doesNotContain("\n");
    assertThat(json.at("/_aws/Timestamp").asLong()).isEqualTo(TIME.toEpochMilli());
    assertThat(json.at("/_aws/CloudWatchMetrics").size()).isEqualTo(1);
    assertThat(directive.path("Namespace").asString()).isEqualTo("Lamella");
  }

  @Test
  void dimension_isTheFunction() {
    assertThat(directive.path("Dimensions").toString()).isEqualTo("[[\"FunctionName\"]]");
    assertThat(json.path("FunctionName").asString()).isEqualTo("fn");
  }

  /** What is declared and not there, or there and not declared, CloudWatch ignores. */
  @Test
  void metrics_areDeclaredAndThere() {
    Map<String, Long> values = new LinkedHashMap<>();
    Map<String, String> units = new LinkedHashMap<>();
    for (JsonNode metric : directive.path("Metrics")) {
      String name = metric.path("Name").asString();
      assertThat(json.path(name).isIntegralNumber()).as(name).isTrue();
      values.put(name, json.path(name).asLong());
      units.put(name, metric.path("Unit").asString());
    }
    assertThat(values)
        .isEqualTo(
            Map.of(
                "VerifiedShards", 1L,
                "VerifiedBytes", 2L,
                "StorageRequests", 3L,
                "DamagedShards", 4L,
                "UnreadShards", 5L));
    assertThat(units)
        .containsEntry("VerifiedBytes", "Bytes")
        .containsEntry("DamagedShards", "Count");
  }
}
