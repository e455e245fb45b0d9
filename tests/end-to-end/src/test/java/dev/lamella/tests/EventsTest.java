package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.InvocationResult;
import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Each file of events/ is an event that its function understands, or, where it says so, one that it
 * refuses by name.
 */
class EventsTest extends StackTest {
  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options).withSignIn();
  }

  /** With a token of the administrator's, where the files have its place. */
  private byte[] withToken(Path event) throws IOException {
    String text = Files.readString(event);
    return text.replace("Bearer TOKEN", "Bearer " + token()).getBytes(StandardCharsets.UTF_8);
  }

  private String token() throws IOException {
    String basic = "administrator:" + stack().administratorSecret();
    HttpResponse<byte[]> answer =
        host()
            .as(
                "Basic "
                    + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)))
            .call(
                "GET",
                "/token?scope=registry:catalog:*&scope=repository:team/app:pull,push,delete",
                "");
    return Json.tree(answer.body()).path("token").asString();
  }

  static List<Path> events() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("events"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void event_isUnderstoodOrRefusedByName(Path event) throws Exception {
    InvocationResult result = invoke(event);
    boolean isMalformed = event.getFileName().toString().contains("malformed");
    boolean isOfUnknown = event.getFileName().toString().contains("unknown");
    if (Json.tree(Files.readAllBytes(event)).has("httpMethod")) {
      JsonNode answer = Json.tree(success(result));
      int status = answer.path("statusCode").asInt();
      assertThat(status).as(answer.toString()).isBetween(200, 499);
      assertThat(status).as(answer.toString()).isNotIn(401, 403);
      assertThat(status == 400).as(answer.toString()).isEqualTo(isMalformed);
      // An event of a route that is no more would not be refused for what it says.
      assertThat(answer.path("body").asString("")).doesNotContain("ROUTE_UNKNOWN", "UNSUPPORTED");
      byte[] body = answer.path("body").asString("").getBytes(StandardCharsets.UTF_8);
      assertThat(Json.tree(body).isObject()).isTrue();
    } else if (isMalformed || isOfUnknown) {
      assertThat(result)
          .isInstanceOfSatisfying(
              InvocationResult.Failed.class,
              failed -> assertThat(failed.error().toString()).contains("Refusal"));
    } else {
      assertThat(success(result)).as("what tools show of it").isNotEmpty();
    }
  }

  @Test
  void event_ofABatchWhoseUploadIsUnknown_isSkipped() throws Exception {
    JsonNode report = Json.tree(success(invoke(ROOT.resolve("events/shard-writer-batch.json"))));
    assertThat(report.path("skipped").asInt()).isEqualTo(1);
  }

  @Test
  void event_ofTheJanitorsSchedule_collects() throws Exception {
    JsonNode run = Json.tree(success(invoke(ROOT.resolve("events/janitor-schedule.json"))));
    assertThat(run.path("state").asString()).isEqualTo("done");
    assertThat(run.path("dryRun").asBoolean()).isFalse();
  }

  @Test
  void event_ofTheJanitorsOtherSchedule_collectsFully() throws Exception {
    JsonNode run = Json.tree(success(invoke(ROOT.resolve("events/janitor-full.json"))));
    assertThat(run.path("state").asString()).isEqualTo("done");
    assertThat(run.path("full").asBoolean()).isTrue();
  }

  @Test
  void event_ofACollectionThatIsNotKnown_isLeft() throws Exception {
    JsonNode run = Json.tree(success(invoke(ROOT.resolve("events/janitor-collection.json"))));
    assertThat(run.isNull()).isTrue();
  }

  @Test
  void everyFunction_hasEventsAndAMalformedOne() throws IOException {
    for (FunctionDefinition function : stack().template().functions()) {
      List<Path> own = new ArrayList<>(events());
      own.removeIf(event -> !isFor(function, event));
      assertThat(own).as(function.module()).hasSizeGreaterThan(1);
      assertThat(own)
          .as(function.module())
          .anyMatch(event -> event.toString().endsWith("-malformed.json"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"verifier-schedule-deep", "verifier-schedule-light"})
  void event_ofTheVerifiersSchedules_startsAJobThatEnds(String event) throws Exception {
    String id = Json.tree(success(invoke(ROOT.resolve("events/" + event + ".json")))).asString();
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
    JsonNode report =
        Json.tree(host().as("Bearer " + token()).call("GET", "/v1/verifications/" + id, "").body());
    assertThat(report.path("state").asString()).isEqualTo("done");
    assertThat(report.path("deep").asBoolean()).isEqualTo(event.endsWith("deep"));
  }

  @Test
  void event_ofALayerThatIsNotStored_hasNothingToDo() throws Exception {
    JsonNode report = Json.tree(success(invoke(ROOT.resolve("events/assembler-layer.json"))));
    assertThat(report.path("assembled").asBoolean(true)).isFalse();
  }

  private InvocationResult invoke(Path event) throws Exception {
    List<FunctionDefinition> functions = new ArrayList<>(stack().template().functions());
    functions.removeIf(function -> !isFor(function, event));
    assertThat(functions).as("functions that %s names", event).hasSize(1);
    return stack().lambda().invoke(functions.getFirst().name(), withToken(event));
  }

  private static boolean isFor(FunctionDefinition function, Path event) {
    return event.getFileName().toString().startsWith(function.module() + "-");
  }

  private static byte[] success(InvocationResult result) {
    return switch (result) {
      case InvocationResult.Completed(_, byte[] payload) -> payload;
      default -> throw new AssertionError(result.toString());
    };
  }
}
