package dev.lamella.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the adapter's own tests, with the SDK's client, cannot ask. */
class LogsServerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path directory;
  private LogsServer server;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    server = LogsServer.start();
    file = directory.resolve("logs/one.log");
    server.add("one", file);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static String line(int number) {
    return "{\"time\":\"2026-11-29T08:00:00.%03dZ\",\"n\":%d}".formatted(number % 1_000, number);
  }

  private void write(long limit, int from, int to) throws IOException {
    try (LogFile log = LogFile.open(file, limit)) {
      for (int i = from; i < to; i++) {
        log.append(line(i));
      }
    }
  }

  private List<Integer> numbers(Map<String, Object> query) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    String token = "";
    do {
      Map<String, Object> request = new HashMap<>(query);
      if (!token.isEmpty()) {
        request.put("nextToken", token);
      }
      JsonNode answer = filter(request);
      assertThat(answer.has("events")).as(answer.toString()).isTrue();
      answer
          .path("events")
          .forEach(event -> numbers.add(JSON.readTree(text(event)).path("n").asInt()));
      token = answer.path("nextToken").asString("");
    } while (!token.isEmpty());
    return numbers;
  }

  private static String text(JsonNode event) {
    return event.path("message").asString();
  }

  @Test
  void filter_ofALogThatIsNotWrittenYet_isEmpty() throws Exception {
    assertThat(numbers(Map.of())).isEmpty();
  }

  @Test
  void append_overTheLimit_keepsTheLinesBefore_andNoMore() throws Exception {
    write(10_000, 0, 2_000);

    assertThat(Files.size(file) + Files.size(directory.resolve("logs/one.log.1")))
        .isLessThan(20_200);
    List<Integer> kept = numbers(Map.of());
    assertThat(kept)
        .hasSizeGreaterThan(200)
        .isEqualTo(IntStream.range(kept.getFirst(), 2_000).boxed().toList());
  }

  /** The file has another name by then. */
  @Test
  void filter_whoseFileIsSetAsideBetweenPages_goesOn() throws Exception {
    write(1_000_000, 0, 100);
    JsonNode first = filter(Map.of("limit", 10));
    try (LogFile log = LogFile.open(file, 100)) {
      log.append(line(100));
    }
    assertThat(directory.resolve("logs/one.log.1")).exists();
    JsonNode second = filter(Map.of("nextToken", first.path("nextToken").asString()));
    assertThat(second.path("events").size()).isEqualTo(91);
  }

  @Test
  void filter_ofAFileThatIsGone_isRefused() throws Exception {
    write(1_000_000, 0, 100);
    JsonNode first = filter(Map.of("limit", 10));
    Files.move(file, directory.resolve("elsewhere"));
    write(1_000_000, 0, 100);
    assertThat(type(filter(Map.of("nextToken", first.path("nextToken").asString()))))
        .isEqualTo("InvalidParameterException");
  }

  @Test
  void filter_ofALineThatIsNotEnded_waitsForIt() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, line(1) + "\n" + line(2));
    assertThat(numbers(Map.of())).containsExactly(1);
    Files.writeString(file, line(1) + "\n" + line(2) + "\n");
    assertThat(numbers(Map.of())).containsExactly(1, 2);
  }

  @Test
  void filter_ofALongLine_givesItsBeginning() throws Exception {
    try (LogFile log = LogFile.open(file)) {
      log.append("x".repeat(1 << 20));
    }
    assertThat(text(filter(Map.of()).path("events").get(0))).hasSize(256 << 10);
  }

  @Test
  void filter_byTimeAndPattern_isHeldToAll() throws Exception {
    write(1_000_000, 0, 100);
    assertThat(
            numbers(
                Map.of(
                    "startTime",
                    1_795_939_200_010L,
                    "endTime",
                    1_795_939_200_014L,
                    "filterPattern",
                    "{ ($.n >= 12) }")))
        .containsExactly(12, 13, 14);
    assertThat(numbers(Map.of("filterPattern", "{ $.n = 7 }"))).containsExactly(7);
    assertThat(numbers(Map.of("filterPattern", "{ $.n = \"7\" }"))).isEmpty();
    assertThat(numbers(Map.of("filterPattern", "{ ($.n >= 98) && ($.none = \"x\") }"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ERROR", "{ $.n = 1 || $.n = 2 }", "{ $.n = \"x*\" }", "{}", "{ $.n > 1 }"})
  void filter_byAPatternThatIsNotKnownHere_isRefused(String pattern) throws Exception {
    assertThat(type(filter(Map.of("filterPattern", pattern))))
        .isEqualTo("InvalidParameterException");
  }

  @Test
  void anyCall_ofAnotherPathGroupOrOperation_isRefused() throws Exception {
    assertThat(type(filter(Map.of("logGroupName", "../one"))))
        .isEqualTo("ResourceNotFoundException");
    assertThat(type(send("DeleteLogGroup", "{}", server.uri())))
        .isEqualTo("UnknownOperationException");
    assertThat(type(send("FilterLogEvents", "{}", server.uri().resolve("/x"))))
        .isEqualTo("UnrecognizedClientException");
  }

  private JsonNode filter(Map<String, Object> query) throws Exception {
    Map<String, Object> request = new HashMap<>(query);
    request.putIfAbsent("logGroupName", "one");
    return send("FilterLogEvents", JSON.writeValueAsString(request), server.uri());
  }

  private static JsonNode send(String operation, String body, URI to) throws Exception {
    return JSON.readTree(
        HTTP.send(
                HttpRequest.newBuilder(to)
                    .header("X-Amz-Target", "Logs_20140328." + operation)
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString())
            .body());
  }

  private static String type(JsonNode answer) {
    return answer.path("__type").asString("");
  }
}
