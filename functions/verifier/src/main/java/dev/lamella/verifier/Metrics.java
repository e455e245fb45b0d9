package dev.lamella.verifier;

import dev.lamella.core.api.Json;
import dev.lamella.core.report.Tally;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line of the log from which CloudWatch takes metrics: no call, and no agent.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 *     metric format</a>
 */
public record Metrics(String function, Tally tally, Instant time) {
  private static final String NAMESPACE = "Lamella";
  private static final String DIMENSION = "FunctionName";

  /** One line of JSON. */
  public String line() {
    Map<String, Long> values =
        new TreeMap<>(
            Map.of(
                "VerifiedShards", tally.shards(),
                "VerifiedBytes", tally.bytes(),
                "StorageRequests", tally.requests(),
                "DamagedShards", tally.damaged(),
                "UnreadShards", tally.unread()));
    List<Map<String, String>> metrics =
        values.keySet().stream().map(name -> Map.of("Name", name, "Unit", unit(name))).toList();
    Map<String, Object> line = new TreeMap<>(values);
    line.put(DIMENSION, function);
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            time.toEpochMilli(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    NAMESPACE,
                    "Dimensions",
                    List.of(List.of(DIMENSION)),
                    "Metrics",
                    metrics))));
    return new String(Json.write(line), StandardCharsets.UTF_8);
  }

  private static String unit(String metric) {
    return metric.endsWith("Bytes") ? "Bytes" : "Count";
  }
}
