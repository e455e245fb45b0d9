package dev.lamella.gateway;

import static dev.lamella.core.access.Action.DELETE;
import static dev.lamella.core.access.Action.PULL;
import static dev.lamella.core.access.Action.PUSH;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.RequestIdentity;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final Caller NONE = new Caller("ci", new Access(Map.of(), List.of(), false));

  private final FakeContext context = new FakeContext();

  @Test
  void line_ofAPush_saysWhoDidWhatFromWhere() {
    Route put =
        route(
            "PUT", AuditAction.PUSH, PUSH, Answer.empty(201).with("Docker-Content-Digest", DIGEST));

    AuditEvent event =
        only(put, Caller.ANYBODY, call("PUT", "/v2/team/app/manifests/v1").withBody("{é}"));

    assertThat(event.action()).isEqualTo("push");
    assertThat(event.account()).isEqualTo("anybody");
    assertThat(event.image()).contains("team/app");
    assertThat(event.reference()).contains("v1");
    assertThat(event.digest()).contains(DIGEST);
    assertThat(event.status()).isEqualTo(201);
    assertThat(event.bytes()).contains(4L);
    assertThat(event.source()).isEqualTo("192.0.2.7");
    assertThat(event.agent()).isEqualTo("docker/29");
    assertThat(event.request()).isEqualTo(FakeContext.REQUEST_ID);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, PULL, 200, true",
    "GET, PULL, 307, true",
    "GET, PULL, 404, true",
    "HEAD, PULL, 200, false",
    "HEAD, PULL, 404, false",
    "HEAD, PULL, 307, true",
    "GET, OTHER, 200, false",
    "GET, OTHER, 404, false",
    "GET, OTHER, 403, true",
    "GET, OTHER, 401, true",
    "HEAD, PULL, 401, true",
    "POST, UPLOAD, 201, true",
    "POST, UPLOAD, 202, false",
    "POST, UPLOAD, 416, false",
    "POST, UPLOAD, 401, true",
    "DELETE, DELETE, 202, true",
    "PUT, PUSH, 400, true",
    "POST, ACCOUNT, 500, true",
  })
  void line_isLeftByWhatChangesOrGivesAwayOrIsRefused(
      String method, AuditAction action, int status, boolean isKept) {
    APIGatewayProxyRequestEvent call = call(method, "/v2/app/manifests/v1");
    call.getHeaders().put("authorization", "Bearer x");

    List<AuditEvent> events =
        events(route(method, action, PULL, Answer.empty(status)), Caller.ANYBODY, call);

    assertThat(events).hasSize(isKept ? 1 : 0);
  }

  /** Every client begins so: it would drown what matters, and anybody could write it. */
  @Test
  void line_ofACallWithoutATokenThatIsToldToSignIn_isNotWritten() {
    Route delete = route("DELETE", AuditAction.DELETE, DELETE, Answer.empty(202));
    Callers callers =
        new Callers() {
          @Override
          public Caller of(Call call) {
            return Caller.NOBODY;
          }
        };
    var _ =
        new Gateway(new Router(List.of(delete), callers))
            .handleRequest(call("DELETE", "/v2/app/manifests/v1"), context);
    assertThat(lines()).isEmpty();
  }

  @Test
  void line_ofWhoIsDenied_namesItAndWhatItTried() {
    AuditEvent event =
        only(
            route("DELETE", AuditAction.DELETE, DELETE, Answer.empty(202)),
            NONE,
            call("DELETE", "/v2/team/app/manifests/v1"));

    assertThat(event.account()).isEqualTo("ci");
    assertThat(event.action()).isEqualTo("delete");
    assertThat(event.image()).contains("team/app");
    assertThat(event.status()).isEqualTo(403);
  }

  @Test
  void line_ofAFault_isWrittenToo() {
    Route route =
        Route.of(
                "DELETE",
                "/v2/{name+}/manifests/{reference}",
                new Need.OnRepository(DELETE),
                _ -> {
                  throw new IllegalStateException("half done");
                })
            .audited(AuditAction.DELETE);
    assertThat(only(route, Caller.ANYBODY, call("DELETE", "/v2/app/manifests/v1")).status())
        .isEqualTo(500);
  }

  @Test
  void line_ofASignIn_isWrittenWhereSomethingWasShown() {
    assertThat(signIn(200, false)).isEmpty();
    assertThat(signIn(200, true)).hasSize(1);
    assertThat(signIn(401, true)).hasSize(2);
    assertThat(signIn(401, false)).hasSize(3);
  }

  private List<AuditEvent> signIn(int status, boolean isProof) {
    Route route =
        Route.of(
                "GET",
                "/token",
                new Need.Nothing(),
                call -> {
                  if (isProof) {
                    call.notes().proof("secret").account("anna");
                  }
                  return Answer.empty(status);
                })
            .audited(AuditAction.SIGN_IN);
    return events(route, Caller.ANYBODY, call("GET", "/token"));
  }

  /** One event is one line, whatever a caller writes: none is forged, and none is broken. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\n{\"audit\":{\"account\":\"administrator\"}}",
        "x\r\nSTART",
        "\",\"account\":\"administrator\",\"x\":\"",
        "\\",
        "\u001b[2J\u0000\u007f\u0085\u2028\u2029",
        "\ud800",
        "' || $.audit.status = 200 }",
      })
  void line_ofAnyTextOfACaller_isOneLineWithItsOwnFieldsAlone(String text) {
    for (String hostile : List.of(text, text.repeat(10_000 / text.length()))) {
      APIGatewayProxyRequestEvent call = call("GET", "/v2/app/manifests/" + hostile);
      call.setVersion("1.0");
      call.getHeaders().put("User-Agent", hostile);
      call.getHeaders().put("X-Forwarded-For", "203.0.113.9");
      call.getHeaders().put("X-Real-IP", "203.0.113.9");
      call.setQueryStringParameters(Map.of("image", hostile));
      FakeContext own = new FakeContext();
      var _ =
          new Gateway(
                  new Router(
                      List.of(route("GET", AuditAction.PULL, PULL, Answer.empty(200))), _ -> NONE))
              .handleRequest(call, own);

      List<String> lines = lines(own);
      // A break is no part of a path that a route has.
      for (String line : lines) {
        assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8_000);
        AuditEvent event = parse(line);
        assertThat(event.account()).isEqualTo("ci");
        assertThat(event.status()).isEqualTo(403);
        assertThat(event.source()).isEqualTo("192.0.2.7");
        assertThat(event.agent()).hasSizeLessThanOrEqualTo(AuditEvent.LONGEST);
        assertThat(line.codePoints().filter(Character::isISOControl)).isEmpty();
      }
      assertThat(lines).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void line_ofACallWithAToken_hasNoTokenInIt() {
    APIGatewayProxyRequestEvent call = call("GET", "/v2/app/manifests/v1");
    call.getHeaders().put("Authorization", "Bearer very-secret-token");
    AuditEvent event =
        only(route("GET", AuditAction.PULL, PULL, Answer.empty(200)), Caller.ANYBODY, call);
    assertThat(event.toString()).doesNotContain("very-secret");
  }

  private static Route route(
      String method, AuditAction action, dev.lamella.core.access.Action need, Answer answer) {
    return Route.of(
            method.equals("HEAD") ? "GET" : method,
            "/v2/{name+}/manifests/{reference}",
            new Need.OnRepository(need),
            _ -> answer)
        .audited(action);
  }

  private AuditEvent only(Route route, Caller caller, APIGatewayProxyRequestEvent call) {
    List<AuditEvent> events = events(route, caller, call);
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  private List<AuditEvent> events(Route route, Caller caller, APIGatewayProxyRequestEvent call) {
    var _ = new Gateway(new Router(List.of(route), _ -> caller)).handleRequest(call, context);
    return lines().stream().map(AuditTest::parse).toList();
  }

  private List<String> lines() {
    return lines(context);
  }

  private static List<String> lines(FakeContext context) {
    return context.log().lines().filter(line -> line.startsWith("{\"audit\":")).toList();
  }

  private static AuditEvent parse(String line) {
    return Json.read(line.getBytes(StandardCharsets.UTF_8), AuditEvent.Line.class).audit();
  }

  private static APIGatewayProxyRequestEvent call(String method, String path) {
    RequestIdentity identity = new RequestIdentity();
    identity.setSourceIp("192.0.2.7");
    ProxyRequestContext requestContext = new ProxyRequestContext();
    requestContext.setIdentity(identity);
    return new APIGatewayProxyRequestEvent()
        .withHttpMethod(method)
        .withPath(path)
        .withHeaders(new HashMap<>(Map.of("User-Agent", "docker/29")))
        .withRequestContext(requestContext);
  }
}
