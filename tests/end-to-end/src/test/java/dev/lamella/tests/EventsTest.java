package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import dev.lamella.local.lambda.InvocationResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Each file of events/ is an event that its function understands, or, where it says so, one that it
 * refuses by name.
 */
class EventsTest extends StackTest {
  private static final Map<String, String> FUNCTIONS =
      Map.of(
          "metadata", "MetadataFunction",
          "upload-coordinator", "UploadCoordinatorFunction",
          "shard-writer", "ShardWriterFunction",
          "assembler", "AssemblerFunction");
  private static final Set<String> BEHIND_THE_API = Set.of("metadata", "upload-coordinator");

  static List<Path> apiEvents() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("events"))) {
      return files
          .filter(
              file -> BEHIND_THE_API.stream().anyMatch(file.getFileName().toString()::startsWith))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("apiEvents")
  void event_ofAnApiFunction_isAnsweredInForm(Path event) throws Exception {
    String name = event.getFileName().toString();
    JsonNode answer = Json.tree(success(invoke(event)));
    int status = answer.path("statusCode").asInt();
    assertThat(status).as(answer.toString()).isBetween(200, 499);
    assertThat(status == 400).as(answer.toString()).isEqualTo(name.contains("malformed"));
    byte[] body = answer.path("body").asString("").getBytes(StandardCharsets.UTF_8);
    assertThat(Json.tree(body).isObject()).isTrue();
  }

  @Test
  void event_ofABatchWhoseUploadIsUnknown_isSkipped() throws Exception {
    JsonNode report = Json.tree(success(invoke(ROOT.resolve("events/shard-writer-batch.json"))));
    assertThat(report.path("skipped").asInt()).isEqualTo(1);
  }

  @Test
  void event_ofALayerThatIsNotStored_hasNothingToDo() throws Exception {
    JsonNode report = Json.tree(success(invoke(ROOT.resolve("events/assembler-layer.json"))));
    assertThat(report.path("assembled").asBoolean(true)).isFalse();
    assertThat(invoke(ROOT.resolve("events/assembler-malformed.json")))
        .isInstanceOfSatisfying(
            InvocationResult.Failed.class,
            failed -> assertThat(failed.error().toString()).contains("Refusal", "digest"));
  }

  @Test
  void event_ofNoBatch_isRefusedByName() throws Exception {
    InvocationResult result = invoke(ROOT.resolve("events/shard-writer-malformed.json"));
    assertThat(result)
        .isInstanceOfSatisfying(
            InvocationResult.Failed.class,
            failed -> assertThat(failed.error().toString()).contains("Refusal", "upload"));
  }

  private InvocationResult invoke(Path event) throws Exception {
    String name = event.getFileName().toString();
    String function =
        FUNCTIONS.entrySet().stream()
            .filter(entry -> name.startsWith(entry.getKey() + "-"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " names no function"))
            .getValue();
    String physical =
        stack().template().functions().stream()
            .filter(candidate -> candidate.logicalId().equals(function))
            .findFirst()
            .orElseThrow()
            .name();
    return stack().lambda().invoke(physical, Files.readAllBytes(event));
  }

  private static byte[] success(InvocationResult result) {
    return switch (result) {
      case InvocationResult.Completed(_, byte[] payload) -> payload;
      default -> throw new AssertionError(result.toString());
    };
  }
}
