package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.InvocationResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Whatever reaches a function through API Gateway, it answers, and what it refuses it refuses in
 * OCI form. The requests are drawn from what its routes look for and from what they do not expect.
 */
class AnyRequestTest extends StackTest {
  private static final int REQUESTS = 400;
  private static final int AT_ONCE = 8;
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final List<String> WRITES = List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final List<String> READS = List.of("GET", "HEAD");
  private static final List<String> ALL = Stream.of(READS, WRITES).flatMap(List::stream).toList();

  private static final List<String> SEGMENTS =
      List.of(
          "v2",
          "v1",
          "a",
          "team",
          "manifests",
          "blobs",
          "uploads",
          "tags",
          "list",
          "referrers",
          "_catalog",
          "images",
          "layers",
          "parts",
          "complete",
          "latest",
          DIGEST,
          "sha512:" + "0f".repeat(64),
          "sha256:12",
          "md5:00",
          "0123456789abcdef0123456789abcdef",
          "",
          ".",
          "..",
          "%2F",
          "%2e%2e",
          "%",
          "%zz",
          "%00",
          "%0A",
          "%ED%A0%80",
          "A",
          "✓",
          "+",
          "~",
          "%F0%9F%90%B3",
          "🐳".repeat(80) + "x",
          "a".repeat(300),
          "a-".repeat(120));

  private static final List<String> TEMPLATES =
      List.of(
          "/v2/a/manifests/*",
          "/v2/*/manifests/latest",
          "/v2/a/blobs/*",
          "/v2/a/blobs/uploads/*",
          "/v2/a/blobs/uploads/",
          "/v2/*/tags/list",
          "/v2/a/referrers/*",
          "/v2/_catalog",
          "/v1/uploads",
          "/v1/uploads/*",
          "/v1/uploads/*/parts",
          "/v1/uploads/*/complete",
          "/v1/images/*",
          "/v1/layers/*",
          "/v1/collections/*",
          "/v1/verifications/*",
          "/v1/verifications",
          "/token",
          "/v1/account",
          "/v1/accounts",
          "/v1/accounts/*",
          "/v1/accounts/*/grants",
          "/v1/accounts/*/secrets",
          "/v1/accounts/*/trusts",
          "/v1/keys");

  /** No route reads two of a group, so one request tries them all. */
  private static final List<Set<String>> GROUPS =
      List.of(
          Set.of("last", "mount", "reference", "scope"),
          Set.of("n", "artifactType", "from", "image", "service"),
          Set.of("digest", "tag", "now"),
          Set.of("digest-algorithm"));

  private static final List<String> PARAMETERS =
      GROUPS.stream().flatMap(Set::stream).sorted().toList();

  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "1",
          "-1",
          "99999999999",
          "x",
          "a",
          "team/app",
          DIGEST,
          "sha256:",
          "sha512:0",
          "../..",
          "🐳",
          "\u0000",
          " ",
          "a".repeat(3000));

  private static final List<String> HEADERS =
      List.of(
          "Content-Type",
          "content-range",
          "Range",
          "Content-Length",
          "Accept",
          "User-Agent",
          "authorization",
          "X-Lamella-Host",
          "X-Forwarded-Proto");

  private static final List<String> HEADER_VALUES =
      List.of(
          "",
          ManifestText.MANIFEST,
          ManifestText.INDEX,
          "application/json",
          ";",
          "0-9",
          "9-0",
          "bytes=0-",
          "bytes=-1",
          "bytes 0-1/2",
          "99999999999999999999-1",
          "*/*",
          "🐳",
          "-5");

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options).withEnvironment(StackTest::withIdentity);
  }

  @ParameterizedTest
  @CsvSource({
    "MetadataFunction, 1", "MetadataFunction, 2",
    "UploadCoordinatorFunction, 3", "UploadCoordinatorFunction, 4",
    "IdentityFunction, 5", "IdentityFunction, 6",
    "AuditorFunction, 7"
  })
  void request_ofAnyForm_isAnsweredInForm(String function, int seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < REQUESTS; i++) {
      Map<String, Object> event = event(methods(function), random);
      byte[] json = Json.write(event);
      assertInForm(
          stack().lambda().invoke(physicalName(function), json),
          "seed " + seed + ", request " + i + ": " + event);
    }
  }

  private String module(String function) {
    return stack().template().function(function).module();
  }

  private static List<String> methods(String function) {
    return switch (function) {
      case "MetadataFunction" -> READS;
      case "UploadCoordinatorFunction" -> WRITES;
      default -> ALL;
    };
  }

  /** The trail is there all the same, where the store takes everybody alike. */
  @Test
  void audit_ofAStoreThatAsksNobody_saysAnybody() throws Exception {
    assertThat(host().call("GET", "/v2/none/app/manifests/v1", "").statusCode()).isEqualTo(404);

    JsonNode page = Json.tree(host().call("GET", "/v1/audit?image=none/app", "").body());
    assertThat(page.path("events").size()).isEqualTo(1);
    JsonNode event = page.path("events").get(0);
    assertThat(event.path("account").asString()).isEqualTo("anybody");
    assertThat(event.path("action").asString()).isEqualTo("pull");
    assertThat(event.path("status").asInt()).isEqualTo(404);
    assertThat(event.path("source").asString()).isEqualTo("127.0.0.1");
  }

  /**
   * Each parameter of each route, one at a time for the route, gets each odd value: keys of the
   * table and of the storage servers have limits of their own.
   */
  @Test
  void parameter_ofAnyRoute_withAnyValue_isAnsweredInForm() throws Exception {
    int routes = 0;
    List<Callable<Void>> requests = new ArrayList<>();
    for (String function :
        List.of(
            "MetadataFunction",
            "UploadCoordinatorFunction",
            "IdentityFunction",
            "AuditorFunction")) {
      for (OddParameters.Route route : OddParameters.routes(module(function))) {
        routes++;
        for (Map<String, Object> event : OddParameters.events(route, GROUPS)) {
          requests.add(
              () -> {
                assertInForm(
                    stack().lambda().invoke(physicalName(function), Json.write(event)),
                    function + " " + event);
                return null;
              });
        }
      }
    }
    assertThat(routes).as("routes that were found").isGreaterThan(20);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Void> answered : threads.invokeAll(requests)) {
        answered.get();
      }
    }
  }

  private static void assertInForm(InvocationResult result, String what) {
    assertThat(result).as(what).isInstanceOf(InvocationResult.Completed.class);
    JsonNode answer = Json.tree(((InvocationResult.Completed) result).payload());
    int status = answer.path("statusCode").asInt();
    assertThat(status).as(what + " → " + answer).isBetween(200, 499);
    if (status < 400) {
      return;
    }
    byte[] body = answer.path("body").asString("").getBytes(StandardCharsets.UTF_8);
    ErrorAnswer.Entry error = Json.read(body, ErrorAnswer.class).errors().getFirst();
    assertThat(ErrorCode.valueOf(error.code())).as(what).isNotEqualTo(ErrorCode.INTERNAL);
    assertThat(error.message()).as(what).isNotBlank().doesNotContain("dev.lamella", "Exception");
  }

  private static Map<String, Object> event(List<String> methods, Random random) {
    Map<String, Object> event = new LinkedHashMap<>();
    String path = path(random);
    event.put("httpMethod", any(methods, random));
    event.put("path", path);
    event.put("headers", some(HEADERS, HEADER_VALUES, random));
    event.put("queryStringParameters", some(PARAMETERS, VALUES, random));
    event.put("requestContext", Map.of("path", any(List.of("", "/live", "x"), random) + path));
    String body = any(OddParameters.BODIES, random);
    boolean isBinary = random.nextBoolean();
    event.put("isBase64Encoded", isBinary);
    event.put(
        "body",
        isBinary && random.nextInt(10) > 0
            ? Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8))
            : body);
    return event;
  }

  private static String path(Random random) {
    if (random.nextInt(3) > 0) {
      return any(TEMPLATES, random).replace("*", any(SEGMENTS, random));
    }
    return Stream.generate(() -> any(SEGMENTS, random))
        .limit(random.nextInt(1, 9))
        .collect(Collectors.joining("/", random.nextInt(9) == 0 ? "" : "/", ""));
  }

  private static Map<String, String> some(List<String> names, List<String> values, Random random) {
    Map<String, String> some = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.put(any(names, random), any(values, random));
    }
    return some;
  }

  private static <T> T any(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }
}
