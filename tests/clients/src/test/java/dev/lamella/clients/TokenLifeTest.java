package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.Action;
import dev.lamella.core.api.Json;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pushes and pulls that take longer than a token is good, by the clock of the store's functions.
 */
class TokenLifeTest extends AskingStackTest {
  /** The call before which a token's life goes by: by then each client has one. */
  private static final int LATE = 3;

  private static final String IDENTITY = "IdentityFunction";
  private static final Set<String> API = Set.of("MetadataFunction", "UploadCoordinatorFunction");

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final AtomicInteger calls = new AtomicInteger(LATE);
  private final AtomicInteger tokens = new AtomicInteger();
  private String writer = "";

  @Override
  LocalStackOptions options(LocalStackOptions options) {
    return super.options(options)
        .withClock(() -> Instant.now().plus(ahead.get()))
        .withInterceptor(
            (invocation, handler) -> {
              count(invocation);
              return handler.call();
            });
  }

  private void count(Invocation invocation) {
    if (invocation.function().equals(IDENTITY)) {
      tokens.incrementAndGet();
    } else if (API.contains(invocation.function())
        && !hasBody(invocation)
        && calls.incrementAndGet() == LATE) {
      ahead.updateAndGet(IssueToken.LIFE::plus);
    }
  }

  /** Not all clients can send a body again. */
  private static boolean hasBody(Invocation invocation) {
    String method = Json.tree(invocation.payload()).path("httpMethod").asString();
    return Set.of("PATCH", "PUT").contains(method);
  }

  @BeforeAll
  void make() throws IOException {
    writer = account(WRITER, "team/*", Action.PULL, Action.PUSH);
  }

  @Test
  void lamella_whoseTokensEndMeanwhile_pushesAndPulls() throws IOException {
    Layout image = Layout.random(directory(), 41, 1000, 12 << 20, 3 << 20);
    StoreClient pushes = client(WRITER, writer, push("team/lamella"));
    meanwhile(() -> LamellaHost.push(pushes, image, "team/lamella:1"));
    StoreClient pulls = client(WRITER, writer, push("team/lamella"));
    Path pulled = directory().resolve("pulled");
    meanwhile(() -> LamellaHost.pull(pulls, "team/lamella:1", pulled));
  }

  /** Clients that know a token's end by the store's answer; others know it by their own clock. */
  @ParameterizedTest
  @EnumSource(names = {"CRANE", "ORAS"})
  void client_whoseTokensEndMeanwhile_pushesAndPulls(Client client) throws IOException {
    Layout image = Layout.random(directory(), client.word().hashCode(), 1000, 3 << 20);
    Tool tool = client.tool(directory(), registry()).withEnvironment(settings(directory()));
    client.login(tool, registry(), WRITER, writer).succeeded();
    String name = registry() + "/team/life-" + client.word() + ":1";
    meanwhile(() -> client.push(tool, image, name).succeeded());
    Path pulled = directory();
    meanwhile(() -> client.pull(tool, name, pulled).succeeded());
    image.isIn(pulled);
  }

  /** Fails where the work was over before its token was. */
  private void meanwhile(Runnable work) {
    tokens.set(0);
    calls.set(0);
    work.run();
    assertThat(calls).hasValueGreaterThanOrEqualTo(LATE);
    assertThat(tokens).as("one, and one for that which ended").hasValueGreaterThan(1);
  }
}
