package dev.lamella.local.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamella.local.gateway.EdgeRule.EdgeAnswer;
import dev.lamella.local.template.EdgeFunctionCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One table of cases, for the rule in Java and for the very function of the template. */
class EdgeRuleTest {
  private static final String STAGING = "https://staging.example/uploads/";
  private static final String PLACE =
      STAGING
          + "1?X-Amz-Credential=K%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Expires=3600";

  /**
   * @param to as it stands in the query, or empty
   * @param status 0 where the request passes
   */
  private record Case(
      String method, Optional<Long> length, String agent, Optional<String> to, int status) {
    Case(String method, Optional<Long> length, Optional<String> to, int status) {
      this(method, length, "containerd/2.4.2", to, status);
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case("PUT", Optional.of(EdgeRule.LARGEST + 1), Optional.of(encoded(PLACE)), 307),
          new Case("PUT", Optional.of(5L << 30), Optional.of(encoded(PLACE)), 307),
          new Case("PUT", Optional.of((5L << 30) + 1), Optional.of(encoded(PLACE)), 413),
          new Case("PUT", Optional.of(EdgeRule.LARGEST), Optional.of(encoded(PLACE)), 0),
          new Case("PUT", Optional.of(0L), Optional.of(encoded(PLACE)), 0),
          new Case("PUT", Optional.empty(), Optional.of(encoded(PLACE)), 0),
          new Case("PATCH", Optional.empty(), Optional.empty(), 0),
          new Case("PATCH", Optional.of(EdgeRule.LARGEST), Optional.empty(), 0),
          new Case("GET", Optional.empty(), Optional.empty(), 0),
          new Case("PATCH", Optional.of(EdgeRule.LARGEST + 1), Optional.of(encoded(PLACE)), 413),
          new Case("POST", Optional.of(EdgeRule.LARGEST + 1), Optional.of(encoded(PLACE)), 413),
          new Case("PUT", Optional.of(EdgeRule.LARGEST + 1), Optional.empty(), 413),
          new Case("PUT", Optional.of(EdgeRule.LARGEST + 1), Optional.of(""), 413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              "docker/29.0.1 go/go1.25 UpstreamClient(Docker-Client/29.0.1)",
              Optional.of(encoded(PLACE)),
              307),
          new Case("PUT", Optional.of(5_000_000L), "", Optional.of(encoded(PLACE)), 307),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              "containerd/1.6.20~ds1",
              Optional.of(encoded(PLACE)),
              413),
          new Case(
              "PUT", Optional.of(5_000_000L), "containerd/2.1.6", Optional.of(encoded(PLACE)), 413),
          new Case(
              "PUT", Optional.of(5_000_000L), "containerd/2.2.0", Optional.of(encoded(PLACE)), 307),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              "docker/28.5.2 go/go1.24 UpstreamClient(Docker-Client/28.5.2)",
              Optional.of(encoded(PLACE)),
              413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              "docker/20.10.24+dfsg1",
              Optional.of(encoded(PLACE)),
              413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              "regclient/regctl (v0.11.7)",
              Optional.of(encoded(PLACE)),
              413),
          // No open redirect.
          new Case(
              "PUT", Optional.of(5_000_000L), Optional.of("https%3A%2F%2Fevil.example%2F"), 413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              Optional.of(encoded("https://staging.example.evil.example/uploads/1")),
              413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              Optional.of(encoded("//staging.example/uploads/")),
              413),
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              Optional.of(encoded("https://staging.example/")),
              413),
          // No header of somebody else's making.
          new Case(
              "PUT",
              Optional.of(5_000_000L),
              Optional.of(encoded(PLACE + "\r\nSet-Cookie: a=b")),
              413),
          new Case("PUT", Optional.of(5_000_000L), Optional.of(encoded(PLACE + " x")), 413),
          new Case("PUT", Optional.of(5_000_000L), Optional.of(encoded(STAGING + "\u00fc")), 413),
          new Case("PUT", Optional.of(5_000_000L), Optional.of("%zz"), 413));

  private static final String BYTES = "application/octet-stream";
  private static final String HOST = "store.example:5000";

  /**
   * A request that passes, which says that it names another host.
   *
   * @param type what the API gets as its Content-Type, for text/plain that the client sent
   */
  private record Passed(String method, String path, String type) {}

  private static final List<Passed> PASSED =
      List.of(
          new Passed("PATCH", "/v2/a/blobs/uploads/1", BYTES),
          new Passed("PUT", "/v2/a/b/blobs/uploads/1", BYTES),
          new Passed("PUT", "/v2/a%2Fb/blobs/uploads/1", BYTES),
          new Passed("POST", "/v2/a/blobs/uploads/", BYTES),
          new Passed("POST", "/v2/a/blobs/uploads", BYTES),
          new Passed("GET", "/v2/a/blobs/uploads/1", "text/plain"),
          new Passed("DELETE", "/v2/a/blobs/uploads/1", "text/plain"),
          new Passed("PUT", "/v2/a/manifests/1", "text/plain"),
          new Passed("PUT", "/v2/a/blobs/uploads/manifests/1", "text/plain"),
          new Passed("PUT", "/v2/a/blobs/manifests/uploads", "text/plain"),
          new Passed("PUT", "/v2/a/blobs/uploads%2F1", "text/plain"),
          new Passed("POST", "/v2/blobs/uploads/", "text/plain"),
          new Passed("POST", "/v1/uploads", "text/plain"));

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Test
  void answer_ofTheJavaRule_isAsTheTableSays() throws IOException {
    EdgeRule rule = new EdgeRule(STAGING, Optional.empty());
    for (Case each : CASES) {
      Optional<EdgeAnswer> answer =
          rule.answer(each.method(), each.length().orElse(0L), each.agent(), to(each));
      assertThat(answer.map(EdgeAnswer::status).orElse(0))
          .as(each.toString())
          .isEqualTo(each.status());
      assertThat(answer.flatMap(EdgeRuleTest::location))
          .as(each.toString())
          .isEqualTo(each.status() == 307 ? Optional.of(PLACE) : Optional.empty());
    }
  }

  @Test
  void answer_ofTheTemplatesFunction_isTheJavaRules(@TempDir Path directory) throws Exception {
    JsonNode answers =
        runInNode(directory, "off", CASES.stream().map(EdgeRuleTest::event).toList());
    EdgeRule rule = new EdgeRule(STAGING, Optional.empty());
    assertThat(answers).hasSize(CASES.size());
    for (int i = 0; i < CASES.size(); i++) {
      Case each = CASES.get(i);
      JsonNode answer = answers.get(i);
      Optional<EdgeAnswer> expected =
          rule.answer(each.method(), each.length().orElse(0L), each.agent(), to(each));
      assertThat(answer.path("statusCode").asInt()).as(each.toString()).isEqualTo(each.status());
      assertThat(answer.path("headers").path("location").path("value").asString(""))
          .as(each.toString())
          .isEqualTo(expected.flatMap(EdgeRuleTest::location).orElse(""));
      assertThat(answer.path("body").path("data").asString(""))
          .as(each.toString())
          .isEqualTo(expected.map(EdgeAnswer::json).orElse(""));
    }
  }

  @Test
  void headers_ofTheJavaRule_areAsTheTableSays() {
    EdgeRule rule = new EdgeRule(STAGING, Optional.empty());
    for (Passed each : PASSED) {
      Map<String, String> headers = rule.headers(each.method(), each.path(), HOST);
      assertThat(headers.getOrDefault("content-type", "text/plain"))
          .as(each.toString())
          .isEqualTo(each.type());
      assertThat(headers.get("x-lamella-host")).as(each.toString()).isEqualTo(HOST);
    }
  }

  @Test
  void headers_ofTheTemplatesFunction_areAsTheTableSays(@TempDir Path directory) throws Exception {
    JsonNode requests =
        runInNode(directory, "off", PASSED.stream().map(EdgeRuleTest::event).toList());
    assertThat(requests).hasSize(PASSED.size());
    for (int i = 0; i < PASSED.size(); i++) {
      Passed each = PASSED.get(i);
      JsonNode request = requests.get(i);
      assertThat(request.path("uri").asString("")).isEqualTo(each.path());
      assertThat(request.path("headers").path("content-type").path("value").asString(""))
          .as(each.toString())
          .isEqualTo(each.type());
      assertThat(request.path("headers").path("x-lamella-host").path("value").asString(""))
          .as(each.toString())
          .isEqualTo(HOST);
    }
  }

  /**
   * A request to a store that asks to sign in.
   *
   * @param challenge what it is told besides realm and service; empty where the request passes
   */
  private record Unknown(
      String method, String path, String authorization, Optional<String> challenge) {}

  private static final List<Unknown> UNKNOWN =
      List.of(
          new Unknown("GET", "/v2/", "", Optional.of("")),
          new Unknown("GET", "/v2", "", Optional.of("")),
          new Unknown("GET", "/v2/_catalog", "", scope("registry:catalog:*")),
          new Unknown("HEAD", "/v2/a/b/manifests/1", "", scope("repository:a/b:pull")),
          new Unknown("GET", "/v2/a/tags/list", "", scope("repository:a:pull")),
          new Unknown("POST", "/v2/a/blobs/uploads/", "", scope("repository:a:pull,push")),
          new Unknown("PATCH", "/v2/a/blobs/uploads/1", "", scope("repository:a:pull,push")),
          new Unknown("PUT", "/v2/a/manifests/1", "", scope("repository:a:pull,push")),
          new Unknown("DELETE", "/v2/a/manifests/1", "", scope("repository:a:delete")),
          // No header of somebody else's making.
          new Unknown("GET", "/v2/a\",error=\"x/manifests/1", "", Optional.of("")),
          new Unknown("GET", "/v2/a%22b/manifests/1", "", Optional.of("")),
          new Unknown("GET", "/v2/", "Basic YTpi", Optional.of(",error=\"invalid_token\"")),
          new Unknown("GET", "/v2/", "Bearer x", Optional.of(",error=\"invalid_token\"")),
          new Unknown("GET", "/v2/", "Bearer a.!.c", Optional.of(",error=\"invalid_token\"")),
          new Unknown("GET", "/v2/", token("{}"), Optional.of(",error=\"invalid_token\"")),
          new Unknown("GET", "/v2/", token("{\"exp\":1}"), Optional.of(",error=\"invalid_token\"")),
          new Unknown("GET", "/v2/", token("{\"exp\":99999999999}"), Optional.empty()),
          new Unknown(
              "GET",
              "/v2/",
              token("{\"exp\":99999999999}").replace("Bearer", "bearer"),
              Optional.empty()),
          new Unknown("GET", "/token", "", Optional.empty()),
          new Unknown("GET", "/v1/images", "", Optional.empty()),
          new Unknown("GET", "/v22/", "", Optional.empty()),
          new Unknown("GET", "/", "", Optional.empty()));

  private static Optional<String> scope(String scope) {
    return Optional.of(",scope=\"" + scope + "\"");
  }

  private static String token(String claims) {
    return "Bearer e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".x";
  }

  @Test
  void challenge_ofTheJavaRule_isAsTheTableSays() {
    EdgeRule rule = new EdgeRule(STAGING, Optional.of("store"));
    for (Unknown each : UNKNOWN) {
      assertThat(
              rule.challenge(
                      each.method(),
                      each.path(),
                      "https://" + HOST,
                      each.authorization(),
                      Instant.now())
                  .map(answer -> answer.headers().getOrDefault("www-authenticate", "")))
          .as(each.toString())
          .isEqualTo(each.challenge().map(EdgeRuleTest::value));
    }
  }

  @Test
  void challenge_ofAStoreThatAsksNobody_isNone() {
    EdgeRule rule = new EdgeRule(STAGING, Optional.empty());
    for (Unknown each : UNKNOWN) {
      assertThat(rule.challenge(each.method(), each.path(), HOST, "", Instant.now())).isEmpty();
    }
  }

  @Test
  void challenge_ofTheTemplatesFunction_isTheJavaRules(@TempDir Path directory) throws Exception {
    JsonNode answers =
        runInNode(directory, "on", UNKNOWN.stream().map(EdgeRuleTest::event).toList());
    EdgeRule rule = new EdgeRule(STAGING, Optional.of("store"));
    assertThat(answers).hasSize(UNKNOWN.size());
    for (int i = 0; i < UNKNOWN.size(); i++) {
      Unknown each = UNKNOWN.get(i);
      JsonNode answer = answers.get(i);
      Optional<EdgeAnswer> expected =
          rule.challenge(
              each.method(), each.path(), "https://" + HOST, each.authorization(), Instant.now());
      assertThat(answer.path("statusCode").asInt())
          .as(each.toString())
          .isEqualTo(expected.map(EdgeAnswer::status).orElse(0));
      assertThat(answer.path("headers").path("www-authenticate").path("value").asString(""))
          .as(each.toString())
          .isEqualTo(each.challenge().map(EdgeRuleTest::value).orElse(""));
      assertThat(answer.path("body").path("data").asString(""))
          .as(each.toString())
          .isEqualTo(each.method().equals("HEAD") ? "" : expected.map(EdgeAnswer::json).orElse(""));
    }
  }

  private static String value(String rest) {
    return "Bearer realm=\"https://" + HOST + "/token\",service=\"store\"" + rest;
  }

  private static String event(Unknown each) {
    return "{request: {method: '%s', uri: '%s', querystring: {}, headers: {host: {value: '%s'}%s}}}"
        .formatted(
            each.method(),
            each.path(),
            HOST,
            each.authorization().isEmpty()
                ? ""
                : ", authorization: {value: '%s'}".formatted(each.authorization()));
  }

  private static Optional<String> location(EdgeAnswer answer) {
    return Optional.ofNullable(answer.headers().get("location"));
  }

  private static Optional<String> to(Case each) {
    return each.to().flatMap(to -> Edge.to("digest=sha256%3A0&to=" + to));
  }

  private static String event(Case each) {
    return "{request: {method: '%s', uri: '/v2/a/blobs/uploads/1', querystring: {%s}, headers: {%s%s}}}"
        .formatted(
            each.method(),
            each.to().map("to: {value: '%s'}"::formatted).orElse(""),
            each.length().map("'content-length': {value: '%d'}, "::formatted).orElse(""),
            each.agent().isEmpty() ? "" : "'user-agent': {value: '%s'}".formatted(each.agent()));
  }

  private static String event(Passed each) {
    return ("{request: {method: '%s', uri: '%s', querystring: {}, headers: {'content-type': {value:"
            + " 'text/plain'}, 'host': {value: '%s'}, 'x-lamella-host': {value:"
            + " 'other.example'}}}}")
        .formatted(each.method(), each.path(), HOST);
  }

  private static JsonNode runInNode(Path directory, String signIn, List<String> events)
      throws IOException, InterruptedException {
    Path script = directory.resolve("edge.js");
    Files.writeString(
        script,
        EdgeFunctionCode.of(Path.of("../template.yaml"), STAGING, signIn)
            + "\nconsole.log(JSON.stringify([%s].map(handler)));"
                .formatted(String.join(",", events)));
    Process node;
    try {
      node = new ProcessBuilder("node", script.toString()).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(
          false,
          "the template's edge function is not run: there is no `node`. Install Node.js 18 or"
              + " newer");
      throw e;
    }
    try (OutputStream _ = node.getOutputStream()) {
      String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(node.waitFor()).as(output).isZero();
      return new JsonMapper().readTree(output);
    }
  }
}
