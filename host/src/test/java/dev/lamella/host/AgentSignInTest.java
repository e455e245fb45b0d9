package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that sign in through an agent. */
final class AgentSignInTest extends AgentTest {
  private static final String[] AS_ONE = {"Authorization", "Bearer token-1"};
  private static final String[] AS_OTHER = {"Authorization", "Bearer token-2"};

  @ParameterizedTest
  @ValueSource(strings = {"WWW-Authenticate", "x-amzn-remapped-www-authenticate"})
  void challenge_isTheStoresOwn_andSendsToTheAgent(String named) throws Exception {
    FakeIdentity identity = FakeIdentity.at(store);
    identity.challengeHeader = named;
    identity.realm = "https://elsewhere.example/live/token";
    for (HttpResponse<byte[]> answer :
        new HttpResponse[] {
          send("GET", uri("/v2/"), new byte[0]),
          send("GET", blob(digest), new byte[0]),
          send("HEAD", blob(digest), new byte[0]),
          send("POST", uri("/v2/" + NAME + "/blobs/uploads/"), new byte[0]),
          send("POST", uri("/v2/" + NAME + "/blobs/uploads/?mount=" + digest), new byte[0]),
        }) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(header(answer, "WWW-Authenticate"))
          .isEqualTo("Bearer realm=\"" + agent.endpoint() + "/token\",service=\"fake\"");
      if (!answer.request().method().equals("HEAD")) {
        assertThat(text(answer))
            .contains("\"message\":\"the store wants a token\"", "\"UNAUTHORIZED\"");
      }
    }
  }

  @Test
  void token_isPassedOnAndNotLogged() throws Exception {
    FakeIdentity identity = FakeIdentity.at(store);
    assertThat(text(send("GET", uri("/token?scope=a%20b"), new byte[0]))).contains("token-1");
    byte[] form = "password=lam_s".getBytes(StandardCharsets.UTF_8);
    assertThat(text(send("POST", uri("/token"), form))).contains("token-2");
    assertThat(identity.asked).containsExactly("GET scope=a%20b", "POST password=lam_s");
    assertThat(send("POST", uri("/token"), new byte[(8 << 20) + 1]).statusCode()).isEqualTo(413);
    assertThat(String.join("\n", log)).doesNotContain("lam_s").doesNotContain("token-");
  }

  /** What the agent sends after a request waits for the token that the next one has. */
  @Test
  void upload_whoseTokenEndsBetweenRequests_goesOnWithTheNext() throws Exception {
    FakeIdentity identity = FakeIdentity.at(store);
    URI upload = begin();
    store.troubles.addFirst(
        exchange -> {
          if (exchange.getRequestURI().getPath().endsWith("/parts")) {
            identity.refused.put("token-1", "invalid_token");
          }
          return false;
        });
    assertThat(send("PATCH", upload, content, AS_ONE).statusCode()).isEqualTo(202);
    HttpResponse<byte[]> done =
        send("PUT", URI.create(upload + "?digest=" + digest), new byte[0], AS_OTHER);
    assertThat(done.statusCode()).isEqualTo(201);
    assertThat(identity.told).noneMatch(line -> line.matches("/(staging|servers)/.*Bearer.*"));
  }

  @Test
  void upload_whoseLastRequestHasAnOldToken_isRefusedWithAChallenge() throws Exception {
    FakeIdentity identity = FakeIdentity.at(store);
    URI upload = begin(AS_OTHER);
    identity.refused.put("token-1", "invalid_token");
    HttpResponse<byte[]> old =
        send("PUT", URI.create(upload + "?digest=" + digest), content, AS_ONE);
    assertThat(old.statusCode()).isEqualTo(401);
    assertThat(header(old, "WWW-Authenticate")).contains("invalid_token");
  }

  private URI begin() throws Exception {
    return begin(AS_ONE);
  }

  private URI begin(String... headers) throws Exception {
    HttpResponse<byte[]> begun =
        send("POST", uri("/v2/" + NAME + "/blobs/uploads/"), new byte[0], headers);
    assertThat(begun.statusCode()).isEqualTo(202);
    return uri(URI.create(header(begun, "Location")).getPath());
  }
}
