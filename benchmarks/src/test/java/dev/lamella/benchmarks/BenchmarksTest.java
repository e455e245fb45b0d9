package dev.lamella.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.benchmarks.Benchmarks.What;
import dev.lamella.benchmarks.report.Reading;
import dev.lamella.benchmarks.report.Results;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BenchmarksTest {
  private final Results results = new Results();

  @Test
  void measure_oneCannotRun_isNamedAndTheOthersAreStillReported() {
    Benchmarks benchmarks = new Benchmarks();

    benchmarks.measure(What.CHAIN, results, () -> read("before"));
    benchmarks.measure(
        What.REGISTRY,
        results,
        () -> {
          throw new IOException("crane is missing: install Go");
        });
    benchmarks.measure(What.VERIFY, results, () -> read("after"));

    assertThat(results.text())
        .contains("before", "after")
        .endsWith("REGISTRY was not measured: crane is missing: install Go\n");
    JsonNode json = Json.tree(results.json().getBytes(StandardCharsets.UTF_8));
    assertThat(json.path("notMeasured").path("REGISTRY").asString()).contains("Go");
    assertThat(json.path("readings").size()).isEqualTo(2);
    assertThat(results.isMet()).isFalse();
  }

  private void read(String name) {
    results.addReadings(List.of(new Reading(name, 1, "ms")));
  }
}
