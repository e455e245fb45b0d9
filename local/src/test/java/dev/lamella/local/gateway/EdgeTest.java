package dev.lamella.local.gateway;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.SmallStack;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.local.lambda.LambdaService;
import dev.lamella.local.template.EdgeDefinition;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.Template;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An edge before a REST API. */
@TestInstance(Lifecycle.PER_CLASS)
class EdgeTest {
  private static final int LARGE = 20_000_000;

  private final HttpClient client = HttpClient.newHttpClient();
  private final LambdaService lambda =
      new LambdaService(InvocationInterceptor.NONE, 4, Duration.ZERO);
  private ApiGateway gateway;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    Template template = SmallStack.with(Map.of("ApiType", "REST"));
    for (FunctionDefinition function : template.functions()) {
      lambda.create(function, Map.of(), directory.resolve(function.name()));
    }
    EdgeDefinition edge = new EdgeDefinition("api.example", "/live", Map.of("X-Edge-Here", "yes"));
    gateway =
        ApiGateway.start(
            template.api().orElseThrow(),
            Optional.of(new Edge(edge, new EdgeRule("https://staging.example/uploads/"))),
            "000000000000",
            lambda,
            0);
  }

  @AfterAll
  void stop() throws IOException {
    gateway.close();
    lambda.close();
    client.close();
  }

  @Test
  void request_thatPasses_reachesTheApiByItsStageAndItsHost() throws Exception {
    assertThat(gateway.uri().getPath()).isEmpty();
    HttpResponse<String> answer =
        client.send(
            request("/v2/")
                .header("X-Edge-Here", "no")
                .header("X-Lamella-Host", "other.example")
                .build(),
            ofString());
    JsonNode event = new JsonMapper().readTree(answer.body());
    assertThat(event.path("path").asString("")).isEqualTo("/v2/");
    assertThat(event.path("requestContext").path("path").asString("")).isEqualTo("/live/v2/");
    assertThat(event.path("headers").path("Host").asString("")).isEqualTo("api.example");
    assertThat(event.path("headers").path("X-Edge-Here").asString("")).isEqualTo("yes");
    assertThat(event.path("headers").has("x-edge-here")).isFalse();
    assertThat(event.path("multiValueHeaders").path("x-lamella-host").toString())
        .isEqualTo("[\"%s\"]".formatted(gateway.uri().getAuthority()));
    assertThat(event.path("headers").has("X-Lamella-Host")).isFalse();
  }

  @Test
  void put_ofALargeBodyThatHasAPlace_isSentThere() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/v2/a?to=https%3A%2F%2Fstaging.example%2Fuploads%2F1%3Fx%3Dy%252F")
                .PUT(BodyPublishers.ofByteArray(new byte[LARGE]))
                .build(),
            ofString());
    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(answer.headers().firstValue("Location"))
        .contains("https://staging.example/uploads/1?x=y%2F");
  }

  @Test
  void patch_ofALargeBody_isToldWhatToDo() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/v2/a").method("PATCH", BodyPublishers.ofByteArray(new byte[LARGE])).build(),
            ofString());
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("SIZE_INVALID", "lamella push");
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(gateway.uri() + pathAndQuery));
  }
}
