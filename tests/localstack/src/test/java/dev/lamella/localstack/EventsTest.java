package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Each file of events/ through Lambda, to its function in a process of its own. */
@Tag("full")
class EventsTest extends CloudTest {
  /** Where the files have a token's place. */
  private static final String TOKEN = "Bearer TOKEN";

  /** With one of the administrator's. */
  static byte[] withToken(Path event) throws IOException, InterruptedException {
    String token = administrator().token(TokenScope.STORE, "repository:team/app:pull,push,delete");
    return Files.readString(event).replace(TOKEN, "Bearer " + token).getBytes(UTF_8);
  }

  static List<Path> events() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("events"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void event_isUnderstoodOrRefusedByName(Path file) throws Exception {
    String name = file.getFileName().toString();
    byte[] event = withToken(file);
    Functions.Outcome outcome = functions().invoke(Functions.of(name), event);
    assertUnderstoodOrRefused(name, event, outcome.isError(), outcome.payload());
  }

  /**
   * What has to come of an event, however its function is run.
   *
   * @param name of the file, which says whether it is to be refused
   */
  static void assertUnderstoodOrRefused(
      String name, byte[] event, boolean isError, JsonNode payload) {
    boolean isMalformed = name.contains("malformed");
    if (Json.tree(event).has("httpMethod")) {
      assertThat(isError).as(payload.toString()).isFalse();
      int status = payload.path("statusCode").asInt();
      assertThat(status).as(payload.toString()).isBetween(200, 499);
      assertThat(status == 400).as(payload.toString()).isEqualTo(isMalformed);
      assertThat(status).as(payload.toString()).isNotIn(401, 403);
      // An event of a route that is no more would not be refused for what it says.
      assertThat(payload.path("body").asString("")).doesNotContain("ROUTE_UNKNOWN", "UNSUPPORTED");
    } else {
      boolean isRefused = isMalformed || name.contains("unknown");
      assertThat(isError).as(payload.toString()).isEqualTo(isRefused);
      if (isRefused) {
        assertThat(payload.path("errorType").asString()).isEqualTo("dev.lamella.core.Refusal");
        assertThat(payload.path("errorMessage").asString()).isNotBlank();
      }
    }
  }

  static List<Path> eventsWithATokensPlace() throws IOException {
    List<Path> events = new ArrayList<>();
    for (Path event : events()) {
      if (Files.readString(event).contains(TOKEN)) {
        events.add(event);
      }
    }
    return events;
  }

  @ParameterizedTest
  @MethodSource("eventsWithATokensPlace")
  void event_withoutItsToken_isRefused(Path file) throws IOException {
    String function = Functions.of(file.getFileName().toString());
    JsonNode answer = functions().invoke(function, Files.readAllBytes(file)).payload();
    assertThat(answer.path("statusCode").asInt()).as(answer.toString()).isEqualTo(401);
    assertThat(answer.path("headers").path("WWW-Authenticate").asString())
        .startsWith("Bearer realm=\"http")
        .contains("service=\"lamella-first\"");
  }

  /** What is no event of the function at all gets an answer that says so, and no stack trace. */
  @ParameterizedTest
  @MethodSource("dev.lamella.localstack.Functions#logicalIds")
  void event_ofAnotherShape_isRefusedByName(String function) {
    Functions.Outcome outcome = functions().invoke(function, "{\"Records\": []}".getBytes(UTF_8));
    String said = outcome.payload().toString();
    if (outcome.isError()) {
      assertThat(outcome.payload().path("errorType").asString())
          .as(said)
          .isEqualTo("dev.lamella.core.Refusal");
    } else {
      assertThat(outcome.payload().path("statusCode").asInt()).as(said).isEqualTo(400);
      assertThat(said).contains("the event is not a request of API Gateway");
    }
  }
}
