package dev.lamella.local.gateway;

import static java.net.http.HttpResponse.BodyHandlers.ofByteArray;
import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.SmallStack;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.local.lambda.LambdaService;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.Template;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(Lifecycle.PER_CLASS)
class ApiGatewayTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final LambdaService lambda =
      new LambdaService(InvocationInterceptor.NONE, 4, Duration.ZERO);
  private ApiGateway http;
  private ApiGateway rest;
  private ApiGateway restOfText;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    for (FunctionDefinition function : SmallStack.with(Map.of()).functions()) {
      lambda.create(function, Map.of(), directory.resolve(function.name()));
    }
    http = gateway(Map.of());
    rest = gateway(Map.of("ApiType", "REST"));
    restOfText = gateway(Map.of("ApiType", "REST", "Binary", "no"));
  }

  private ApiGateway gateway(Map<String, String> parameters) throws IOException {
    Template template = SmallStack.with(parameters);
    return ApiGateway.start(
        template.api().orElseThrow(), Optional.empty(), "000000000000", lambda, 0);
  }

  @AfterAll
  void stop() throws IOException {
    http.close();
    rest.close();
    restOfText.close();
    lambda.close();
    client.close();
  }

  private HttpRequest.Builder request(ApiGateway gateway, String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(gateway.uri() + pathAndQuery));
  }

  private JsonNode event(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = client.send(request.build(), ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonMapper().readTree(answer.body());
  }

  @Test
  void event_httpApi_isPayloadFormat1() throws Exception {
    JsonNode event =
        event(
            request(http, "/v2/a/b%20c/sha256%3Aff?x=1&x=2%2B&y")
                .header("X-Many", "one")
                .header("X-Many", "two"));
    assertThat(event.path("resource").asString("")).isEqualTo("/{proxy+}");
    assertThat(event.path("path").asString("")).isEqualTo("/v2/a/b c/sha256:ff");
    assertThat(event.path("pathParameters").path("proxy").asString(""))
        .isEqualTo("v2/a/b c/sha256:ff");
    assertThat(event.path("httpMethod").asString("")).isEqualTo("GET");
    assertThat(event.path("queryStringParameters").path("x").asString("")).isEqualTo("2+");
    assertThat(event.path("multiValueQueryStringParameters").path("x")).hasSize(2);
    assertThat(event.path("queryStringParameters").path("y").asString("?")).isEmpty();
    assertThat(event.path("multiValueHeaders").path("x-many").toString())
        .isEqualTo("[\"one\",\"two\"]");
    assertThat(event.path("headers").path("x-many").asString("")).isEqualTo("two");
    assertThat(event.path("headers").path("Host").asString("")).startsWith("127.0.0.1:");
    assertThat(event.path("headers").path("X-Forwarded-Proto").asString("")).isEqualTo("http");
    assertThat(event.path("body").isNull()).isTrue();
    assertThat(event.path("requestContext").path("stage").asString("")).isEqualTo("$default");
  }

  /** What a client says of where it comes from and how is not believed. */
  @Test
  void event_ofAClientThatSaysHowItCame_saysHowItCame() throws Exception {
    for (ApiGateway gateway : new ApiGateway[] {http, rest}) {
      JsonNode event =
          event(
              request(gateway, "/v2/")
                  .header("X-Forwarded-For", "203.0.113.1")
                  .header("X-Forwarded-Proto", "gopher")
                  .header("X-Forwarded-Port", "70"));
      Map<String, String> forwarded = new TreeMap<>();
      event
          .path("multiValueHeaders")
          .forEachEntry(
              (name, values) -> {
                if (name.toLowerCase(Locale.ROOT).startsWith("x-forwarded-")) {
                  forwarded.put(name, values.toString());
                }
              });
      assertThat(forwarded)
          .isEqualTo(
              Map.of(
                  "X-Forwarded-For", "[\"127.0.0.1\"]",
                  "X-Forwarded-Port", "[\"" + gateway.uri().getPort() + "\"]",
                  "X-Forwarded-Proto", "[\"http\"]"));
    }
  }

  @Test
  void event_restApi_hasNoStageAndAnEncodedPath() throws Exception {
    JsonNode event = event(request(rest, "/v2/b%20c/"));
    assertThat(event.path("path").asString("")).isEqualTo("/v2/b%20c/");
    assertThat(event.path("requestContext").path("path").asString("")).isEqualTo("/live/v2/b%20c/");
    assertThat(event.path("requestContext").path("stage").asString("")).isEqualTo("live");
    assertThat(event.path("queryStringParameters").isNull()).isTrue();
  }

  @Test
  void route_moreExactPath_wins() throws Exception {
    JsonNode event = event(request(http, "/items/7"));
    assertThat(event.path("resource").asString("")).isEqualTo("/items/{id}");
    assertThat(event.path("pathParameters").path("id").asString("")).isEqualTo("7");
    assertThat(event(request(http, "/")).path("resource").asString("")).isEqualTo("/");
    assertThat(event(request(http, "/items/7/8")).path("resource").asString(""))
        .isEqualTo("/{proxy+}");
  }

  @Test
  void body_ofBytes_isBase64() throws Exception {
    byte[] bytes = {0, (byte) 0xfe, 1};
    for (ApiGateway gateway : new ApiGateway[] {http, rest}) {
      JsonNode event =
          event(
              request(gateway, "/x")
                  .header("Content-Type", "application/octet-stream")
                  .POST(BodyPublishers.ofByteArray(bytes)));
      assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
      assertThat(Base64.getDecoder().decode(event.path("body").asString(""))).isEqualTo(bytes);
    }
  }

  @Test
  void body_ofJson_isTextUnlessTheRestApiTakesAllForBytes() throws Exception {
    for (ApiGateway gateway : new ApiGateway[] {http, rest, restOfText}) {
      JsonNode event =
          event(
              request(gateway, "/x")
                  .header("Content-Type", "application/json; charset=utf-8")
                  .POST(BodyPublishers.ofString("{\"ü\":1}")));
      boolean bytes = gateway == rest;
      assertThat(event.path("isBase64Encoded").asBoolean()).isEqualTo(bytes);
      assertThat(event.path("body").asString("")).isEqualTo(bytes ? "eyLDvCI6MX0=" : "{\"ü\":1}");
    }
  }

  @Test
  void answer_ofBytes_isDecodedWhereTheApiTakesThemForBytes() throws Exception {
    assertThat(client.send(request(http, "/x?do=binary").build(), ofByteArray()).body())
        .containsExactly(0, 1, 0xff);
    assertThat(client.send(request(rest, "/x?do=binary").build(), ofByteArray()).body())
        .containsExactly(0, 1, 0xff);
    assertThat(client.send(request(restOfText, "/x?do=binary").build(), ofString()).body())
        .isEqualTo("AAH/");
  }

  @Test
  void answer_headers_areRenamedAsTheApiDoes() throws Exception {
    HttpResponse<String> ofHttp = client.send(request(http, "/x?do=headers").build(), ofString());
    assertThat(ofHttp.statusCode()).isEqualTo(401);
    assertThat(ofHttp.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(ofHttp.headers().firstValue("Content-Length")).contains("2");
    assertThat(ofHttp.headers().firstValue("x-amzn-remapped-content-length")).contains("999");
    assertThat(ofHttp.headers().allValues("Link")).containsExactly("<a>", "<b>");
    HttpResponse<String> ofRest = client.send(request(rest, "/x?do=headers").build(), ofString());
    assertThat(ofRest.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(ofRest.headers().firstValue("x-amzn-remapped-www-authenticate")).contains("Bearer");
    assertThat(ofRest.headers().firstValue("x-amzn-remapped-server")).contains("me");
    assertThat(ofRest.headers().firstValue("Content-Length")).contains("2");
  }

  @Test
  void head_hasTheLengthOfTheBodyAndNoBody() throws Exception {
    HttpResponse<String> answer =
        client.send(request(http, "/x?do=headers").HEAD().build(), ofString());
    assertThat(answer.headers().firstValue("Content-Length")).contains("2");
    assertThat(answer.body()).isEmpty();
    // The connection is kept, so bytes too many would break the next request on it.
    assertThat(client.send(request(http, "/x").HEAD().build(), ofString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void answer_204_hasNoBody() throws Exception {
    HttpResponse<String> answer = client.send(request(http, "/x?do=empty").build(), ofString());
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void function_thatFails_is502AndTellsNothing() throws Exception {
    for (String action : new String[] {"throw", "nothing", "large"}) {
      HttpResponse<String> answer =
          client.send(request(http, "/x?do=" + action).build(), ofString());
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).isEqualTo("{\"message\":\"Internal Server Error\"}");
    }
  }

  @Test
  void function_thatOverrunsTheApi_is503Or504() throws Exception {
    HttpResponse<String> ofHttp = client.send(request(http, "/x?do=sleep").build(), ofString());
    assertThat(ofHttp.statusCode()).isEqualTo(503);
    HttpResponse<String> ofRest = client.send(request(rest, "/x?do=sleep").build(), ofString());
    // By the gateway response that the template has for all of the kind.
    assertThat(ofRest.statusCode()).isEqualTo(503);
    assertThat(ofRest.headers().firstValue("Retry-After")).contains("7");
    assertThat(ofRest.body()).isEqualTo("{\"message\":\"Endpoint request timed out\"}");
  }

  @Test
  void request_over10MbOr6MbForTheFunction_is413() throws Exception {
    for (int size : new int[] {(10 << 20) + 1, 5 << 20}) {
      HttpResponse<String> answer =
          client.send(
              request(http, "/x").POST(BodyPublishers.ofByteArray(new byte[size])).build(),
              ofString());
      assertThat(answer.statusCode()).isEqualTo(413);
    }
    assertThat(client.send(request(http, "/x").build(), ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void request_tooLargeForARestApi_isAnsweredAsItsGatewayResponseSays() throws Exception {
    for (int size : new int[] {(10 << 20) + 1, 5 << 20}) {
      HttpResponse<String> answer =
          client.send(
              request(rest, "/x").POST(BodyPublishers.ofByteArray(new byte[size])).build(),
              ofString());
      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.body()).isEqualTo("{\"own\": \"Request Too Long\"}");
    }
  }

  @Test
  void request_chunkedAndTooLarge_is413() throws Exception {
    HttpRequest.BodyPublisher chunked =
        BodyPublishers.ofInputStream(
            () -> new java.io.ByteArrayInputStream(new byte[(10 << 20) + 1]));
    HttpResponse<String> answer =
        client.send(request(http, "/x").POST(chunked).build(), ofString());
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  /** Docker, podman and skopeo try TLS first: they must not be kept waiting for an answer. */
  @Test
  void client_thatTriesTls_hearsThatThereIsNone() throws Exception {
    try (Socket socket = new Socket(http.uri().getHost(), http.uri().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});
      assertThat(socket.getInputStream().readAllBytes()).asString().contains("plain HTTP");
    }
  }

  @Test
  void request_withoutRouteOrStage_isNotFoundOrForbidden() throws Exception {
    URI outside = rest.uri().resolve("/elsewhere");
    HttpResponse<String> answer = client.send(HttpRequest.newBuilder(outside).build(), ofString());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Forbidden\"}");
    HttpResponse<String> noMethod =
        client.send(request(http, "/").POST(BodyPublishers.ofString("{}")).build(), ofString());
    assertThat(noMethod.statusCode()).isEqualTo(404);
  }
}
