package dev.lamella.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Permissions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {
  private static final Need NOTHING = new Need.Nothing();

  private final FakeContext context = new FakeContext();

  @Test
  void handle_nameThatLooksLikeARoute_isWholeInTheName() {
    Route manifests =
        Route.of(
            "GET",
            "/v2/{name+}/manifests/{tag}",
            NOTHING,
            call -> Answer.json(200, call.variables()));
    Route tags =
        Route.of(
            "GET", "/v2/{name+}/tags/list", NOTHING, call -> Answer.json(200, call.variables()));
    Gateway gateway = new Gateway(new Router(List.of(manifests, tags), Callers.OPEN));
    Map.of(
            "/v2/a/manifests/b/manifests/c", "[\"a/manifests/b\",\"c\"]",
            "/v2/a/tags/list/manifests/c", "[\"a/tags/list\",\"c\"]",
            "/v2/a/tags/manifests/list", "[\"a/tags\",\"list\"]",
            "/v2/a/manifests/tags/list", "[\"a/manifests\"]",
            "/v2/tags/list/tags/list", "[\"tags/list\"]")
        .forEach(
            (path, found) ->
                assertThat(gateway.handleRequest(request("GET", path), context).getBody())
                    .isEqualTo(found));
    assertThat(gateway.handleRequest(request("GET", "/v2//manifests/c"), context).getStatusCode())
        .isEqualTo(404);
  }

  /** As both types of API send it: an HTTP API has decoded the path, a REST API has not. */
  @ParameterizedTest
  @CsvSource({
    "1.0, /v1/layers/d, 200",
    "1.0, /v1/layers/%64, 400",
    "1.0, /v1/l%61yers/d, 400",
    "1.0, /v1/layers/%, 400",
    ", /v1/layers/%64, 200",
    ", /v1/layers/%2564, 400",
    ", /v1/l%2561yers/d, 400",
    ", /v1/layers/%25, 400",
  })
  void handle_encodedPath_isDecodedOnce(@Nullable String version, String path, int status) {
    Route route =
        Route.of("GET", "/v1/layers/{x}", NOTHING, call -> Answer.json(200, call.variables()));
    APIGatewayProxyResponseEvent answer = with(route, request("GET", path).withVersion(version));
    assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(status);
    if (status == 200) {
      assertThat(answer.getBody()).isEqualTo("[\"d\"]");
    }
  }

  @Test
  void handle_pathOfTheOtherSide_isUnsupported() {
    Route elsewhere = Route.elsewhere("/v2/{name+}/tags/list");
    assertThat(with(elsewhere, request("POST", "/v2/a/tags/list")).getStatusCode()).isEqualTo(405);
  }

  @Test
  void nextPage_ofACall_keepsWhatItIsTold() {
    Route route =
        Route.of(
            "GET",
            "/v2/{name+}",
            NOTHING,
            call -> Answer.empty(200).withNextPage(Optional.of(call.nextPage("a b", "n", "type"))));
    APIGatewayProxyRequestEvent event =
        request("GET", "/v2/app").withQueryStringParameters(Map.of("n", "2", "last", "x"));
    ProxyRequestContext requestContext = new ProxyRequestContext();
    requestContext.setPath("/live/v2/app");
    assertThat(with(route, event.withRequestContext(requestContext)).getHeaders())
        .containsEntry("Link", "</live/v2/app?last=a+b&n=2>; rel=\"next\"");
  }

  @Test
  void handle_pathWithSlashesInAName_reachesTheRoute() {
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET",
                "/v1/images/{name+}",
                NOTHING,
                call -> Answer.json(200, Map.of("found", call.variable(0)))),
            request("GET", "/v1/images/team/app"));
    assertThat(answer.getStatusCode()).isEqualTo(200);
    assertThat(answer.getBody()).isEqualTo("{\"found\":\"team/app\"}");
    assertThat(answer.getHeaders())
        .containsEntry("Content-Type", "application/json")
        .containsEntry("Docker-Distribution-Api-Version", "registry/2.0");
  }

  @Test
  void handle_percentEncodedDigest_isDecoded() {
    Route route =
        Route.of("GET", "/v1/layers/{digest}", NOTHING, call -> Answer.json(200, call.variable(0)));
    assertThat(with(route, request("GET", "/v1/layers/sha256%3Aab")).getBody())
        .isEqualTo("\"sha256:ab\"");
    assertThat(with(route, request("GET", "/v1/layers/%zz")).getStatusCode()).isEqualTo(400);
  }

  @Test
  void handle_head_isAnsweredWithTheBodyOfGet() {
    Route route =
        Route.of("GET", "/x", NOTHING, _ -> Answer.bytes(200, "text/plain", new byte[] {65}));
    assertThat(with(route, request("HEAD", "/x")).getBody()).isEqualTo("A");
  }

  @Test
  void handle_bytesThatAreNoText_areBase64Coded() {
    byte[] bytes = {(byte) 0xff, 0, 1};
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET", "/x", NOTHING, _ -> Answer.bytes(200, "application/octet-stream", bytes)),
            request("GET", "/x"));
    assertThat(answer.getIsBase64Encoded()).isTrue();
    assertThat(Base64.getDecoder().decode(answer.getBody())).isEqualTo(bytes);
  }

  @Test
  void handle_textFullOfQuotes_isBase64CodedAsThatIsShorter() {
    byte[] quotes = "\"".repeat(4 << 20).getBytes(StandardCharsets.UTF_8);
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of("GET", "/x", NOTHING, _ -> Answer.bytes(200, "application/json", quotes)),
            request("GET", "/x"));
    assertThat(answer.getIsBase64Encoded()).isTrue();
    assertThat(answer.getBody()).hasSizeLessThan(6_000_000);
    assertThat(Base64.getDecoder().decode(answer.getBody())).isEqualTo(quotes);
  }

  @Property
  void handle_anyRequest_isAnsweredAndNeverWithAFault(
      @ForAll String method,
      @ForAll("paths") String path,
      @ForAll String body,
      @ForAll boolean isBase64Encoded,
      @ForAll Map<String, String> query) {
    Route route =
        Route.of(
            "GET",
            "/v2/{name+}/x/{last}",
            NOTHING,
            call -> {
              Reference.parse(call.variable(1));
              return Answer.bytes(200, call.contentType(), call.body().bytes())
                  .withNextPage(Optional.of(call.nextPage(call.variable(0), "n")));
            });
    APIGatewayProxyResponseEvent answer =
        with(
            route,
            request(method.isEmpty() ? "GET" : method, path)
                .withBody(body)
                .withIsBase64Encoded(isBase64Encoded)
                .withQueryStringParameters(query)
                .withHeaders(query));
    assertThat(answer.getStatusCode()).isBetween(200, 499);
    if (answer.getStatusCode() >= 400) {
      assertThat(answer.getBody()).startsWith("{\"errors\":[{\"code\":\"");
    }
  }

  @Provide
  Arbitrary<String> paths() {
    Arbitrary<String> any = Arbitraries.strings();
    return Arbitraries.oneOf(
        any,
        any.map(part -> "/v2/" + part + "/x/" + part),
        any.map(part -> "/v2/" + URLEncoder.encode(part, StandardCharsets.UTF_8) + "/x/%" + part));
  }

  @Test
  void handle_base64Body_isDecoded() {
    Route route =
        Route.of(
            "POST",
            "/x",
            NOTHING,
            call -> Answer.json(200, new String(call.body().bytes(), StandardCharsets.UTF_8)));
    APIGatewayProxyRequestEvent event =
        request("POST", "/x").withBody("w6k=").withIsBase64Encoded(true);
    assertThat(with(route, event).getBody()).isEqualTo("\"é\"");
    assertThat(with(route, event.withBody("%")).getStatusCode()).isEqualTo(400);
  }

  /** What an HTTP API makes of three bytes that are no text: nine. */
  @ParameterizedTest
  @ValueSource(strings = {"\uFFFD\uFFFD\uFFFD", "caf\u00e9", ""})
  void body_textThatIsNotAsLongAsItWasSent_isRefusedWithWhatToDo(String changed) {
    for (Route route : List.of(echo(Body::bytes), echo(Body::blob))) {
      APIGatewayProxyResponseEvent answer = with(route, text(changed, "3"));
      assertThat(answer.getStatusCode()).isEqualTo(400);
      assertThat(answer.getBody())
          .contains("REQUEST_INVALID", "'text/plain'", "application/octet-stream");
    }
  }

  @Test
  void body_textAsLongAsItWasSent_isTaken() {
    for (Route route : List.of(echo(Body::bytes), echo(Body::blob))) {
      assertThat(with(route, text("caf\u00e9", "5")).getBody()).isEqualTo("caf\u00e9");
      assertThat(with(route, text("caf\u00e9", "many")).getBody()).isEqualTo("caf\u00e9");
      assertThat(with(route, text("caf\u00e9", null)).getBody()).isEqualTo("caf\u00e9");
      assertThat(with(route, text(null, "0")).getStatusCode()).isEqualTo(200);
    }
  }

  /** A character that is cut off after three bytes becomes one replacement: of three bytes too. */
  @Test
  void blob_textWithAReplacement_isRefusedAtAnyLength() {
    String cut =
        new String(new byte[] {(byte) 0xf0, (byte) 0x9f, (byte) 0x98}, StandardCharsets.UTF_8);
    assertThat(cut).isEqualTo("\uFFFD");
    for (String length : new String[] {"3", null}) {
      assertThat(with(echo(Body::blob), text(cut, length)).getStatusCode()).isEqualTo(400);
      // A character like any other in JSON.
      assertThat(with(echo(Body::bytes), text(cut, length)).getBody()).isEqualTo(cut);
    }
    APIGatewayProxyRequestEvent bytes = text("77+9", "3").withIsBase64Encoded(true);
    assertThat(with(echo(Body::blob), bytes).getBody()).isEqualTo(cut);
  }

  private static Route echo(Function<Body, byte[]> read) {
    return Route.of(
        "PUT", "/x", NOTHING, call -> Answer.bytes(200, "text/plain", read.apply(call.body())));
  }

  private static APIGatewayProxyRequestEvent text(@Nullable String body, @Nullable String length) {
    Map<String, String> headers = new HashMap<>(Map.of("content-type", "text/plain; charset=x"));
    if (length != null) {
      headers.put("Content-Length", length);
    }
    return request("PUT", "/x").withBody(body).withHeaders(headers);
  }

  @Test
  void handle_unknownPathOrMethod_isToldApart() {
    Route route = Route.of("POST", "/x", NOTHING, _ -> Answer.empty(204));
    assertThat(with(route, request("POST", "/y")).getStatusCode()).isEqualTo(404);
    assertThat(with(route, request("DELETE", "/x")).getStatusCode()).isEqualTo(405);
    assertThat(with(route, request("POST", "/x")).getStatusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void handle_anyRefusal_isAnsweredInOciForm(ErrorCode code) {
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET",
                "/x",
                NOTHING,
                _ -> {
                  throw new Refusal(code, "why", Map.of("shard", 3));
                }),
            request("GET", "/x"));
    assertThat(answer.getStatusCode()).isBetween(400, 599);
    assertThat(answer.getBody())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"%s\",\"message\":\"why\",\"detail\":{\"shard\":3}}]}"
                .formatted(code));
  }

  @Test
  void handle_fault_tellsTheOperatorEverythingAndTheCallerNothing() {
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET",
                "/x",
                NOTHING,
                _ -> {
                  throw new IllegalStateException("table secret-name is broken");
                }),
            request("GET", "/x"));
    assertThat(answer.getStatusCode()).isEqualTo(500);
    assertThat(answer.getBody()).contains(FakeContext.REQUEST_ID).doesNotContain("secret-name");
    assertThat(context.log()).contains("secret-name").contains("GatewayTest");
  }

  @Test
  void handle_dependencyUnavailable_asksToTryAgain() {
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET",
                "/x",
                NOTHING,
                _ -> {
                  throw new Unavailable(
                      "storage server s2", new IllegalStateException("slow down"));
                }),
            request("GET", "/x"));
    assertThat(answer.getStatusCode()).isEqualTo(503);
    assertThat(answer.getHeaders()).containsKey("Retry-After");
    assertThat(answer.getBody()).contains("storage server s2 is not available");
  }

  /** Where it is known when there is room again. */
  @Test
  void handle_limitThatIsReached_saysWhenToComeAgain() {
    for (Map<String, Object> detail :
        List.<Map<String, Object>>of(Map.of(), Map.of(Refusal.RETRY_AFTER, 15))) {
      APIGatewayProxyResponseEvent answer =
          with(
              Route.of(
                  "GET",
                  "/x",
                  NOTHING,
                  _ -> {
                    throw new Refusal(ErrorCode.TOOMANYREQUESTS, "full", detail);
                  }),
              request("GET", "/x"));
      assertThat(answer.getStatusCode()).isEqualTo(429);
      assertThat(answer.getHeaders()).containsEntry("Retry-After", detail.isEmpty() ? "2" : "15");
    }
  }

  @Test
  void handle_storageServersUnavailable_namesThemForPeopleAndPrograms() {
    APIGatewayProxyResponseEvent answer =
        with(
            Route.of(
                "GET",
                "/x",
                NOTHING,
                _ -> {
                  throw Unavailable.storageServers(
                      List.of("s1", "s2"), new IllegalStateException("slow down"));
                }),
            request("GET", "/x"));
    assertThat(answer.getStatusCode()).isEqualTo(503);
    assertThat(answer.getBody())
        .contains("storage servers s1, s2 are not available")
        .contains("\"storageServers\":[\"s1\",\"s2\"]");
  }

  @Test
  void handle_eventOfAnotherShape_isRefused() {
    assertThat(
            with(
                Route.of("GET", "/x", NOTHING, _ -> Answer.empty(200)),
                new APIGatewayProxyRequestEvent()))
        .satisfies(
            answer -> {
              assertThat(answer.getStatusCode()).isEqualTo(400);
              assertThat(answer.getBody()).contains("payload format 1.0");
            });
  }

  @Test
  void queryNumber_anythingButAWholeNumber_isRefused() {
    Route route =
        Route.of("GET", "/x", NOTHING, call -> Answer.json(200, call.queryNumber("from")));
    assertThat(with(route, request("GET", "/x")).getBody()).isEqualTo("0");
    assertThat(with(route, query("2147483647")).getBody()).isEqualTo("2147483647");
    for (String wrong : List.of("-1", "2147483648", "1.5", "", "abc", " 1")) {
      assertThat(with(route, query(wrong)).getStatusCode()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void stage_ofARestApi_standsBeforeThePath() {
    Route route = Route.of("GET", "/x", NOTHING, call -> Answer.json(200, call.stage()));
    APIGatewayProxyRequestEvent event = request("GET", "/x");
    assertThat(with(route, event).getBody()).isEqualTo("\"\"");
    ProxyRequestContext requestContext = new ProxyRequestContext();
    requestContext.setPath("/live/x");
    assertThat(with(route, event.withRequestContext(requestContext)).getBody())
        .isEqualTo("\"/live\"");
    // Clients of the edge do not name the stage.
    event.setHeaders(Map.of("x-lamella-edge", "1"));
    assertThat(with(route, event).getBody()).isEqualTo("\"\"");
  }

  @Test
  void handle_callerWhoMayNot_isDeniedBeforeTheEndpoint() {
    Need push = new Need.OnRepository(Action.PUSH);
    Need pull = new Need.OnImage(Action.PULL);
    Need administer = new Need.OnStore(Action.ADMINISTER);
    assertThat(denied(push, request("GET", "/v2/theirs/x"))).isEqualTo(403);
    assertThat(denied(push, request("GET", "/v2/mine/x"))).isEqualTo(204);
    assertThat(denied(push, request("GET", "/v2/NO/x"))).isEqualTo(400);
    assertThat(denied(pull, request("GET", "/v2/theirs/x"))).isEqualTo(400);
    assertThat(denied(pull, image("theirs"))).isEqualTo(403);
    assertThat(denied(pull, image("mine"))).isEqualTo(204);
    assertThat(denied(administer, request("GET", "/v2/mine/x"))).isEqualTo(403);
    assertThat(denied(NOTHING, request("GET", "/v2/theirs/x"))).isEqualTo(204);
    // It is the use case's to look; the endpoint gets the caller.
    assertThat(denied(new Need.InUseCase(Action.PULL), request("GET", "/v2/theirs/x")))
        .isEqualTo(204);
  }

  private static APIGatewayProxyRequestEvent image(String name) {
    return request("GET", "/v2/a/x").withQueryStringParameters(Map.of("image", name));
  }

  /** The answer to one who may do everything to {@code mine}, and nothing else. */
  private int denied(Need need, APIGatewayProxyRequestEvent event) {
    Caller caller =
        new Caller(
            "ci",
            new Permissions() {
              @Override
              public boolean allow(Action action, RepositoryName repository) {
                return repository.value().equals("mine");
              }

              @Override
              public boolean allowOnStore(Action action) {
                return false;
              }

              @Override
              public List<NamePattern> pullable() {
                return List.of(new NamePattern("mine"));
              }
            });
    Route route =
        Route.of(
            "GET",
            "/v2/{name+}/x",
            need,
            call -> {
              // Who asks is found out only where it matters.
              assertThat(call.caller()).isEqualTo(need.equals(NOTHING) ? Caller.NOBODY : caller);
              return Answer.empty(204);
            });
    Gateway gateway = new Gateway(new Router(List.of(route), _ -> caller));
    return gateway.handleRequest(event, context).getStatusCode();
  }

  private APIGatewayProxyResponseEvent with(Route route, APIGatewayProxyRequestEvent event) {
    return new Gateway(new Router(List.of(route), Callers.OPEN)).handleRequest(event, context);
  }

  private static APIGatewayProxyRequestEvent query(String from) {
    return request("GET", "/x").withQueryStringParameters(Map.of("from", from));
  }

  private static APIGatewayProxyRequestEvent request(String method, String path) {
    return new APIGatewayProxyRequestEvent().withHttpMethod(method).withPath(path);
  }
}
