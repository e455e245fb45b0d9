package dev.lamella.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.Invocation;
import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each function may do is what it does: nothing more, and nothing less. */
class LeastPrivilegeTest extends StackTest {
  /** By name or ARN, with its alias or without. */
  private static final Pattern FUNCTION =
      Pattern.compile("(?:arn:.*:function:)?([^:/]+)(?::[^:/]+)?");

  /** Allowed, and done only where two happen to do the same at the same time: each with what. */
  private static final Map<String, String> SELDOM =
      Map.of(
          "VerifierFunction: ReadRecords dynamodb:BatchGetItem Table",
          "another verifier, or a repair, changed a shard's record since this one read it");

  private volatile Duration ahead = Duration.ZERO;
  private volatile boolean losesBatches;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withClock(() -> Instant.now().plus(ahead))
        .withRetryDelay(Duration.ofMillis(50))
        .withInterceptor(this::around);
  }

  private byte[] around(Invocation invocation, Callable<byte[]> handler) throws Exception {
    boolean isBatch =
        invocation.function().equals("VerifierFunction")
            && new String(invocation.payload(), UTF_8).contains("\"batch\":{");
    return isBatch && losesBatches
        ? "null".getBytes(UTF_8)
        : SeenCalls.INVOCATIONS.around(invocation, handler);
  }

  @BeforeAll
  void useAStore(@TempDir Path directory, @TempDir Path asking) throws Exception {
    UsedStore store = new UsedStore(this, directory);
    store.pushAndPull();
    store.pushAsOthersDo();
    store.pushLate();
    store.leaveUploads();
    store.read();
    store.assemble();
    store.loseManifest();
    store.loseShards();
    verify();
    giveUpAJob();
    store.askForCollection();
    settle();
    collect();
    store.delete();
    for (int week = 0; week < 3; week++) {
      ahead = ahead.plusDays(8);
      collect();
    }
    SigningIn.run(asking);
  }

  /** What it had handed out is lost; the next one finds it so, days later. */
  private void giveUpAJob() throws InterruptedException {
    losesBatches = true;
    verify();
    losesBatches = false;
    ahead = ahead.plusDays(8);
    verify();
  }

  private void verify() throws InterruptedException {
    stack().runSchedule("VerifierFunction");
    settle();
  }

  private void collect() throws InterruptedException {
    stack().runSchedule("JanitorFunction");
    settle();
  }

  private void settle() throws InterruptedException {
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(2))).isTrue();
  }

  /** Else AWS refuses what works here, where nobody looks at policies. */
  @Test
  void call_ofEachFunction_isAllowedByItsPolicy() {
    Set<String> refused = new TreeSet<>();
    byFunction().forEach((policy, calls) -> refused.addAll(policy.refused(calls)));
    assertThat(refused).isEmpty();
  }

  @Test
  void statement_ofEachPolicy_isUsed() {
    Set<String> unused = new TreeSet<>();
    byFunction().forEach((policy, calls) -> unused.addAll(policy.unused(calls)));
    unused.removeAll(SELDOM.keySet());
    assertThat(unused).isEmpty();
    assertThat(
            byFunction().keySet().stream()
                .flatMap(
                    policy ->
                        policy.statements().stream().map(one -> policy.function() + ": " + one)))
        .containsAll(SELDOM.keySet());
  }

  private Map<Policy, Set<AwsCall>> byFunction() {
    Map<Policy, Set<AwsCall>> all = new HashMap<>();
    Map<String, Set<AwsCall>> seen = SeenCalls.seen();
    for (FunctionDefinition function : stack().template().functions()) {
      Set<AwsCall> calls = seen.getOrDefault(function.logicalId(), Set.of());
      assertThat(calls).as(function.logicalId()).isNotEmpty();
      all.put(
          Policy.of(ROOT.resolve("template.yaml"), function.logicalId()),
          calls.stream().map(this::logical).collect(Collectors.toSet()));
    }
    return all;
  }

  /** With the resource called as the template calls it. */
  private AwsCall logical(AwsCall call) {
    if (call.action().startsWith("logs:")) {
      return call; // Logs are called as the template calls them, on this machine.
    }
    Matcher function = FUNCTION.matcher(call.resource());
    String resource =
        call.action().startsWith("lambda:") && function.matches()
            ? function.group(1)
            : call.resource();
    Map.Entry<String, String> named =
        stack().template().names().entrySet().stream()
            .filter(each -> (resource + "/").startsWith(each.getValue() + "/"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("nothing of the template: " + call));
    String rest = resource.substring(named.getValue().length());
    return new AwsCall(call.action(), named.getKey() + rest, call.context());
  }
}
