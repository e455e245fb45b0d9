package dev.lamella.host;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.TokenAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Has a {@link FakeStore} ask who comes: tokens are numbered, and a test says which are good. */
final class FakeIdentity implements FakeStore.Trouble {
  static final String SECRET = "lam_secret+&=%";

  /** What was asked of {@code /token}: the query, or the form. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** The path of each request, with whom it said that it is from. */
  final List<String> told = new CopyOnWriteArrayList<>();

  /** Why a token is refused, such as {@code invalid_token}. */
  final Map<String, String> refused = new ConcurrentHashMap<>();

  volatile String realm;

  /** A REST API of API Gateway renames it. */
  volatile String challengeHeader = "WWW-Authenticate";

  volatile long life = 900;
  private final AtomicInteger made = new AtomicInteger();

  private FakeIdentity(URI store) {
    this.realm = store + "/token";
  }

  static FakeIdentity at(FakeStore store) {
    FakeIdentity identity = new FakeIdentity(store.url());
    store.troubles.add(identity);
    return identity;
  }

  @Override
  public boolean answers(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Optional<String> header =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    told.add(path + " " + header.orElse("nobody"));
    if (path.equals("/token")) {
      token(exchange);
      return true;
    }
    boolean isOfStore = path.startsWith("/v1/") || path.startsWith("/v2/");
    String token = header.map(text -> text.replaceFirst("^Bearer ", "")).orElse("");
    if (!isOfStore || (token.startsWith("token-") && !refused.containsKey(token))) {
      return false;
    }
    String error = token.isEmpty() ? "" : refused.getOrDefault(token, "invalid_token");
    challenge(exchange, error);
    return true;
  }

  private void challenge(HttpExchange exchange, String error) throws IOException {
    exchange
        .getResponseHeaders()
        .set(
            challengeHeader,
            "Bearer realm=\"%s\",service=\"fake\"%s"
                .formatted(realm, error.isEmpty() ? "" : ",error=\"" + error + "\""));
    boolean isDenied = error.equals("insufficient_scope");
    FakeStore.answer(
        exchange,
        401,
        ErrorAnswer.of(
            isDenied ? "DENIED" : "UNAUTHORIZED",
            isDenied ? "ci may not push to team/app" : "the store wants a token",
            Map.of()));
  }

  private void token(HttpExchange exchange) throws IOException {
    String form =
        exchange.getRequestMethod().equals("GET")
            ? String.valueOf(exchange.getRequestURI().getRawQuery())
            : new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(exchange.getRequestMethod() + " " + form);
    if (form.contains("password=wrong")) {
      challenge(exchange, "");
      return;
    }
    String token = "token-" + made.incrementAndGet();
    FakeStore.answer(
        exchange,
        200,
        new TokenAnswer(
            token,
            token,
            life,
            Instant.EPOCH,
            Optional.empty(),
            Optional.of("Bearer"),
            Optional.empty()));
  }
}
