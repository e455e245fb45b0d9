package dev.lamella.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AccountAdded;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TokenAnswer;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.identity.TrustedProofs;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.Secrets;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import dev.lamella.gateway.token.TokenCheck;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the audit trail says of who signs in, and of who changes accounts. */
class IdentityAuditTest {
  private static final String SERVICE = "store";
  private static final InstantSource CLOCK = () -> Instant.parse("2026-11-28T12:00:00Z");

  private static final String TOKEN = "eyJ.good.x";
  private static final String ARN = "arn:aws:sts::123456789012:assumed-role/ci/i-1";
  private static final TrustedProofs PROOFS =
      new TrustedProofs(
          (token, _) ->
              Optional.of(Json.tree("{\"sub\":\"repo:org/app\\n{\"}"))
                  .filter(_ -> token.equals(TOKEN)),
          proof -> Optional.of(ARN).filter(_ -> proof.equals("aws1.good.x")));

  private final List<String> log = new ArrayList<>();
  private final Gateway gateway;

  IdentityAuditTest() {
    MemorySecrets secrets = new MemorySecrets();
    secrets.write(Secrets.Name.ADMINISTRATOR, "deployed");
    MemoryTrust trust = new MemoryTrust();
    TokenCheck check = new TokenCheck(SERVICE, new KnownTrust(trust, CLOCK), CLOCK);
    gateway =
        new Gateway(
            new Router(
                IdentityHandler.routes(
                    new MemoryAccounts(), trust, secrets, PROOFS, SERVICE, CLOCK),
                new TokenCallers(SERVICE, check)));
  }

  @Test
  void signIn_goodWrongAndAnonymous_isToldApart() {
    assertThat(signIn("administrator", "deployed").getStatusCode()).isEqualTo(200);
    assertThat(signIn("administrator", "wrong").getStatusCode()).isEqualTo(401);
    assertThat(signIn("stranger", "wrong").getStatusCode()).isEqualTo(401);
    assertThat(answer("GET", "/token", Map.of(), "").getStatusCode()).isEqualTo(200);

    assertThat(events())
        .extracting(AuditEvent::action, AuditEvent::account, AuditEvent::status)
        .containsExactly(
            tuple("sign-in", "administrator", 200),
            tuple("sign-in", "administrator", 401),
            tuple("sign-in", "stranger", 401));
    assertThat(events()).allSatisfy(event -> assertThat(event.proof()).contains("secret"));
  }

  /** People type secrets where the name goes. */
  @Test
  void signIn_byWhatIsNoName_doesNotRepeatIt() {
    for (String name : List.of("lam_Secret0", "An Na", "x\n{\"audit\":{}}", "a".repeat(10_000))) {
      assertThat(signIn(name, "wrong").getStatusCode()).isEqualTo(401);
    }
    assertThat(events())
        .hasSize(4)
        .allSatisfy(event -> assertThat(event.account()).isEqualTo("(no name of an account)"));
    assertThat(String.join("\n", log)).doesNotContain("lam_Secret0", "An Na", "aaaa");
  }

  @Test
  void account_thatIsChanged_isNamedWithHow_andNoSecretIsThere() {
    String token = Json.read(body(signIn("administrator", "deployed")), TokenAnswer.class).token();
    AccountAdded made =
        Json.read(
            body(
                administer(
                    token,
                    "POST",
                    "/v1/accounts",
                    "{\"name\":\"ci\",\"administrator\":false,\"grants\":[{\"repositories\":"
                        + "\"team/*\",\"actions\":[\"push\",\"pull\"]}]}")),
            AccountAdded.class);
    String secret = made.secret().orElseThrow();
    assertThat(
            administer(
                    token,
                    "PUT",
                    "/v1/accounts/ci/grants",
                    "{\"administrator\":true,\"grants\":[]}")
                .getStatusCode())
        .isEqualTo(200);
    String rotated =
        Json.read(
                body(administer(token, "POST", "/v1/accounts/ci/secrets", "{}")),
                AccountSecret.class)
            .secret();
    // Sign-ins by the name, whose lines are not of accounts.
    assertThat(signIn("ci", secret).getStatusCode()).isEqualTo(200);
    assertThat(administer(token, "GET", "/v1/accounts", "").getStatusCode()).isEqualTo(200);
    assertThat(administer(token, "DELETE", "/v1/accounts/ci", "").getStatusCode()).isEqualTo(204);

    assertThat(events().stream().filter(event -> event.action().equals("account")))
        .extracting(
            AuditEvent::account,
            event -> event.reference().orElse(""),
            event -> event.detail().orElse(""))
        .containsExactly(
            tuple("administrator", "ci", "add: team/*=pull,push"),
            tuple("administrator", "ci", "grant: administrator"),
            tuple("administrator", "ci", "another secret"),
            tuple("administrator", "ci", "remove"));
    assertThat(String.join("\n", log)).doesNotContain("deployed", secret, rotated, token);
  }

  @Test
  void trust_thatIsGiven_isNamed_andSoIsWhoSignsInByIt() {
    String token = Json.read(body(signIn("administrator", "deployed")), TokenAnswer.class).token();
    String rules =
        "[{\"by\":\"oidc\",\"issuer\":\"https://issuer.example\",\"audience\":\"store\",\"claims\":"
            + "[{\"claim\":\"sub\",\"pattern\":\"repo:org/*\"}]},{\"by\":\"aws\",\"arn\":\""
            + ARN
            + "\"}]";
    assertThat(
            administer(
                    token,
                    "POST",
                    "/v1/accounts",
                    "{\"name\":\"ci\",\"administrator\":false,\"grants\":[],\"trusts\":"
                        + rules
                        + "}")
                .getStatusCode())
        .isEqualTo(201);
    assertThat(
            administer(token, "PUT", "/v1/accounts/ci/trusts", "{\"trusts\":" + rules + "}")
                .getStatusCode())
        .isEqualTo(200);
    assertThat(signIn("ci", TOKEN).getStatusCode()).isEqualTo(200);
    assertThat(signIn("ci", "aws1.good.x").getStatusCode()).isEqualTo(200);
    assertThat(signIn("ci", "eyJ.forged.x").getStatusCode()).isEqualTo(401);
    assertThat(exchange("ci", TOKEN).getStatusCode()).isEqualTo(200);
    assertThat(exchange("ci", "lam_typed").getStatusCode()).isEqualTo(401);

    String trusted = "https://issuer.example for store where sub=repo:org/*; " + ARN;
    String subject = "https://issuer.example repo:org/app?{";
    assertThat(events())
        .extracting(
            AuditEvent::account,
            event -> event.proof().orElse(""),
            AuditEvent::status,
            event -> event.detail().orElse(""))
        .containsExactly(
            tuple("administrator", "secret", 200, ""),
            tuple("administrator", "", 201, "add; trust: " + trusted),
            tuple("administrator", "", 200, "trust: " + trusted),
            tuple("ci", "oidc", 200, subject),
            tuple("ci", "aws", 200, ARN),
            tuple("ci", "oidc", 401, ""),
            tuple("ci", "oidc", 200, subject),
            tuple("ci", "secret", 401, ""));
    assertThat(String.join("\n", log)).doesNotContain(TOKEN, "aws1.", "eyJ", "lam_typed");
  }

  private APIGatewayProxyResponseEvent exchange(String account, String token) {
    return answer(
        "POST",
        "/token",
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token_type="
            + "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt&client_id="
            + account
            + "&subject_token="
            + token);
  }

  @Test
  void call_ofWhoMayNot_isNamed() {
    String token =
        Json.read(body(answer("GET", "/token", Map.of(), "")), TokenAnswer.class).token();

    assertThat(administer(token, "DELETE", "/v1/accounts/ci", "").getStatusCode()).isEqualTo(401);
    assertThat(administer("forged.by.me", "GET", "/v1/accounts", "").getStatusCode())
        .isEqualTo(401);

    assertThat(events())
        .extracting(AuditEvent::action, AuditEvent::account, AuditEvent::status)
        .containsExactly(tuple("account", "anonymous", 401), tuple("other", "nobody", 401));
  }

  private APIGatewayProxyResponseEvent signIn(String name, String secret) {
    String both = name + ":" + secret;
    String basic = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    return answer("GET", "/token", Map.of("Authorization", "Basic " + basic), "");
  }

  private APIGatewayProxyResponseEvent administer(
      String token, String method, String path, String body) {
    return answer(method, path, Map.of("Authorization", "Bearer " + token), body);
  }

  private APIGatewayProxyResponseEvent answer(
      String method, String path, Map<String, String> headers, String body) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Host", "store.example.com");
    return gateway.handleRequest(
        new APIGatewayProxyRequestEvent()
            .withMultiValueQueryStringParameters(Map.of("scope", List.of(TokenScope.STORE)))
            .withHttpMethod(method)
            .withPath(path)
            .withHeaders(all)
            .withBody(body),
        context());
  }

  private static byte[] body(APIGatewayProxyResponseEvent answer) {
    return answer.getBody().getBytes(StandardCharsets.UTF_8);
  }

  private List<AuditEvent> events() {
    return log.stream()
        .filter(line -> line.startsWith("{\"audit\":"))
        .map(
            line -> Json.read(line.getBytes(StandardCharsets.UTF_8), AuditEvent.Line.class).audit())
        .toList();
  }

  /** One that logs here, and has nothing else but an id. */
  private Context context() {
    LambdaLogger logger =
        new LambdaLogger() {
          @Override
          public void log(String message) {
            log.add(message);
          }

          @Override
          public void log(byte[] message) {
            log.add(new String(message, StandardCharsets.UTF_8));
          }
        };
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) -> method.getName().equals("getLogger") ? logger : "request");
  }
}
