package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.AccountList;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.core.api.AccountSecret;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.GrantsRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.LimitsRequest;
import dev.lamella.core.api.TrustsRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Signing in, and managing accounts, as a user does. */
@Timeout(60)
@Isolated("it takes over standard output, and the user's home")
final class SignInCommandsTest {
  private static final AccountAnswer CI =
      new AccountAnswer(
          new AccountName("ci"),
          false,
          AccountText.grants(List.of("team/*=push,pull")),
          List.of(),
          List.of(),
          Limits.USUAL,
          Instant.EPOCH,
          "1");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final InputStream realIn = System.in;
  private final String realHome = System.getProperty("user.home");
  private final List<String> bodies = new ArrayList<>();
  private AccountAnswer ci = CI;

  /** What another administrator adds before the next change. */
  private Optional<TrustRule> meanwhile = Optional.empty();

  @TempDir private Path home;
  private FakeStore store;
  private FakeIdentity identity;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    identity = FakeIdentity.at(store);
    store.troubles.add(this::answers);
    System.setProperty("user.home", home.toString());
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setProperty("user.home", realHome);
    System.setOut(realOut);
    System.setErr(realErr);
    System.setIn(realIn);
    store.close();
  }

  private boolean answers(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    if (!request.matches("[A-Z]+ /v1/(account|keys).*")) {
      return false;
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    bodies.add(request + " " + new String(body, StandardCharsets.UTF_8));
    switch (request) {
      case "GET /v1/account", "GET /v1/accounts/ci" -> FakeStore.answer(exchange, 200, ci);
      case "GET /v1/accounts" ->
          FakeStore.answer(exchange, 200, new AccountList(List.of(CI), Optional.of("ci")));
      case "GET /v1/accounts?last=ci" ->
          FakeStore.answer(exchange, 200, new AccountList(List.of(CI), Optional.empty()));
      case "POST /v1/accounts" -> {
        AccountRequest asked = Json.read(body, AccountRequest.class);
        FakeStore.answer(exchange, 201, new AccountSecret(of(asked), "lam_new"));
      }
      case "PUT /v1/accounts/ci/grants" -> {
        GrantsRequest asked = Json.read(body, GrantsRequest.class);
        AccountAnswer after =
            new AccountAnswer(
                CI.name(),
                asked.administrator(),
                asked.grants(),
                List.of(),
                List.of(),
                Limits.USUAL,
                Instant.EPOCH,
                "2");
        FakeStore.answer(exchange, 200, after);
      }
      case "PUT /v1/accounts/ci/trusts" -> {
        TrustsRequest asked = Json.read(body, TrustsRequest.class);
        meanwhile.ifPresent(rule -> ci = trusting(List.of(rule)));
        meanwhile = Optional.empty();
        if (asked.version().filter(version -> !version.equals(ci.version())).isPresent()) {
          FakeStore.answer(exchange, 409, ErrorAnswer.of("ACCOUNT_CHANGED", "changed", Map.of()));
          break;
        }
        ci = trusting(asked.trusts());
        FakeStore.answer(exchange, 200, ci);
      }
      case "PUT /v1/accounts/ci/limits" -> {
        LimitsRequest asked = Json.read(body, LimitsRequest.class);
        FakeStore.answer(
            exchange,
            200,
            new AccountAnswer(
                CI.name(),
                false,
                CI.grants(),
                List.of(),
                List.of(),
                asked.limits(),
                Instant.EPOCH,
                "2"));
      }
      case "POST /v1/accounts/ci/secrets" ->
          FakeStore.answer(exchange, 201, new AccountSecret(CI, "lam_new"));
      case "DELETE /v1/accounts/ci?now=true", "POST /v1/keys" ->
          FakeStore.send(exchange, 204, new byte[0]);
      default ->
          FakeStore.answer(exchange, 404, ErrorAnswer.of("ACCOUNT_UNKNOWN", "none", Map.of()));
    }
    return true;
  }

  private AccountAnswer trusting(List<TrustRule> trusts) {
    return new AccountAnswer(
        CI.name(),
        false,
        CI.grants(),
        List.of(),
        trusts,
        Limits.USUAL,
        Instant.EPOCH,
        ci.version() + "+");
  }

  private static AccountAnswer of(AccountRequest asked) {
    return new AccountAnswer(
        asked.name(),
        asked.administrator(),
        asked.grants(),
        List.of(),
        List.of(),
        Limits.USUAL,
        Instant.EPOCH,
        "1");
  }

  @Test
  void login_whoami_logout() throws IOException {
    assertThat(login(FakeIdentity.SECRET)).isZero();
    Path config = home.resolve(".docker/config.json");
    assertThat(text(out)).isEqualTo("Signed in at %s as ci; kept in %s\n".formatted(url(), config));
    assertThat(text(err)).isEmpty();
    assertThat(run("whoami")).isZero();
    assertThat(text(out)).contains("ci", "no", "team/*=pull,push");
    assertThat(identity.asked).allMatch(form -> form.endsWith("scope=registry%3Acatalog%3A*"));
    assertThat(run("logout")).isZero();
    assertThat(Files.readString(config)).doesNotContain("auth\"");
    assertThat(run("logout")).isZero();
    assertThat(text(out)).startsWith("Nothing was kept");
    assertThat(store.requests).doesNotContain("GET /v1/accounts");
  }

  @Test
  void login_withAWrongSecret_keepsNothing() {
    assertFails(5, login("wrong-one"), "cannot sign in");
    assertThat(text(err)).doesNotContain("wrong-one");
    assertThat(home.resolve(".docker")).doesNotExist();
    assertFails(2, login(""), "the secret is one line");
    assertFails(2, login("a\nb"), "the secret is one line");
    assertFails(2, login("a".repeat(5000)), "over 4096 bytes");
    System.setIn(new ByteArrayInputStream(new byte[0]));
    assertFails(2, run("login", "-u", "ci"), "--secret-stdin");
  }

  @Test
  void login_whereNobodyIsAsked_keepsNothing() {
    store.troubles.clear();
    store.troubles.add(
        exchange -> {
          FakeStore.answer(exchange, 404, ErrorAnswer.of("ROUTE_UNKNOWN", "none", Map.of()));
          return true;
        });
    assertFails(5, login("lam_x"), "asks nobody to sign in");
    assertThat(home.resolve(".docker")).doesNotExist();
  }

  @Test
  void command_withoutSigningIn_saysHowTo() {
    identity.refused.put("token-1", "");
    assertFails(5, run("images"), "lamella login --to " + url());
  }

  @Test
  void pushAndPull_askForOneTokenEach() throws IOException {
    Path source = TestImage.layout(home.resolve("source"), 1, 10 * FakeStore.SHARD);
    assertThat(login(FakeIdentity.SECRET)).isZero();
    identity.asked.clear();
    identity.told.clear();
    assertThat(run("push", source.toString(), "team/app:1")).isZero();
    assertThat(run("pull", "team/app:1", home.resolve("a.tar").toString())).isZero();
    assertThat(run("inspect", "team/app:1")).isZero();
    assertThat(identity.asked.stream().map(form -> form.replaceFirst(".*scope=", "")))
        .containsExactly(
            "repository%3Ateam%2Fapp%3Apull%2Cpush+registry%3Acatalog%3A*",
            "repository%3Ateam%2Fapp%3Apull", "repository%3Ateam%2Fapp%3Apull");
    assertThat(identity.told).noneMatch(line -> line.matches("/v[12]/.* nobody"));
    assertThat(identity.told).noneMatch(line -> line.matches("/(staging|servers)/.* Bearer .*"));
  }

  @Test
  void secrets_areAloneOnStandardOutput() {
    assertThat(login(FakeIdentity.SECRET)).isZero();
    assertThat(run("account", "add", "new", "--grant", "a/*=pull", "--expires", "90d")).isZero();
    assertThat(text(out)).isEqualTo("lam_new\n");
    assertThat(text(err)).contains("Added new, which may do: a/*=pull");
    assertThat(bodies.getLast()).contains("\"secretDays\":90", "\"repositories\":\"a/*\"");
    assertThat(run("account", "rotate", "ci")).isZero();
    assertThat(text(out)).isEqualTo("lam_new\n");
    assertThat(run("account", "rotate", "ci", "--json")).isZero();
    assertThat(Json.tree(out.toByteArray()).path("secret").asString()).isEqualTo("lam_new");
  }

  @Test
  void account_listGrantRemoveAndRevoke() {
    assertThat(login(FakeIdentity.SECRET)).isZero();
    assertThat(run("account", "list")).isZero();
    assertThat(text(out).lines()).hasSize(3).last().asString().endsWith("usual");
    assertThat(run("account", "grant", "ci", "x=pull", "y=delete,overwrite")).isZero();
    assertThat(text(out))
        .isEqualTo("before: team/*=pull,push\nnow:    x=pull y=overwrite,delete\n");
    assertThat(run("account", "grant", "ci", "--nothing")).isZero();
    assertThat(text(out)).endsWith("now:    nothing\n");
    String issuer = "https://token.actions.githubusercontent.com";
    assertThat(
            run(
                "account",
                "trust",
                "ci",
                "--issuer",
                issuer,
                "--audience",
                "store",
                "--where",
                "sub=repo:org/*",
                "--where",
                "/a/b=c=d",
                "--issuer",
                "https://b.example",
                "--audience",
                "other",
                "--where",
                "sub=x",
                "--keys",
                "https://keys.example/k"))
        .isZero();
    assertThat(bodies.getLast())
        .contains(
            "PUT /v1/accounts/ci/trusts",
            "\"issuer\":\"" + issuer + "\",\"audience\":\"store\"",
            "{\"claim\":\"/a/b\",\"pattern\":\"c=d\"}",
            "\"keys\":\"https://keys.example/k\"");
    assertThat(text(out)).contains("sub=repo:org/* /a/b=c=d", "https://b.example for other");
    String role = "arn:aws:sts::123456789012:assumed-role/";
    assertThat(run("account", "trust", "ci", "--aws", role + "a/*", "--aws", role + "b/*"))
        .isZero();
    assertThat(bodies.getLast())
        .contains(
            "{\"by\":\"aws\",\"arn\":\"" + role + "a/*\"}",
            "{\"by\":\"aws\",\"arn\":\"" + role + "b/*\"}");
    assertThat(run("account", "trust", "ci", "--nobody")).isZero();
    assertThat(bodies.getLast()).endsWith("{\"trusts\":[],\"version\":null}");
    assertThat(
            run("account", "limit", "ci", "--layer-size", "20GiB", "--staged=2TiB", "--uploads=50"))
        .isZero();
    assertThat(bodies.getLast())
        .contains(
            "PUT /v1/accounts/ci/limits",
            "\"layerBytes\":21474836480,\"uploads\":50,\"stagedBytes\":2199023255552");
    assertThat(text(out))
        .isEqualTo("ci has layers up to 20 GiB, 50 uploads at a time, 2 TiB in uploads\n");
    assertThat(run("account", "limit", "ci", "--per-minute=600")).isZero();
    assertThat(text(out)).isEqualTo("ci has 600 uploads a minute\n");
    assertThat(run("account", "limit", "ci", "--usual")).isZero();
    assertThat(text(out)).isEqualTo("ci has the limits of every account\n");
    assertThat(run("account", "remove", "ci", "--now")).isZero();
    assertThat(run("account", "revoke-tokens")).isZero();
    assertThat(bodies).contains("DELETE /v1/accounts/ci?now=true ", "POST /v1/keys {}");
  }

  /** Another administrator adds a rule at the same time, as often as this one looks. */
  @Test
  void trust_addedToWhileAnotherAddsToo_losesNeither() {
    String a = "arn:aws:sts::123456789012:assumed-role/a/*";
    String b = "arn:aws:sts::123456789012:assumed-role/b/*";
    assertThat(login(FakeIdentity.SECRET)).isZero();
    meanwhile = Optional.of(new TrustRule.Aws(b));
    assertThat(run("account", "trust", "ci", "--add", "--aws", a)).isZero();
    assertThat(ci.trusts()).containsExactly(new TrustRule.Aws(b), new TrustRule.Aws(a));
    assertThat(run("account", "trust", "ci", "--add", "--aws", a)).isZero();
    assertThat(ci.trusts()).hasSize(2);
    assertThat(run("account", "trust", "ci", "--remove", "--aws", b)).isZero();
    assertThat(ci.trusts()).containsExactly(new TrustRule.Aws(a));
    assertFails(2, run("account", "trust", "ci", "--remove", "--aws", b), "has no rule " + b);
  }

  /** Another try would end the secret that is in use. */
  @Test
  void rotate_isTriedOnce() {
    assertThat(login(FakeIdentity.SECRET)).isZero();
    store.troubles.addFirst(
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith("/secrets")) {
            return false;
          }
          FakeStore.send(exchange, 503, new byte[0]);
          return true;
        });
    assertFails(6, run("account", "rotate", "ci"), "cannot make a secret of ci");
    assertThat(store.count("POST .*/secrets")).isOne();
  }

  @Test
  void account_saidWrongly_isAUsageError() {
    assertFails(2, run("account", "grant", "ci"), "--nothing");
    assertFails(2, run("account", "trust", "ci"), "--nobody");
    assertFails(2, run("account", "trust", "ci", "--issuer", "https://a.example"), "--audience");
    assertFails(2, run("account", "limit", "ci"), "--usual");
    assertFails(2, run("account", "limit", "ci", "--usual", "--uploads=5"), "--usual");
    assertFails(2, run("account", "limit", "ci", "--layer-size=20"), "500MiB");
    assertFails(2, run("account", "limit", "ci", "--layer-size=9999999TiB"), "layerBytes");
    assertFails(2, run("account", "limit", "ci", "--uploads=0"), "1 to 1000");
    String github = "https://token.actions.githubusercontent.com";
    for (String command : List.of("trust", "add")) {
      String[] wide = {"--issuer", github, "--audience", "a", "--where", "sub=repo:*"};
      String[] all =
          Stream.of(List.of("account", command, "ci"), List.of(wide))
              .flatMap(List::stream)
              .toArray(String[]::new);
      assertFails(2, run(all), "such as repository=org/app");
    }
    assertFails(2, run("account", "trust", "ci", "--nobody", "--add"), "--add");
    assertFails(2, run("account", "grant", "ci", "x"), "such as 'team/*=pull,push'");
    assertFails(2, run("account", "grant", "ci", "x=fly"), "such as 'team/*=pull,push'");
    assertFails(2, run("account", "grant", "ci", "x=administer"), "administrator");
    assertFails(2, run("account", "add", "A/B"), "the name of an account");
    assertFails(2, run("account", "add", "a", "--expires", "3h"), "90d");
    assertThat(Lamella.execute("account")).isEqualTo(2);
    assertThat(store.requests).isEmpty();
  }

  @Test
  void help_teaches() {
    for (String command : List.of("login", "logout", "whoami", "account")) {
      out.reset();
      assertThat(Lamella.execute(command, "--help")).isZero();
      assertThat(text(out)).contains("Example");
    }
  }

  private int login(String secret) {
    System.setIn(new ByteArrayInputStream(secret.getBytes(StandardCharsets.UTF_8)));
    return run("login", "-u", "ci", "--secret-stdin");
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return Lamella.execute(
        Stream.concat(Stream.of(arguments), Stream.of("--to", url())).toArray(String[]::new));
  }

  private String url() {
    return store.url().toString();
  }

  private void assertFails(int code, int found, String message) {
    assertThat(text(err)).contains(message).matches("(?s)lamella: [^\n]+\n(Try .*)?");
    assertThat(found).isEqualTo(code);
    assertThat(text(out)).isEmpty();
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
