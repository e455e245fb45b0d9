package dev.lamella.tests;

import static dev.lamella.tests.PlainClient.header;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.EnvironmentKilled;
import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.tests.FaultyLink.Fate;
import dev.lamella.tests.FaultyLink.Rule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of several shards, as clients get them that know nothing of shards. */
class AssembledBlobTest extends StackTest {
  /** As many at a time, at least. */
  private static final int COPIES = 16;

  private volatile InvocationInterceptor assembler = InvocationInterceptor.NONE;
  private final AtomicInteger assembled = new AtomicInteger();
  private final FaultyLink storage = new FaultyLink();
  private PlainClient client;

  AssembledBlobTest() throws IOException {}

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withRetryDelay(Duration.ofMillis(100))
        .withEnvironment(
            (function, environment) ->
                function.equals("AssemblerFunction") ? storage.beforeS3(environment) : environment)
        .withInterceptor(
            (invocation, handler) -> {
              if (!invocation.function().equals("AssemblerFunction")) {
                return handler.call();
              }
              byte[] answer = assembler.around(invocation, handler);
              if (new String(answer, StandardCharsets.UTF_8).contains("true")) {
                assembled.incrementAndGet();
              }
              return answer;
            });
  }

  @BeforeEach
  void connect() {
    client = new PlainClient(stack().endpoint());
    assembled.set(0);
  }

  @AfterEach
  void heal() {
    assembler = InvocationInterceptor.NONE;
    storage.rule(Rule.NONE);
  }

  @AfterAll
  void closeLink() throws IOException {
    storage.close();
  }

  @Test
  void get_layerOfManyShards_isOneObjectThatIsFoundAgain() throws IOException {
    byte[] blob = bytes(3 * SHARD + 17, 1);
    Digest digest = sha256(blob);
    assertThat(host().push("many/app", blob).statusCode()).isEqualTo(201);

    HttpResponse<byte[]> head = client.head("many/app", digest);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(blob.length));
    HttpResponse<byte[]> whole = client.pull("many/app", digest);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(blob);
    HttpResponse<byte[]> part =
        client.pull("many/app", digest, "Range", "bytes=" + (SHARD - 5) + "-" + (2 * SHARD + 4));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, SHARD - 5, 2 * SHARD + 5));
    assertThat(assembled).hasValue(1);
  }

  /** No byte of a layer passes through a function, of one shard or of many. */
  @ParameterizedTest
  @ValueSource(ints = {1000, SHARD + 1000})
  void getAndHead_blob_areAnsweredWithARedirectToS3(int size) throws IOException {
    byte[] blob = bytes(size, 15);
    host().push("redirect/app", blob);
    for (String method : List.of("GET", "HEAD")) {
      HttpResponse<byte[]> answer =
          client.call(method, "/v2/redirect/app/blobs/" + sha256(blob), new byte[0]);
      assertThat(answer.statusCode()).isEqualTo(307);
      assertThat(answer.body()).isEmpty();
      assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(sha256(blob).toString());
      assertThat(URI.create(header(answer, "Location")).getAuthority())
          .isEqualTo(stack().s3Endpoint().getAuthority());
    }
  }

  /** S3 copies the shards, and many at a time: none is read. */
  @Test
  void get_layerOfManyShards_isAssembledByManyCopiesAtOnce() throws IOException {
    byte[] blob = bytes(COPIES * SHARD, 16);
    host().push("copies/app", blob);
    CountDownLatch copies = new CountDownLatch(COPIES);
    Set<String> others = ConcurrentHashMap.newKeySet();
    storage.rule(
        call -> {
          if (call.method().equals("PUT") && call.path().contains("partNumber=")) {
            copies.countDown();
            if (!isSoon(copies)) {
              others.add("a copy that waited for 15 more in vain");
            }
          } else if (call.method().equals("GET")) {
            others.add(call.path());
          }
          return new Fate.Pass();
        });

    assertThat(client.pull("copies/app", sha256(blob)).body()).isEqualTo(blob);

    assertThat(copies.getCount()).isZero();
    assertThat(others).isEmpty();
  }

  private static boolean isSoon(CountDownLatch latch) {
    try {
      return latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void get_byManyAtOnce_isAssembledOnce() throws Exception {
    byte[] blob = bytes(2 * SHARD + 1, 2);
    host().push("crowd/app", blob);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> pulls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        pulls.add(threads.submit(() -> client.pull("crowd/app", sha256(blob)).body()));
      }
      for (Future<byte[]> pull : pulls) {
        assertThat(pull.get()).isEqualTo(blob);
      }
    }
    assertThat(assembled).hasValue(1);
  }

  @Test
  void get_objectThatExpired_isAssembledAgain() throws IOException {
    byte[] blob = bytes(SHARD + 1, 3);
    host().push("expired/app", blob);
    assertThat(client.pull("expired/app", sha256(blob)).body()).isEqualTo(blob);

    delete(data().resolve("s3"), "assembled");

    assertThat(client.pull("expired/app", sha256(blob)).body()).isEqualTo(blob);
    assertThat(assembled).hasValue(2);
  }

  /** Killed before its work, it has no claim, and the retry does it. */
  @Test
  void get_assemblerThatIsKilled_isDoneByTheRetry() throws IOException {
    byte[] blob = bytes(SHARD + 1, 4);
    host().push("killed/app", blob);
    assembler =
        (invocation, handler) -> {
          if (invocation.attempt() == 1) {
            throw new EnvironmentKilled();
          }
          return handler.call();
        };

    assertThat(client.pull("killed/app", sha256(blob)).body()).isEqualTo(blob);
  }

  /** What was changed on a storage server's disk is not served. */
  @Test
  void get_shardThatIsCutShort_isNotServed() throws IOException {
    byte[] blob = bytes(SHARD + 1000, 5);
    host().push("short/app", blob);
    String key = host().map("short/app", sha256(blob)).map().getLast().url().getPath();
    try (Stream<Path> files = Files.walk(data().resolve("s3"))) {
      Path shard = files.filter(file -> file.toString().endsWith(key)).findFirst().orElseThrow();
      Files.write(shard, new byte[999]);
    }

    assertThat(client.pull("short/app", sha256(blob)).statusCode()).isEqualTo(503);
  }

  private static void delete(Path directory, String bucket) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(file -> directory.relativize(file).getName(0).toString().contains(bucket))
              .toList()) {
        Files.delete(file);
      }
    }
  }
}
