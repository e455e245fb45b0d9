package dev.lamella.tests;

import static dev.lamella.core.access.Action.DELETE;
import static dev.lamella.core.access.Action.OVERWRITE;
import static dev.lamella.core.access.Action.PULL;
import static dev.lamella.core.access.Action.PUSH;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Each caller at each route of both sides, over services of which each request is counted and none
 * is granted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NeedTest {
  /**
   * What each route needs, said once more: a new one is here, or this test fails. Where the use
   * case looks at a record or fills a list, {@link TenantsTest} tries it.
   */
  private static final String NEEDS =
      """
      GET /v2/? to be known
      GET /v2/_catalog/? PULL in the use case
      GET /v2/{name+}/tags/list/? PULL
      GET /v2/{name+}/manifests/{reference} PULL
      GET /v2/{name+}/referrers/{digest} PULL
      GET /v2/{name+}/blobs/{digest} PULL
      GET /v2/{name+}/blobs/uploads/{id} PUSH
      GET /v1/images/? PULL in the use case
      GET /v1/images/{name+} PULL
      GET /v1/layers/{digest} PULL by image
      GET /v1/uploads/{id} PUSH in the use case
      GET /v1/collections/? ADMINISTER
      GET /v1/collections/{id} ADMINISTER
      GET /v1/verifications/? ADMINISTER
      GET /v1/verifications/{id} ADMINISTER
      POST /v1/uploads/? PUSH in the use case
      POST /v1/uploads/unsized PUSH in the use case
      POST /v1/uploads/{id}/parts PUSH in the use case
      POST /v1/uploads/{id}/complete PUSH in the use case
      DELETE /v1/uploads/{id} PUSH in the use case
      POST /v1/collections/? ADMINISTER
      POST /v1/verifications/? ADMINISTER
      POST /v2/{name+}/blobs/uploads/? PUSH
      PATCH /v2/{name+}/blobs/uploads/{id} PUSH
      PUT /v2/{name+}/blobs/uploads/{id} PUSH
      DELETE /v2/{name+}/blobs/uploads/{id} PUSH
      DELETE /v2/{name+}/blobs/{digest} DELETE
      PUT /v2/{name+}/manifests/{reference} PUSH
      DELETE /v2/{name+}/manifests/{reference} DELETE
      GET /token/? nothing
      POST /token/? nothing
      GET /v1/account/? to be known
      GET /v1/accounts/? ADMINISTER
      POST /v1/accounts/? ADMINISTER
      GET /v1/accounts/{name} ADMINISTER
      DELETE /v1/accounts/{name} ADMINISTER
      PUT /v1/accounts/{name}/grants ADMINISTER
      PUT /v1/accounts/{name}/trusts ADMINISTER
      PUT /v1/accounts/{name}/limits ADMINISTER
      POST /v1/accounts/{name}/secrets ADMINISTER
      POST /v1/keys/? ADMINISTER
      GET /v1/audit/? ADMINISTER
      """;

  /** Requests whose body says which repository they are about. */
  private static final Map<String, String> BODIES =
      Map.of(
          "/v1/uploads/?", "{\"image\":\"%s\",\"layers\":[]}",
          "/v1/uploads/unsized", "{\"image\":\"%s\"}");

  private static final String IMAGE = "team/app";
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final Caller ADMINISTRATOR =
      new Caller("root", new Access(Map.of(), List.of(), true));

  /** Requests that reached any service. */
  private final AtomicInteger requests = new AtomicInteger();

  private HttpServer services;
  private Api api;

  @BeforeAll
  void start() throws IOException {
    services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] refusal =
        "{\"__type\":\"x#ResourceNotFoundException\",\"message\":\"none\"}".getBytes(UTF_8);
    services.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(400, refusal.length);
          exchange.getResponseBody().write(refusal);
          exchange.close();
        });
    services.start();
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("AWS_REGION", "eu-central-1"),
            Map.entry("AWS_ACCESS_KEY_ID", "key"),
            Map.entry("AWS_SECRET_ACCESS_KEY", "secret"),
            Map.entry("AWS_ENDPOINT_URL", "http://127.0.0.1:" + services.getAddress().getPort()),
            Map.entry("TABLE", "table"),
            Map.entry("STAGING_BUCKET", "staging"),
            Map.entry("MANIFEST_BUCKET", "manifests"),
            Map.entry("ASSEMBLED_BUCKET", "assembled"),
            Map.entry(
                "STORAGE_SERVERS",
                "[{\"id\":\"s0\",\"bucket\":\"s0\",\"region\":\"eu-central-1\",\"weight\":1,"
                    + "\"state\":\"active\"}]"),
            Map.entry("ACCESS_TABLE", "access"),
            Map.entry("SERVICE", "store"),
            Map.entry("ADMINISTRATOR_SECRET", "administrator"),
            Map.entry("SIGNING_KEY_SECRET", "signing-key"),
            Map.entry("AUDIT_LOGS", "one,two"),
            Map.entry("SHARD_WRITER", "shard-writer"),
            Map.entry("ASSEMBLER", "assembler"),
            Map.entry("VERIFIER", "verifier"),
            Map.entry("JANITOR", "janitor"));
    api = Api.of(environment, environment).withIdentity(environment).withAudit(environment);
  }

  @AfterAll
  void stop() {
    services.stop(0);
  }

  @Test
  void routes_ofAllSides_needWhatIsWrittenHere() {
    assertThat(routes().map(route -> said(route.method(), route.template(), route.need())))
        .containsExactlyInAnyOrderElementsOf(NEEDS.lines().toList());
  }

  /** Nothing is read or written for who is refused; who has the action is never denied. */
  @Test
  void everyRoute_everyCaller_isDeniedFirstOrNot() {
    List<Set<Action>> sets =
        List.of(
            Set.of(),
            Set.of(PULL),
            Set.of(PUSH),
            Set.of(DELETE),
            Set.of(OVERWRITE),
            Set.of(PULL, PUSH),
            Set.of(PULL, PUSH, OVERWRITE, DELETE));
    List<String> wrong = new ArrayList<>();
    for (Route route : routes().toList()) {
      for (String image : List.of(IMAGE, "team/other")) {
        for (Set<Action> actions : sets) {
          String found = outcome(Api.caller(actions, IMAGE), route, image);
          boolean may = may(image.equals(IMAGE) ? actions : Set.of(), route);
          if (!found.equals(may ? "not denied" : "denied")) {
            wrong.add(route.method() + route.template() + image + actions + ": " + found);
          }
        }
      }
      assertThat(outcome(ADMINISTRATOR, route, IMAGE)).isNotEqualTo("denied");
      assertThat(outcome(Caller.ANYBODY, route, IMAGE)).isNotEqualTo("denied");
      assertThat(outcome(Caller.NOBODY, route, IMAGE))
          .isEqualTo(route.need() instanceof Need.Nothing ? "not denied" : "to sign in");
    }
    assertThat(wrong).isEmpty();
    assertThat(requests.get()).as("what is allowed reaches the services").isPositive();
  }

  private Stream<Route> routes() {
    return Stream.of(api.reads(), api.writes(), api.identity(), api.audit())
        .flatMap(List::stream)
        .filter(route -> !route.method().isEmpty());
  }

  private static String said(String method, String template, Need need) {
    return method
        + " "
        + template
        + " "
        + switch (need) {
          case Need.Nothing() -> "nothing";
          case Need.SignIn() -> "to be known";
          case Need.OnRepository(Action action) -> action.toString();
          case Need.OnStore(Action action) -> action.toString();
          case Need.OnImage(Action action) -> action + " by image";
          case Need.InUseCase(Action action) -> action + " in the use case";
        };
  }

  /** What cannot be told without a record, or is a list, is denied to nobody. */
  private static boolean may(Set<Action> actions, Route route) {
    return switch (route.need()) {
      case Need.Nothing(), Need.SignIn() -> true;
      case Need.OnRepository(Action action) -> actions.contains(action);
      case Need.OnImage(Action action) -> actions.contains(action);
      case Need.OnStore _ -> false;
      case Need.InUseCase(Action action) ->
          !BODIES.containsKey(route.template()) || actions.contains(action);
    };
  }

  private String outcome(Caller caller, Route route, String image) {
    int before = requests.get();
    String path =
        route
            .template()
            .replace("/?", "")
            .replace("{name+}", image)
            .replace("{name}", "ci")
            .replace("{digest}", "sha256:" + "1".repeat(64))
            .replace("{reference}", "latest")
            .replace("{id}", ID);
    byte[] body = BODIES.getOrDefault(route.template(), "{}").formatted(image).getBytes(UTF_8);
    try {
      var _ = api.call(caller, route.method(), path + "?image=" + image, body);
    } catch (Refusal e) {
      if (e.code() == ErrorCode.DENIED) {
        return requests.get() == before ? "denied" : "denied too late";
      }
      if (e.code() == ErrorCode.UNAUTHORIZED) {
        return requests.get() == before ? "to sign in" : "to sign in too late";
      }
    } catch (RuntimeException _) {
      // No service grants anything.
    }
    return "not denied";
  }
}
