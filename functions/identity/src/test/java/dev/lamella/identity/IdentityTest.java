package dev.lamella.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountList;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TokenAnswer;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.core.identity.KnownTrust;
import dev.lamella.core.identity.SignIn;
import dev.lamella.core.identity.SigningKeys;
import dev.lamella.core.identity.TrustedProofs;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.Secrets;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import dev.lamella.gateway.token.TokenCheck;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
  private static final String SERVICE = "store";
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final RepositoryName PUBLIC = new RepositoryName("public/base");
  private static final String FOR_APP = "repository:team/app:";

  /** What a store has once it has made its key, which takes long: made once for all tests. */
  private static final MemoryTrust TRUSTED = new MemoryTrust();

  private static final MemorySecrets WITH_KEY = new MemorySecrets();

  static {
    Instant start = Instant.parse("2026-11-28T12:00:00Z");
    new SigningKeys(WITH_KEY, TRUSTED, new KnownTrust(TRUSTED, () -> start), () -> start).replace();
  }

  private final MemoryAccounts accounts = new MemoryAccounts();
  private final MemoryTrust trust = new MemoryTrust();
  private final MemorySecrets secrets = new MemorySecrets();
  private final TrustedProofs proofs =
      new TrustedProofs(
          (token, rule) ->
              Optional.of(Json.tree("{\"sub\":\"x\"}")).filter(_ -> token.equals("eyJ.good.x")),
          proof -> Optional.empty());
  private Instant now = Instant.parse("2026-11-28T12:00:00Z");
  private final Router router = router();
  private final TokenCheck check =
      new TokenCheck(SERVICE, new KnownTrust(trust, () -> now), () -> now);

  IdentityTest() {
    secrets.write(Secrets.Name.ADMINISTRATOR, "deployed\n");
    secrets.write(Secrets.Name.SIGNING_KEY, WITH_KEY.read(Secrets.Name.SIGNING_KEY).orElseThrow());
    TRUSTED.read().keys().values().forEach(trust::add);
  }

  @ParameterizedTest
  @CsvSource({
    "pull, PULL",
    "'pull,push', PULL PUSH",
    "'push,pull', PULL PUSH",
    "delete, ''",
    "*, PULL PUSH",
    "'pull,shout', PULL",
    "'', ''",
  })
  void token_ofAnAccount_allowsWhatItMayOfWhatItAsksFor(String asked, String allowed) {
    String secret = add("ci", "team/*", "pull,push").secret();
    Caller caller = caller(token("ci", secret, FOR_APP + asked));
    assertThat(Arrays.stream(Action.values()).filter(action -> caller.may(action, APP)))
        .map(Action::name)
        .containsExactlyInAnyOrderElementsOf(
            allowed.isEmpty() ? List.of() : List.of(allowed.split(" ")));
    assertThat(caller.name()).isEqualTo("ci");
    assertThat(caller.may(Action.PULL, PUBLIC)).isFalse();
  }

  @Test
  void token_ofOneWhoMayMoveTags_doesSoWithAPush() {
    String secret = add("ci", "team/*", "pull,push,overwrite").secret();
    assertThat(caller(token("ci", secret, FOR_APP + "pull,push")).may(Action.OVERWRITE, APP))
        .isTrue();
    assertThat(caller(token("ci", secret, FOR_APP + "pull")).may(Action.OVERWRITE, APP)).isFalse();
  }

  @Test
  void token_forSeveralRepositories_hasEach() {
    String secret = add("ci", "team/*", "pull,push").secret();
    Caller caller =
        caller(
            token(
                "ci",
                secret,
                FOR_APP + "push",
                "repository:team/other:pull",
                "repository:stranger/app:pull"));
    assertThat(caller.may(Action.PUSH, APP)).isTrue();
    assertThat(caller.may(Action.PULL, APP)).isFalse();
    assertThat(caller.may(Action.PULL, new RepositoryName("team/other"))).isTrue();
    assertThat(caller.may(Action.PULL, new RepositoryName("stranger/app"))).isFalse();
  }

  @Test
  void token_forTheStore_listsWhatTheAccountMayPull() {
    String secret = add("ci", "team/*", "pull,push").secret();
    Caller caller = caller(token("ci", secret, TokenScope.STORE));
    assertThat(caller.may(Action.PULL, APP)).isTrue();
    assertThat(caller.may(Action.PUSH, APP)).isFalse();
    assertThat(caller.may(Action.PULL, PUBLIC)).isFalse();
    assertThat(caller.permissions().allowOnStore(Action.ADMINISTER)).isFalse();
  }

  @Test
  void token_asAForm_isTheSame() {
    String secret = add("ci", "team/*", "pull,push").secret();
    Answer answer = form("password", "username", "ci", "password", secret, "scope", FOR_APP + "*");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("Cache-Control", "no-store");
    TokenAnswer token = Json.read(answer.body(), TokenAnswer.class);
    assertThat(token.token()).isEqualTo(token.accessToken());
    assertThat(token.expiresIn()).isEqualTo(900);
    assertThat(token.issuedAt()).isEqualTo(now);
    assertThat(token.refreshToken()).isEmpty();
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).doesNotContain("refresh_token");
    assertThat(caller(token.token()).may(Action.PUSH, APP)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ci", "unknown", "administrator", "anonymous", "No Name", ""})
  void token_withAWrongSecret_isRefusedAlike(String name) {
    add("ci", "team/*", "pull");
    Answer answer = get("/token", "Authorization", basic(name, "lam_wrong"));
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().get("WWW-Authenticate")).startsWith("Basic ");
    assertThat(answer.body())
        .isEqualTo(get("/token", "Authorization", basic("nobody", "x")).body());
  }

  @Test
  void token_whileASecretIsGood_isGiven() {
    String secret =
        Json.read(
                post(
                        "/v1/accounts",
                        administrator(),
                        "{\"name\":\"ci\",\"administrator\":false,\"grants\":[],\"secretDays\":1}")
                    .body(),
                AccountSecret.class)
            .secret();
    assertThat(get("/token", "Authorization", basic("ci", secret)).status()).isEqualTo(200);
    now = now.plus(Duration.ofDays(1));
    assertThat(get("/token", "Authorization", basic("ci", secret)).status()).isEqualTo(401);
  }

  @Test
  void token_usedAsASecret_isRefused() {
    String secret = add("ci", "team/*", "pull").secret();
    String token = token("ci", secret, FOR_APP + "pull");
    assertThat(get("/token", "Authorization", basic("ci", token)).status()).isEqualTo(401);
    assertThat(get("/token", "Authorization", "Bearer " + token).status()).isEqualTo(401);
    assertThat(form("refresh_token", "refresh_token", token).status()).isEqualTo(401);
  }

  @Test
  void token_withoutASecret_allowsWhatAnonymousCallersMay() {
    Caller before = caller(Json.read(get("/token?").body(), TokenAnswer.class).token());
    assertThat(before.may(Action.PULL, PUBLIC)).isFalse();
    assertThat(
            call(
                    "PUT",
                    "/v1/accounts/anonymous/grants",
                    administrator(),
                    "{\"administrator\":false,\"grants\":[{\"repositories\":\"public/*\","
                        + "\"actions\":[\"pull\"]}]}")
                .status())
        .isEqualTo(200);
    Answer answer =
        router.answer(call("GET", "/token", Map.of(), scopes("repository:public/base:pull,push")));
    Caller caller = caller(Json.read(answer.body(), TokenAnswer.class).token());
    assertThat(caller.may(Action.PULL, PUBLIC)).isTrue();
    assertThat(caller.may(Action.PUSH, PUBLIC)).isFalse();
    assertThat(caller.may(Action.PULL, APP)).isFalse();
  }

  @Test
  void refreshToken_isGoodAsLongAsItsSecret() {
    String secret = add("ci", "team/*", "pull").secret();
    TokenAnswer first =
        Json.read(
            form("password", "username", "ci", "password", secret, "access_type", "offline").body(),
            TokenAnswer.class);
    String refresh = first.refreshToken().orElseThrow();
    assertThat(form("refresh_token", "refresh_token", refresh, "scope", FOR_APP + "pull").status())
        .isEqualTo(200);
    rotate("ci");
    assertThat(form("refresh_token", "refresh_token", refresh).status()).isEqualTo(200);
    rotate("ci");
    assertThat(form("refresh_token", "refresh_token", refresh).status()).isEqualTo(401);
  }

  @Test
  void refreshToken_ofTheAdministrator_endsWhenItsSecretIsChanged() {
    String refresh =
        Json.read(
                form(
                        "password",
                        "username",
                        "administrator",
                        "password",
                        "deployed",
                        "access_type",
                        "offline")
                    .body(),
                TokenAnswer.class)
            .refreshToken()
            .orElseThrow();
    assertThat(form("refresh_token", "refresh_token", refresh).status()).isEqualTo(200);
    secrets.write(Secrets.Name.ADMINISTRATOR, "changed");
    assertThat(form("refresh_token", "refresh_token", refresh).status()).isEqualTo(401);
    assertThat(get("/token", "Authorization", basic("administrator", "deployed")).status())
        .isEqualTo(401);
    assertThat(get("/token", "Authorization", basic("administrator", "changed")).status())
        .isEqualTo(200);
  }

  @Test
  void refreshToken_isNotRenewedByItself() {
    String secret = add("ci", "team/*", "pull").secret();
    String refresh =
        Json.read(
                form("password", "username", "ci", "password", secret, "access_type", "offline")
                    .body(),
                TokenAnswer.class)
            .refreshToken()
            .orElseThrow();
    Answer again = form("refresh_token", "refresh_token", refresh, "access_type", "offline");
    assertThat(Json.read(again.body(), TokenAnswer.class).refreshToken()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "  "})
  void administrator_withoutASecret_cannotSignIn(String none) {
    secrets.write(Secrets.Name.ADMINISTRATOR, none);
    assertThat(get("/token", "Authorization", basic("administrator", "")).status()).isEqualTo(401);
    assertThat(get("/token", "Authorization", basic("administrator", none)).status())
        .isEqualTo(401);
  }

  @Test
  void signingKey_ofANewStore_isMade() {
    trust.read().keys().keySet().forEach(trust::remove);
    secrets.write(Secrets.Name.SIGNING_KEY, "");
    String secret = add("ci", "team/*", "pull").secret();
    assertThat(caller(token("ci", secret, FOR_APP + "pull")).may(Action.PULL, APP)).isTrue();
    assertThat(trust.read().keys()).hasSize(1);
  }

  @Test
  void signingKey_thatIsNone_isMadeAnew() {
    secrets.write(Secrets.Name.SIGNING_KEY, "{}");
    String secret = add("ci", "team/*", "pull").secret();
    assertThat(caller(token("ci", secret, FOR_APP + "pull")).may(Action.PULL, APP)).isTrue();
  }

  @Test
  void administrator_thatWasRemoved_changesNoAccountByItsToken() {
    String eve =
        Json.read(
                post(
                        "/v1/accounts",
                        administrator(),
                        "{\"name\":\"eve\",\"administrator\":true,\"grants\":[]}")
                    .body(),
                AccountSecret.class)
            .secret();
    String token = token("eve", eve, TokenScope.STORE);
    assertThat(call("GET", "/v1/accounts", token, "").status()).isEqualTo(200);
    assertThat(call("DELETE", "/v1/accounts/eve", administrator(), "").status()).isEqualTo(204);
    Answer another =
        post("/v1/accounts", token, "{\"name\":\"eve2\",\"administrator\":true,\"grants\":[]}");
    assertThat(another.status()).isEqualTo(403);
    assertThat(post("/v1/keys", token, "").status()).isEqualTo(403);
  }

  /** As in a cold function, which has yet to get the key. */
  @Test
  void account_thatIsEndedWhileItsTokenIsMade_hasNone() {
    String secret = add("ci", "team/*", "pull").secret();
    SignIn signIn = new SignIn(accounts, secrets, proofs, () -> now);
    SignIn.SignedIn signedIn = signIn.by("ci", secret);
    accounts.remove(new AccountName("ci"));
    trust.end(new AccountName("ci"), now.plusMillis(500), now.plus(Duration.ofHours(1)));
    now = now.plusSeconds(3);
    SigningKeys keys = new SigningKeys(secrets, trust, new KnownTrust(trust, () -> now), () -> now);
    String late = new IssueToken(keys, new TokenSigner(SERVICE)).issue(signedIn, List.of()).text();
    now = now.plusSeconds(6);
    assertThat(call("GET", "/v1/account", late, "").status()).isEqualTo(401);
  }

  @Test
  void refreshToken_ofLongAgo_isRefused() {
    String secret = add("ci", "team/*", "pull").secret();
    String refresh =
        Json.read(
                router
                    .answer(
                        call(
                            "GET",
                            "/token",
                            Map.of("Authorization", basic("ci", secret)),
                            Map.of("offline_token", List.of("true"))))
                    .body(),
                TokenAnswer.class)
            .refreshToken()
            .orElseThrow();
    now = now.plus(Duration.ofDays(30));
    assertThat(form("refresh_token", "refresh_token", refresh).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "grant_type=authorization_code",
        "grant_type=password&username=a",
        "grant_type=refresh_token",
        "grant_type=%zz",
        "&&==&",
      })
  void token_asABrokenForm_isRefused(String form) {
    Answer answer =
        router.answer(
            new Call(
                "POST",
                "/token",
                List.of(),
                "",
                Map.of(),
                Map.of("Host", "store.example.com"),
                () -> form.getBytes(StandardCharsets.UTF_8),
                Caller.NOBODY));
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void token_forMoreThanAHeaderTakes_isRefused() {
    String secret = add("ci", "*", "pull,push,overwrite,delete").secret();
    String[] many =
        IntStream.range(0, 32)
            .mapToObj(i -> "repository:" + "x".repeat(240) + i + ":*")
            .toArray(String[]::new);
    Answer answer =
        router.answer(
            call("GET", "/token", Map.of("Authorization", basic("ci", secret)), scopes(many)));
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void accounts_ofOneWhoDoesNotAdminister_areClosed() {
    String secret = add("ci", "*", "pull,push,overwrite,delete").secret();
    String token = token("ci", secret, TokenScope.STORE);
    for (String path : List.of("/v1/accounts", "/v1/accounts/ci", "/v1/keys")) {
      for (String method : List.of("GET", "POST", "DELETE", "PUT")) {
        Answer answer = call(method, path, token, "{}");
        assertThat(answer.status()).as(method + path).isIn(401, 405);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).doesNotContain("lam_");
      }
    }
    Answer answer = call("GET", "/v1/accounts", token, "");
    assertThat(answer.headers().get("WWW-Authenticate"))
        .isEqualTo(
            "Bearer realm=\"https://store.example.com/token\",service=\"store\","
                + "scope=\"registry:catalog:*\",error=\"insufficient_scope\"");
    assertThat(Json.read(call("GET", "/v1/account", token, "").body(), AccountAnswer.class).name())
        .isEqualTo(new AccountName("ci"));
  }

  @Test
  void accounts_ofOneWhoIsNotSignedIn_areClosed() {
    Answer answer = get("/v1/account");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().get("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"https://store.example.com/token\",service=\"store\"");
  }

  @Test
  void account_thatIsThere_cannotBeAddedAgain() {
    add("ci", "team/*", "pull");
    Answer again =
        post(
            "/v1/accounts",
            administrator(),
            "{\"name\":\"ci\",\"administrator\":true,\"grants\":[]}");
    assertThat(again.status()).isEqualTo(409);
    assertThat(find("ci").administrator()).isFalse();
  }

  @Test
  void accounts_inPages_areAllListed() {
    for (int i = 0; i < 120; i++) {
      add("ci-%03d".formatted(i), "team/*", "pull");
    }
    AccountList first =
        Json.read(call("GET", "/v1/accounts", administrator(), "").body(), AccountList.class);
    assertThat(first.accounts()).hasSize(100);
    AccountList second =
        Json.read(
            router
                .answer(
                    call(
                        "GET",
                        "/v1/accounts",
                        Map.of("Authorization", "Bearer " + administrator()),
                        Map.of("last", List.of(first.next().orElseThrow()))))
                .body(),
            AccountList.class);
    assertThat(second.accounts()).hasSize(20);
    assertThat(second.next()).isEmpty();
  }

  @Test
  void grants_thatAreReplaced_countForTheNextToken() {
    String secret = add("ci", "team/*", "pull").secret();
    Answer answer =
        call(
            "PUT",
            "/v1/accounts/ci/grants",
            administrator(),
            "{\"administrator\":false,\"grants\":[{\"repositories\":\"public/*\",\"actions\":"
                + "[\"pull\",\"delete\"]}]}");
    assertThat(answer.status()).isEqualTo(200);
    Caller caller =
        caller(token("ci", secret, FOR_APP + "pull", "repository:public/base:pull,push,delete"));
    assertThat(caller.may(Action.PULL, APP)).isFalse();
    assertThat(caller.may(Action.DELETE, PUBLIC)).isTrue();
    assertThat(caller.may(Action.PUSH, PUBLIC)).isFalse();
  }

  @Test
  void limits_thatAreReplaced_countForTheNextToken() {
    String secret = add("ci", "team/*", "push").secret();
    assertThat(caller(token("ci", secret, FOR_APP + "push")).limits()).contains(Limits.USUAL);
    Answer answer =
        call(
            "PUT",
            "/v1/accounts/ci/limits",
            administrator(),
            "{\"limits\":{\"layerBytes\":21474836480,\"uploads\":50}}");
    assertThat(answer.status()).isEqualTo(200);
    Limits limits =
        new Limits(Optional.of(20L << 30), Optional.of(50), Optional.empty(), Optional.empty());
    assertThat(Json.read(answer.body(), AccountAnswer.class).limits()).isEqualTo(limits);
    assertThat(find("ci").limits()).isEqualTo(limits);
    assertThat(caller(token("ci", secret, FOR_APP + "push")).limits()).contains(limits);
    rotate("ci");
    assertThat(find("ci").limits()).isEqualTo(limits);
    // Who administers has none, whatever the token is for.
    assertThat(caller(administrator()).limits()).isEmpty();
    assertThat(caller(token("administrator", "deployed", FOR_APP + "push")).limits()).isEmpty();
    assertThat(call("PUT", "/v1/accounts/ci/limits", administrator(), "{\"limits\":{}}").status())
        .isEqualTo(200);
    assertThat(find("ci").limits()).isEqualTo(Limits.USUAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ci; {\"uploads\":0}; 400",
        "ci; {\"uploads\":1001}; 400",
        "ci; {\"layerBytes\":-1}; 400",
        "ci; {\"layerBytes\":1.5}; 400",
        "ci; {\"stagedBytes\":1125899906842625}; 400",
        "ci; {\"uploadsPerMinute\":99999}; 400",
        "anonymous; {\"uploads\":1}; 400",
        "administrator; {\"uploads\":1}; 400",
        "nobody; {\"uploads\":1}; 404",
      })
  void limits_outOfRangeOrOfNoAccount_areRefused(String name, String limits, int status) {
    add("ci", "team/*", "push");
    Answer answer =
        call(
            "PUT",
            "/v1/accounts/" + name + "/limits",
            administrator(),
            "{\"limits\":" + limits + "}");
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void secret_thatIsReplaced_staysGoodUntilTheNextOne() {
    String first = add("ci", "team/*", "pull").secret();
    String second = rotate("ci");
    assertThat(List.of(signIn(first), signIn(second))).containsExactly(200, 200);
    String third = rotate("ci");
    assertThat(List.of(signIn(first), signIn(second), signIn(third)))
        .containsExactly(401, 200, 200);
    assertThat(find("ci").secrets()).hasSize(2);
  }

  @Test
  void account_thatIsRemovedAtOnce_hasNoTokenAfterSeconds() {
    String secret = add("ci", "team/*", "pull").secret();
    String token = token("ci", secret, FOR_APP + "pull");
    caller(token);
    Answer removed =
        router.answer(
            call(
                "DELETE",
                "/v1/accounts/ci",
                Map.of("Authorization", "Bearer " + administrator()),
                Map.of("now", List.of("true"))));
    assertThat(removed.status()).isEqualTo(204);
    assertThat(signIn(secret)).isEqualTo(401);
    now = now.plusSeconds(6);
    assertThat(call("GET", "/v1/account", token, "").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"administrator, 400", "unknown, 404", "No-Name, 400"})
  void account_thatCannotBeRemoved_isRefused(String name, int status) {
    assertThat(call("DELETE", "/v1/accounts/" + name, administrator(), "").status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"administrator\",\"administrator\":true,\"grants\":[]}",
        "{\"name\":\"x\",\"administrator\":false,\"grants\":[{\"repositories\":\"*\","
            + "\"actions\":[]}]}",
        "{\"name\":\"x\",\"administrator\":false,\"grants\":[{\"repositories\":\"*\","
            + "\"actions\":[\"administer\"]}]}",
        "{\"name\":\"x\",\"administrator\":false,\"grants\":[],\"secretDays\":0}",
        "{\"name\":\"X y\",\"administrator\":false,\"grants\":[]}",
        "{\"name\":\"x\"}",
        "[]",
      })
  void account_thatMakesNoSense_isRefused(String request) {
    assertThat(post("/v1/accounts", administrator(), request).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"administrator\":true,\"grants\":[]}",
        "{\"administrator\":false,\"grants\":[{\"repositories\":\"*\",\"actions\":[\"push\"]}]}",
      })
  void anonymousCallers_areGrantedNothingButToPull(String grants) {
    assertThat(call("PUT", "/v1/accounts/anonymous/grants", administrator(), grants).status())
        .isEqualTo(400);
  }

  @Test
  void anonymousCallers_haveNoSecret() {
    assertThat(
            post(
                    "/v1/accounts",
                    administrator(),
                    "{\"name\":\"anonymous\",\"administrator\":false,\"grants\":[]}")
                .status())
        .isEqualTo(409);
    assertThat(post("/v1/accounts/anonymous/secrets", administrator(), "{}").status())
        .isEqualTo(400);
  }

  @Test
  void keys_thatAreReplaced_endEveryToken() {
    String secret = add("ci", "team/*", "pull").secret();
    String token = token("ci", secret, FOR_APP + "pull");
    assertThat(call("GET", "/v1/account", token, "").status()).isEqualTo(200);
    assertThat(post("/v1/keys", administrator(), "").status()).isEqualTo(204);
    now = now.plusSeconds(6);
    assertThat(call("GET", "/v1/account", token, "").status()).isEqualTo(401);
    String another = token("ci", secret, FOR_APP + "pull");
    assertThat(call("GET", "/v1/account", another, "").status()).isEqualTo(200);
  }

  @Test
  void key_thatIsOld_isReplacedAndItsTokensStayGood() {
    String secret = add("ci", "team/*", "pull").secret();
    now = now.plus(Duration.ofDays(30)).minusSeconds(60);
    String token = token("ci", secret, FOR_APP + "pull");
    Set<String> before = trust.read().keys().keySet();
    now = now.plusSeconds(120);
    String another = token("ci", secret, FOR_APP + "pull");
    assertThat(trust.read().keys().keySet()).hasSize(2).containsAll(before);
    assertThat(caller(token).may(Action.PULL, APP)).isTrue();
    assertThat(caller(another).may(Action.PULL, APP)).isTrue();
  }

  @Test
  void keys_ofTwoProcesses_areBothTrusted() {
    String secret = add("ci", "team/*", "pull").secret();
    String one = token("ci", secret, FOR_APP + "pull");
    Router other = router();
    String two =
        Json.read(
                other
                    .answer(
                        call(
                            "GET",
                            "/token",
                            Map.of("Authorization", basic("ci", secret)),
                            scopes(FOR_APP + "pull")))
                    .body(),
                TokenAnswer.class)
            .token();
    assertThat(caller(one).may(Action.PULL, APP)).isTrue();
    assertThat(caller(two).may(Action.PULL, APP)).isTrue();
    assertThat(trust.read().keys()).hasSize(1);
  }

  @Test
  void secrets_areInNoText() {
    AccountSecret made = add("ci", "team/*", "pull");
    assertThat(made.toString()).doesNotContain(made.secret());
    assertThat(made.secret()).matches("lam_[A-Za-z0-9_-]{43}");
    assertThat(accounts.find(new AccountName("ci")).orElseThrow().toString())
        .doesNotContain(dev.lamella.core.access.Secret.hash(made.secret()));
    assertThat(call("GET", "/x", Map.of("Authorization", "Bearer secret"), Map.of()).toString())
        .doesNotContain("secret");
  }

  private Router router() {
    return new Router(
        IdentityHandler.routes(accounts, trust, secrets, proofs, SERVICE, () -> now),
        TokenCallers.where("on", SERVICE, trust, () -> now));
  }

  private Caller caller(String token) {
    return check.check(token).caller();
  }

  private AccountSecret add(String name, String repositories, String actions) {
    String request =
        "{\"name\":\"%s\",\"administrator\":false,\"grants\":[{\"repositories\":\"%s\",\"actions\":[%s]}]}"
            .formatted(
                name,
                repositories,
                Arrays.stream(actions.split(","))
                    .map(action -> '"' + action + '"')
                    .collect(Collectors.joining(",")));
    Answer answer = post("/v1/accounts", administrator(), request);
    assertThat(answer.status())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(201);
    return Json.read(answer.body(), AccountSecret.class);
  }

  private AccountAnswer find(String name) {
    return Json.read(
        call("GET", "/v1/accounts/" + name, administrator(), "").body(), AccountAnswer.class);
  }

  private String rotate(String name) {
    Answer answer = post("/v1/accounts/" + name + "/secrets", administrator(), "{}");
    assertThat(answer.status()).isEqualTo(201);
    return Json.read(answer.body(), AccountSecret.class).secret();
  }

  private int signIn(String secret) {
    return get("/token", "Authorization", basic("ci", secret)).status();
  }

  private String administrator() {
    return token("administrator", "deployed", TokenScope.STORE);
  }

  private String token(String name, String secret, String... scopes) {
    Answer answer =
        router.answer(
            call("GET", "/token", Map.of("Authorization", basic(name, secret)), scopes(scopes)));
    assertThat(answer.status()).isEqualTo(200);
    return Json.read(answer.body(), TokenAnswer.class).token();
  }

  private static Map<String, List<String>> scopes(String... scopes) {
    return Map.of("scope", List.of(scopes));
  }

  private Answer get(String path, String... headers) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return router.answer(call("GET", path.replace("?", ""), map, Map.of()));
  }

  private static final String RULE =
      "{\"by\":\"oidc\",\"issuer\":\"https://issuer.example\",\"audience\":\"store\","
          + "\"claims\":[{\"claim\":\"sub\",\"pattern\":\"x\"}]}";

  private void addTrusting() {
    Answer added =
        post(
            "/v1/accounts",
            administrator(),
            "{\"name\":\"robot\",\"administrator\":false,\"grants\":[{\"repositories\":\"team/*\","
                + "\"actions\":[\"pull\"]}],\"trusts\":["
                + RULE
                + "]}");
    assertThat(added.status()).isEqualTo(201);
    assertThat(Json.tree(added.body()).has("secret")).isFalse();
    assertThat(Json.tree(added.body()).path("account").path("trusts").get(0))
        .isEqualTo(Json.tree(RULE.replace("]}", "],\"keys\":null}")));
  }

  @ParameterizedTest
  @CsvSource({"username, jwt", "client_id, jwt", "username, id_token"})
  void token_exchangedForAnIssuers_isOneOfTheStore(String name, String type) {
    addTrusting();
    Answer answer =
        form(
            "urn:ietf:params:oauth:grant-type:token-exchange",
            name,
            "robot",
            "subject_token",
            "eyJ.good.x",
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:" + type,
            "access_type",
            "offline",
            "scope",
            FOR_APP + "pull");
    assertThat(answer.status()).isEqualTo(200);
    TokenAnswer token = Json.read(answer.body(), TokenAnswer.class);
    assertThat(token.issuedTokenType()).contains("urn:ietf:params:oauth:token-type:access_token");
    assertThat(token.tokenType()).contains("Bearer");
    assertThat(token.refreshToken()).isEmpty();
    assertThat(caller(token.token()).may(Action.PULL, APP)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "robot, eyJ.bad.x, jwt, 401",
    "other, eyJ.good.x, jwt, 401",
    "robot, lam_x, jwt, 401",
    "robot, eyJ.good.x, saml2, 400",
  })
  void token_exchangedForWhatNoRuleTakes_isRefused(
      String name, String subject, String type, int status) {
    addTrusting();
    Answer answer =
        form(
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "username",
            name,
            "subject_token",
            subject,
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:" + type);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void token_byATrustRule_hasNoRefreshTokenAndEndsWithItsRule() {
    addTrusting();
    Answer answer =
        form("password", "username", "robot", "password", "eyJ.good.x", "access_type", "offline");
    assertThat(Json.read(answer.body(), TokenAnswer.class).refreshToken()).isEmpty();
    assertThat(
            call("PUT", "/v1/accounts/robot/trusts", administrator(), "{\"trusts\":[]}").status())
        .isEqualTo(200);
    assertThat(form("password", "username", "robot", "password", "eyJ.good.x").status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"trusts\":null}",
        "{\"trusts\":[null]}",
        "{\"trusts\":[{}]}",
        "{\"trusts\":[{\"by\":\"x\"}]}",
        "{\"trusts\":[{\"by\":\"oidc\"}]}",
        "{\"trusts\":[{\"by\":\"aws\",\"arn\":\"*\"}]}",
        "{\"trusts\":[{\"by\":\"oidc\",\"issuer\":\"https://i.example\",\"audience\":\"a\","
            + "\"claims\":[{\"claim\":\"sub\",\"pattern\":\"*\"}]}]}",
      })
  void trusts_thatAreNone_areRefused(String body) {
    addTrusting();
    assertThat(call("PUT", "/v1/accounts/robot/trusts", administrator(), body).status())
        .isEqualTo(400);
  }

  /** Two who each add to what they saw: else what the first one added, or took away, is undone. */
  @ParameterizedTest
  @ValueSource(strings = {"trusts", "grants"})
  void change_ofAnAccountThatAnotherChangedMeanwhile_isRefused(String what) {
    addTrusting();
    String path = "/v1/accounts/robot/" + what;
    String version = version();
    String mine =
        "{\"administrator\":false,\"grants\":[],\"trusts\":[],\"version\":\"" + version + "\"}";
    Answer first = call("PUT", path, administrator(), mine);
    assertThat(first.status()).isEqualTo(200);
    Answer second = call("PUT", path, administrator(), mine);
    assertThat(second.status()).isEqualTo(409);
    assertThat(new String(second.body(), StandardCharsets.UTF_8)).contains("ACCOUNT_CHANGED");
    assertThat(call("PUT", path, administrator(), mine.replace(version, version())).status())
        .isEqualTo(200);
  }

  @Test
  void change_ofAnAccountThatWasMadeAnewMeanwhile_isRefused() {
    addTrusting();
    String version = version();
    assertThat(call("DELETE", "/v1/accounts/robot", administrator(), "").status()).isEqualTo(204);
    now = now.plusSeconds(1);
    addTrusting();
    String body = "{\"trusts\":[],\"version\":\"" + version + "\"}";
    assertThat(call("PUT", "/v1/accounts/robot/trusts", administrator(), body).status())
        .isEqualTo(409);
  }

  @Test
  void change_ofAnonymousNeverChangedBefore_isTakenOnce() {
    String body = "{\"administrator\":false,\"grants\":[],\"version\":\"0\"}";
    String path = "/v1/accounts/anonymous/grants";
    assertThat(call("PUT", path, administrator(), body).status()).isEqualTo(200);
    assertThat(call("PUT", path, administrator(), body).status()).isEqualTo(409);
  }

  private String version() {
    Answer answer = call("GET", "/v1/accounts/robot", administrator(), "");
    return Json.tree(answer.body()).path("version").asString("none");
  }

  @Test
  void trusts_overTheLimit_areRefused() {
    addTrusting();
    String nine = String.join(",", java.util.Collections.nCopies(9, RULE));
    assertThat(
            call("PUT", "/v1/accounts/robot/trusts", administrator(), "{\"trusts\":[" + nine + "]}")
                .status())
        .isEqualTo(400);
  }

  private Answer form(String grant, String... fields) {
    StringBuilder form = new StringBuilder("grant_type=" + grant);
    for (int i = 0; i < fields.length; i += 2) {
      form.append('&')
          .append(fields[i])
          .append('=')
          .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
    }
    return router.answer(
        new Call(
            "POST",
            "/token",
            List.of(),
            "",
            Map.of(),
            Map.of("Host", "store.example.com"),
            () -> form.toString().getBytes(StandardCharsets.UTF_8),
            Caller.NOBODY));
  }

  private Answer post(String path, String token, String body) {
    return call("POST", path, token, body);
  }

  private Answer call(String method, String path, String token, String body) {
    Call call = call(method, path, Map.of("Authorization", "Bearer " + token), Map.of());
    try {
      return router.answer(
          new Call(
              call.method(),
              call.path(),
              List.of(),
              "",
              Map.of(),
              call.headers(),
              () -> body.getBytes(StandardCharsets.UTF_8),
              Caller.NOBODY));
    } catch (dev.lamella.core.Refusal refusal) {
      return Answer.refusal(refusal);
    }
  }

  private static Call call(
      String method, String path, Map<String, String> headers, Map<String, List<String>> query) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("host", "store.example.com");
    return new Call(method, path, List.of(), "", query, all, () -> new byte[0], Caller.NOBODY);
  }

  private static String basic(String name, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }
}
