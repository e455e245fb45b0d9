package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import dev.lamella.host.Lamella;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.EnvironmentKilled;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.local.lambda.InvocationResult;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verification jobs of the real function, and what goes wrong meanwhile. */
class VerificationTest extends StackTest {
  private static final String VERIFIER = "VerifierFunction";

  @TempDir Path directory;
  private final AtomicLong jump = new AtomicLong();
  private volatile InvocationInterceptor fault = InvocationInterceptor.NONE;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withRetryDelay(Duration.ofMillis(50))
        .withClock(() -> Instant.now().plusSeconds(jump.get()))
        .withInterceptor(
            (invocation, handler) ->
                invocation.function().equals(VERIFIER)
                    ? fault.around(invocation, handler)
                    : handler.call());
  }

  @AfterEach
  void heal() {
    fault = InvocationInterceptor.NONE;
  }

  @Test
  void schedules_ofAnEmptyOrAWholeStore_findItWell() throws Exception {
    push("scheduled/image", 3);
    stack().runSchedule(VERIFIER);
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(2))).isTrue();
    List<VerificationReport> reports = Verifications.all(host()).subList(0, 2);
    assertThat(reports).extracting(VerificationReport::deep).containsExactlyInAnyOrder(true, false);
    assertThat(reports)
        .allSatisfy(
            report -> {
              assertThat(report.state()).isEqualTo(State.DONE);
              assertThat(report.looked().damaged()).isZero();
              assertThat(report.looked().shards()).isPositive();
            });
    assertThat(Files.readString(data().resolve("logs/VerifierFunction.log")))
        .contains("CloudWatchMetrics", "DamagedShards");
  }

  @Test
  void verifier_diesAgainAndAgain_eachShardCountsOnce() throws Exception {
    push("killed/verifier", 30);
    Set<String> died = ConcurrentHashMap.newKeySet();
    AtomicInteger deaths = new AtomicInteger();
    fault =
        (invocation, handler) -> {
          // Each invocation dies once before and once after its work.
          boolean isFirst = invocation.attempt() == 1;
          if (isFirst) {
            deaths.incrementAndGet();
            throw new EnvironmentKilled();
          }
          byte[] result = handler.call();
          if (invocation.attempt() == 2 && died.add(invocation.requestId())) {
            deaths.incrementAndGet();
            throw new EnvironmentKilled();
          }
          return result;
        };
    VerificationReport report = verify(true, "killed/verifier");
    assertThat(deaths).hasValueGreaterThan(2);
    assertThat(report.layers()).isEqualTo(2);
    assertThat(report.looked().shards()).isEqualTo(31);
    assertThat(report.damage()).isEmpty();
  }

  @Test
  void batches_lostWithTheWholeStore_areHandedOutAgainByTheNextStart() throws Exception {
    push("lost/batches", 3);
    // Lambda's queue in the local stack dies with it: nothing of what was handed out comes.
    fault = (_, _) -> "null".getBytes(StandardCharsets.UTF_8);
    VerificationReport started = start(true, "lost/batches");
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
    fault = InvocationInterceptor.NONE;
    assertThat(start(true, "lost/batches").id()).isEqualTo(started.id());
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
    assertThat(Verifications.get(host(), started.id()).state()).isEqualTo(State.RUNNING);

    jump.addAndGet(Duration.ofMinutes(21).toSeconds());
    assertThat(start(true, "lost/batches").id()).isEqualTo(started.id());

    VerificationReport report = Verifications.await(host(), started.id());
    assertThat(report.layers()).isEqualTo(2);
    assertThat(report.looked().shards()).isEqualTo(4);
  }

  @Test
  void twoJobs_shareTheWork() throws Exception {
    push("shared/image", 6);
    AtomicInteger batches = new AtomicInteger();
    fault =
        (invocation, handler) -> {
          if (new String(invocation.payload(), StandardCharsets.UTF_8).contains("\"number\"")) {
            batches.incrementAndGet();
          }
          return handler.call();
        };
    ReportId one = start(true, "shared/image").id();
    ReportId other = start(true, "shared/*").id();
    VerificationReport first = Verifications.await(host(), one);
    VerificationReport second = Verifications.await(host(), other);
    assertThat(one).isNotEqualTo(other);
    // A layer that one has is left alone by the other, at whatever moment it comes to it; only one
    // that was proven before the other began is proven again.
    assertThat(first.layers() + second.layers()).isBetween(2L, 4L);
    assertThat(batches.get()).isEqualTo((int) (first.layers() + second.layers()));
    assertThat(first.damage()).isEmpty();
    assertThat(second.damage()).isEmpty();
  }

  @Test
  void pushesAndPulls_whileVerificationsAndCollectionsGoOn_allSucceed() throws Exception {
    ImageFiles kept = push("busy/kept", 12);
    byte[] unreferenced = RawHost.bytes(SHARD, 1);
    host().push("busy/left", unreferenced);
    byte[] expired = RawHost.bytes(SHARD, 2);
    UploadProgress open = host().open("busy/left", RawHost.sha256(expired), expired.length);
    host().stage(open, expired);
    jump.addAndGet(Duration.ofDays(8).toSeconds());
    List<String> collected = new ArrayList<>();
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int number = i;
        ImageFiles pushed =
            ImageFiles.image(directory.resolve("busy-" + i), 500 + i, 4L * SHARD + i);
        work.add(threads.submit(() -> host.push(pushed.directory(), "busy/new-" + number + ":1")));
        work.add(
            threads.submit(() -> host.pull("busy/kept:1", directory.resolve("pulled-" + number))));
      }
      while (work.stream().anyMatch(one -> !one.isDone())) {
        assertThat(verify(true, "busy/*").looked().damaged()).isZero();
        assertThat(verify(false, "busy/*").looked().damaged()).isZero();
        collected.addAll(collect());
      }
      for (Future<?> one : work) {
        one.get();
      }
    }
    assertThat(verify(true, "busy/*").damage()).isEmpty();
    assertThat(collected)
        .contains(RawHost.sha256(unreferenced).toString())
        .anyMatch(name -> name.contains(open.upload().value()));
    assertThat(host().isVisible("busy/left", RawHost.sha256(unreferenced))).isFalse();
    assertThat(host().call("GET", "/v1/uploads/" + open.upload(), "").statusCode()).isEqualTo(404);
    for (int i = 0; i < 3; i++) {
      assertThat(ImageFiles.blobs(directory.resolve("pulled-" + i)))
          .isEqualTo(ImageFiles.blobs(kept.directory()));
    }
  }

  @Test
  void damagedLayer_pushedInChunks_isReplaced() throws Exception {
    ImageFiles files = push("chunked/image", 3);
    Digest layer = files.largest();
    Files.delete(object("chunked/image", layer, 1));
    assertThat(verify(false, "chunked/image").damage())
        .extracting(Damage::shard)
        .containsExactly(1);

    byte[] bytes = Files.readAllBytes(files.file(layer));
    String uploads = "/v2/chunked/image/blobs/uploads/";
    String location =
        host().call("POST", uploads, "").headers().firstValue("Location").orElseThrow();
    for (int from = 0; from < bytes.length; from += 4 << 20) {
      byte[] chunk = RawHost.slice(bytes, from, Math.min(4 << 20, bytes.length - from));
      assertThat(host().call("PATCH", location, chunk).statusCode())
          .as("from " + from)
          .isEqualTo(202);
    }
    String end = location + (location.contains("?") ? "&" : "?") + "digest=" + layer;
    assertThat(host().call("PUT", end, "").statusCode()).isEqualTo(201);

    assertThat(host().pull("chunked/image", layer)).isEqualTo(bytes);
    VerificationReport report = verify(true, "chunked/image");
    assertThat(report.damage()).isEmpty();
    assertThat(report.layers()).isEqualTo(2);
  }

  @Test
  void command_tellsScriptsByItsExitCode() throws Exception {
    ImageFiles files = push("command/image", 3);
    String store = stack().endpoint().toString();
    assertThat(Lamella.execute("verify", "--deep", "command/*", "--store", store))
        .isEqualTo(ExitCode.OK.value());
    Files.delete(object("command/image", files.largest(), 2));
    assertThat(Lamella.execute("verify", "command/image", "--json", "--store", store))
        .isEqualTo(ExitCode.DAMAGED.value());
    assertThat(Lamella.execute("inspect", "command/image:1", "--store", store))
        .isEqualTo(ExitCode.OK.value());
    assertThat(
            Lamella.execute("push", files.directory().toString(), "command/image:1", "--to", store))
        .isEqualTo(ExitCode.OK.value());
    assertThat(Lamella.execute("verify", "command/image", "--store", store))
        .isEqualTo(ExitCode.OK.value());
    assertThat(Lamella.execute("verify", "command/[x]", "--store", store))
        .isEqualTo(ExitCode.USAGE.value());
    assertThat(Lamella.execute("verify", "command/nobody", "--store", store))
        .isEqualTo(ExitCode.REFUSED.value());
  }

  @Test
  void start_sameScopeWhileOneRuns_answersThatJobAndChangesNothing() throws Exception {
    push("twice/started", 3);
    fault = (_, _) -> "null".getBytes(StandardCharsets.UTF_8);
    VerificationReport first = start(true, "twice/started");
    assertThat(stack().lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
    assertThat(start(true, "twice/started")).isEqualTo(first);
    assertThat(start(false, "twice/started").id()).isNotEqualTo(first.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /v1/verifications | {\"deep\":true,\"name\":\"Team/[a]\"} | 400 | REQUEST_INVALID",
        "POST | /v1/verifications | {\"deep\":true,\"name\":\"\"} | 400 | REQUEST_INVALID",
        "POST | /v1/verifications | {\"deep\":true,\"name\":\"no/body\"} | 404 | NAME_UNKNOWN",
        "POST | /v1/verifications | {\"deep\":true,\"budget\":{\"bytes\":0,\"seconds\":9}} | 400"
            + " | REQUEST_INVALID",
        "POST | /v1/verifications | {\"deep\":true,\"budget\":{\"bytes\":9,\"seconds\":-1}} | 400"
            + " | REQUEST_INVALID",
        "POST | /v1/verifications | {\"name\":\"a\"} | 400 | REQUEST_INVALID",
        "POST | /v1/verifications | nonsense | 400 | REQUEST_INVALID",
        "GET | /v1/verifications/nonsense | '' | 404 | VERIFICATION_UNKNOWN",
        "GET | /v1/verifications/20260101t000000000-0123abcd | '' | 404 | VERIFICATION_UNKNOWN",
        "GET | /v1/verifications?last=x | '' | 404 | VERIFICATION_UNKNOWN",
      })
  void badInput_isRefusedAndChangesNothing(
      String method, String path, String body, int status, String code) throws IOException {
    int before = Verifications.all(host()).size();
    HttpResponse<byte[]> answer = host().call(method, path, body);
    assertThat(answer.statusCode()).as(RawHost.text(answer)).isEqualTo(status);
    assertThat(RawHost.text(answer)).contains(code);
    assertThat(Verifications.all(host())).hasSize(before);
  }

  /** The names of what the janitor has removed. */
  private List<String> collect() throws Exception {
    InvocationResult result =
        stack()
            .lambda()
            .invoke(
                physicalName("JanitorFunction"),
                "{\"full\":true}".getBytes(StandardCharsets.UTF_8));
    assertThat(result).isInstanceOf(InvocationResult.Completed.class);
    byte[] run = ((InvocationResult.Completed) result).payload();
    return Json.read(run, CollectionRun.class).found().stream()
        .flatMap(tally -> tally.finds().stream())
        .map(Find::name)
        .toList();
  }

  private ImageFiles push(String image, int shards) throws IOException {
    Path source = directory.resolve(image);
    ImageFiles files = ImageFiles.image(source, image.hashCode(), (long) shards * SHARD - 7);
    new Host(stack().endpoint(), directory.resolve("cache")).push(files.directory(), image + ":1");
    return files;
  }

  private VerificationReport start(boolean deep, String name) throws IOException {
    return Verifications.start(host(), "{\"deep\":%s,\"name\":\"%s\"}".formatted(deep, name));
  }

  private VerificationReport verify(boolean deep, String name) throws Exception {
    return Verifications.await(host(), start(deep, name).id());
  }

  private Path object(String image, Digest layer, int shard) throws IOException {
    ShardMap.Entry entry = host().map(image, layer).map().get(shard);
    return data().resolve("s3" + entry.url().getPath());
  }
}
