package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of a client that signs in, to a store that asks. */
@Timeout(60)
final class SignInTest {
  private static final Credential CI = new Credential.Password("ci", FakeIdentity.SECRET, "a test");
  private static final UploadRequest NOTHING =
      new UploadRequest(new RepositoryName("team/app"), List.of());

  private FakeStore store;
  private FakeIdentity identity;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    identity = FakeIdentity.at(store);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void call_withCredentials_getsATokenFirst() {
    StoreClient client = client(Optional.of(CI));
    client.images(Optional.empty());
    client.images(Optional.empty());
    assertThat(identity.asked)
        .containsExactly(
            "POST grant_type=password&username=ci&password=lam_secret%2B%26%3D%25&service=lamella"
                + "&client_id=lamella&scope=a+b");
    assertThat(store.requests).containsExactly("POST /token", "GET /v1/images", "GET /v1/images");
    assertThat(identity.told)
        .containsExactly("/token nobody", "/v1/images Bearer token-1", "/v1/images Bearer token-1");
  }

  @Test
  void call_withIdentityToken_sendsIt() {
    client(Optional.of(new Credential.IdentityToken("lamr_x", "a test"))).images(Optional.empty());
    assertThat(identity.asked.getFirst())
        .startsWith("POST grant_type=refresh_token&refresh_token=lamr_x&");
  }

  @Test
  void call_withoutCredentials_getsATokenWhenAsked() {
    StoreClient client = client(Optional.empty());
    var _ = client.request(NOTHING);
    client.images(Optional.empty());
    assertThat(identity.asked).containsExactly("GET scope=a+b");
    assertThat(store.requests)
        .containsExactly("POST /v1/uploads", "GET /token", "POST /v1/uploads", "GET /v1/images");
  }

  @Test
  void call_toAnOpenStore_asksForNoToken() throws IOException {
    try (FakeStore open = new FakeStore()) {
      new StoreClient(open.url(), Retries.DEFAULT)
          .signedIn(Optional.empty(), List.of("a"))
          .images(Optional.empty());
      assertThat(open.requests).containsExactly("GET /v1/images");
    }
  }

  @Test
  void call_withCredentialsToAStoreThatAsksNobody_goesOn() throws IOException {
    try (FakeStore open = new FakeStore()) {
      open.troubles.add(
          exchange -> {
            if (!exchange.getRequestURI().getPath().equals("/token")) {
              return false;
            }
            FakeStore.answer(exchange, 404, ErrorAnswer.of("ROUTE_UNKNOWN", "none", Map.of()));
            return true;
          });
      StoreClient client =
          new StoreClient(open.url(), Retries.DEFAULT).signedIn(Optional.of(CI), List.of("a"));
      client.images(Optional.empty());
      client.images(Optional.empty());
      assertThat(open.count("POST /token")).isOne();
    }
  }

  /** Whoever answers 401 could else have the secret, or a token, sent anywhere. */
  @Test
  void realm_thatLeadsElsewhere_isNotFollowed() throws IOException {
    try (FakeStore elsewhere = new FakeStore()) {
      identity.realm = elsewhere.url() + "/token";
      client(Optional.empty()).images(Optional.empty());
      identity.refused.put("token-2", "invalid_token");
      client(Optional.of(CI)).images(Optional.empty());
      assertThat(elsewhere.requests).isEmpty();
      assertThat(identity.asked).hasSize(3);
    }
  }

  @Test
  void redirect_ofTheTokensRequest_isNotFollowed() throws IOException {
    try (FakeStore elsewhere = new FakeStore()) {
      store.troubles.addFirst(
          exchange -> {
            exchange.getResponseHeaders().set("Location", elsewhere.url() + "/token");
            FakeStore.send(exchange, 307, new byte[0]);
            return true;
          });
      assertThatThrownBy(() -> client(Optional.of(CI)).images(Optional.empty()))
          .hasMessageContaining("not followed");
      assertThat(elsewhere.requests).isEmpty();
    }
  }

  @Test
  void token_of32Calls_isAskedForOnce() throws Exception {
    identity.refused.put("token-1", "invalid_token");
    StoreClient client = client(Optional.of(CI));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<ImageList>> calls =
          Collections.nCopies(32, () -> client.images(Optional.empty()));
      for (Future<ImageList> call : threads.invokeAll(calls)) {
        var _ = call.get();
      }
    }
    assertThat(identity.asked).as("one, and one for that which ended").hasSize(2);
  }

  @Test
  void token_whoseLifeEnds_isGotAnew() {
    identity.life = 0;
    StoreClient client = client(Optional.of(CI));
    client.images(Optional.empty());
    client.images(Optional.empty());
    assertThat(identity.told).contains("/v1/images Bearer token-1", "/v1/images Bearer token-2");
  }

  @Test
  void token_thatIsRefusedAgain_isShown() {
    IntStream.range(1, 9).forEach(i -> identity.refused.put("token-" + i, "invalid_token"));
    assertThatThrownBy(() -> client(Optional.of(CI)).images(Optional.empty()))
        .isInstanceOf(StoreRefusal.class)
        .hasMessageContaining("lamella login --to " + store.url());
    assertThat(identity.asked).hasSize(2);
  }

  @Test
  void token_thatDoesNotAllowIt_saysSoWithTheStoresMessage() {
    identity.refused.put("token-1", "insufficient_scope");
    assertThatThrownBy(() -> client(Optional.of(CI)).request(NOTHING))
        .isInstanceOfSatisfying(StoreRefusal.class, e -> assertThat(e.code()).isEqualTo("DENIED"))
        .hasMessageContaining("ci may not push to team/app")
        .hasMessageNotContaining("lamella login");
    assertThat(identity.asked).hasSize(1);
  }

  @Test
  void secret_thatIsWrong_isInNoMessage() {
    Credential wrong = new Credential.Password("ci", "wrong-secret", "config.json");
    assertThatThrownBy(() -> client(Optional.of(wrong)).images(Optional.empty()))
        .hasMessageContaining("cannot sign in")
        .hasMessageContaining("config.json")
        .hasMessageContaining("lamella login")
        .hasMessageNotContaining("wrong-secret");
    assertThat(wrong.toString()).doesNotContain("wrong-secret");
  }

  private StoreClient client(Optional<Credential> credential) {
    return new StoreClient(
            store.url(),
            new Retries(2, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(30)))
        .signedIn(credential, List.of("a", "b"));
  }
}
