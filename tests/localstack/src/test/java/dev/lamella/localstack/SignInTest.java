package dev.lamella.localstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.local.demo.DemoImage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.text.ParseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what on the deployed stack, with its secrets in Secrets Manager. */
class SignInTest extends CloudTest {
  private static final String IMAGE = "team/app:1";
  private static final String PULL = "repository:team/app:pull";
  private static final String MANIFEST = "/v2/team/app/manifests/1";

  private Path archive;
  private Path cache;
  private Account reader;

  @BeforeAll
  void pushAndAdd(@TempDir Path directory) throws IOException {
    archive = directory.resolve("image.tar");
    cache = directory.resolve("cache");
    DemoImage.writeNoise(archive, directory.resolve("jib"));
    Host host = administrator().host(cache);
    host.push(archive, IMAGE);
    String secret =
        host.run("account", "add", "reader", "--grant", "team/*=pull", "--to", stack().api())
            .orFail()
            .strip();
    reader = new Account(stack().api(), "reader", secret);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/",
    "GET, /v2/_catalog",
    "GET, /v2/team/app/manifests/1",
    "HEAD, /v2/team/app/manifests/1",
    "GET, /v1/images",
    "GET, /v1/account",
    "GET, /v1/accounts",
    "POST, /v1/keys",
    "POST, /v1/uploads",
    "POST, /v1/collections",
    "POST, /v2/team/app/blobs/uploads/",
    "PUT, /v2/team/app/manifests/1",
    "DELETE, /v2/team/app/manifests/1",
  })
  void call_withoutAToken_isRefusedWithTheChallenge(String method, String path) throws Exception {
    byte[] body = "{}".getBytes(UTF_8);
    for (Api api : new Api[] {Api.of(stack().api()), Api.of(stack().api(), "no.good.token")}) {
      HttpResponse<byte[]> answer = api.call(method, path, body);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
          .matches("Bearer realm=\"https?://[^/]+/live/token\",service=\"lamella-first\".*");
    }
  }

  @Test
  void token_withoutAnAccount_allowsNothing() throws Exception {
    HttpResponse<byte[]> answer = Api.of(stack().api()).get("/token?scope=" + PULL);
    assertThat(answer.statusCode()).isEqualTo(200);
    String token = Json.tree(answer.body()).path("token").asString();
    assertDenied(Api.of(stack().api(), token).get(MANIFEST));
  }

  @Test
  void token_forAWrongSecret_isNotGiven() throws Exception {
    for (String secret : new String[] {"lam_wrong", "", reader.secret()}) {
      Account wrong = new Account(stack().api(), "administrator", secret);
      assertThat(wrong.tryToken(TokenScope.STORE).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void reader_pulls_andCannotPush(@TempDir Path directory) throws Exception {
    Host host = reader.host(cache);
    host.pull(IMAGE, directory.resolve("pulled"));
    Command.Ended push = host.tryPush(archive, "team/app:2");
    assertThat(push.status()).isNotZero();
    assertThat(push.errors()).contains("DENIED");
    // Word by word, whatever it asked its token for.
    Api api = Api.of(stack().api(), reader.token("repository:team/app:pull,push,delete"));
    assertThat(api.get(MANIFEST).statusCode()).isEqualTo(200);
    assertDenied(api.call("PUT", MANIFEST, new byte[0]));
    assertDenied(api.call("DELETE", MANIFEST, new byte[0]));
    assertDenied(api.call("POST", "/v2/team/app/blobs/uploads/", new byte[0]));
    assertDenied(api.get("/v1/accounts"));
    assertDenied(api.get("/v2/other/app/manifests/1"));
  }

  private static void assertDenied(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(new String(answer.body(), UTF_8)).contains("DENIED");
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
        .endsWith(",error=\"insufficient_scope\"");
  }

  /** Functions of another version have nothing but what is kept. */
  @Test
  void keyAndAccounts_ofNewFunctions_areThoseBefore() throws Exception {
    String before = reader.token(PULL);
    for (String function : new String[] {"IdentityFunction", "MetadataFunction"}) {
      functions().use(function, functions().publish(function, 29, environment -> environment));
    }
    assertThat(Api.of(stack().api(), before).get(MANIFEST).statusCode()).isEqualTo(200);
    String after = reader.token(PULL);
    assertThat(key(after)).isEqualTo(key(before));
    assertThat(Api.of(stack().api(), after).get(MANIFEST).statusCode()).isEqualTo(200);
  }

  /** By its id. */
  private static String key(String token) throws ParseException {
    return SignedJWT.parse(token).getHeader().getKeyID();
  }
}
