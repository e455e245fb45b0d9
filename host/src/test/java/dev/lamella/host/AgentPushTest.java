package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.host.agent.Agent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs that clients send through the agent, in all the ways that the OCI API has. */
final class AgentPushTest extends AgentTest {
  private static final byte[] NOTHING = new byte[0];

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 524_288, 524_289, 10 * SHARD - 1, 10 * SHARD, 10 * SHARD + 1, 40 * SHARD + 123})
  void patchOfUnknownLength_isStored(int size) throws Exception {
    byte[] bytes = Arrays.copyOf(content, size);
    Digest name = Digest.of(Algorithm.SHA256, bytes);
    URI upload = open();
    HttpResponse<byte[]> patched = patch(upload, new ByteArrayInputStream(bytes));
    assertThat(patched.statusCode()).isEqualTo(202);
    assertThat(header(patched, "Range")).isEqualTo("0-" + Math.max(0, size - 1));
    HttpResponse<byte[]> done = finish(location(patched), name, NOTHING);
    assertThat(done.statusCode()).as(text(done)).isEqualTo(201);
    assertThat(header(done, "Docker-Content-Digest")).isEqualTo(name.toString());
    assertThat(location(done)).isEqualTo(blob(name));
    assertThat(stored(name)).isEqualTo(bytes);
    assertThat(log)
        .singleElement()
        .asString()
        .startsWith("push team/app %s: %d byte".formatted(name, size));
    // Nothing goes through the store's own OCI API.
    assertThat(store.count(".* /v2/.*")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10 * SHARD, 40 * SHARD + 123})
  void putWithAllBytes_isStored(int size) throws Exception {
    byte[] bytes = Arrays.copyOf(content, size);
    Digest name = Digest.of(Algorithm.SHA256, bytes);
    assertThat(finish(open(), name, bytes).statusCode()).isEqualTo(201);
    assertThat(stored(name)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40 * SHARD + 123})
  void postWithAllBytes_isStored(int size) throws Exception {
    byte[] bytes = Arrays.copyOf(content, size);
    Digest name = Digest.of(Algorithm.SHA256, bytes);
    URI uploads = uri("/v2/" + NAME + "/blobs/uploads/?digest=" + name);
    assertThat(send("POST", uploads, bytes).statusCode()).isEqualTo(201);
    assertThat(stored(name)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, SHARD, 7 * SHARD + 5})
  void chunks_areStored(int chunk) throws Exception {
    byte[] bytes = Arrays.copyOf(content, Math.min(content.length, 300 * chunk));
    URI upload = open();
    int at = 0;
    for (; at + chunk < bytes.length; at += chunk) {
      HttpResponse<byte[]> answer = chunk(upload, bytes, at, at + chunk);
      assertThat(answer.statusCode()).isEqualTo(202);
      upload = location(answer);
    }
    Digest name = Digest.of(Algorithm.SHA256, bytes);
    assertThat(finish(upload, name, Arrays.copyOfRange(bytes, at, bytes.length)).statusCode())
        .isEqualTo(201);
    assertThat(stored(name)).isEqualTo(bytes);
  }

  @Test
  void chunk_outOfOrder_isToldWhereToGoOn() throws Exception {
    URI upload = open();
    chunk(upload, content, 0, 100);
    HttpResponse<byte[]> refused = chunk(upload, content, 50, 150);
    assertThat(refused.statusCode()).isEqualTo(416);
    assertThat(header(refused, "Range")).isEqualTo("0-99");
    HttpResponse<byte[]> status = get(upload);
    assertThat(status.statusCode()).isEqualTo(204);
    assertThat(header(status, "Range")).isEqualTo("0-99");
    HttpResponse<byte[]> lie = send("PATCH", upload, new byte[10], "Content-Range", "100-150");
    assertThat(lie.statusCode()).isEqualTo(416);
    assertThat(send("PATCH", upload, new byte[10], "Content-Range", "what").statusCode())
        .isEqualTo(416);
    byte[] bytes = Arrays.copyOf(content, 200);
    chunk(upload, bytes, 100, 200);
    assertThat(finish(upload, Digest.of(Algorithm.SHA256, bytes), NOTHING).statusCode())
        .isEqualTo(201);
  }

  /** The client has sent half, and waits: what it has sent is written by then. */
  @Test
  void shards_areWrittenWhileTheClientStillSends() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().endsWith("/parts")) {
            written.countDown();
          }
          return false;
        });
    InputStream waiting =
        new ByteArrayInputStream(content) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            if (pos >= content.length / 2) {
              try {
                written.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }
            return super.read(into, offset, length);
          }
        };
    HttpResponse<byte[]> patched = patch(open(), waiting);
    assertThat(finish(location(patched), digest, NOTHING).statusCode()).isEqualTo(201);
    assertThat(stored(digest)).isEqualTo(content);
  }

  @Test
  void sha512_isStored() throws Exception {
    Digest name = Digest.of(Algorithm.SHA512, content);
    HttpResponse<byte[]> patched = patch(open(), new ByteArrayInputStream(content));
    HttpResponse<byte[]> done = finish(location(patched), name, NOTHING);
    assertThat(done.statusCode()).as(text(done)).isEqualTo(201);
    assertThat(stored(name)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 40 * SHARD + 123})
  void digestOfOtherBytes_isRefusedAndNothingIsLeft(int size) throws Exception {
    byte[] bytes = Arrays.copyOf(content, size);
    Digest other = Digest.of(Algorithm.SHA256, new byte[1]);
    HttpResponse<byte[]> patched = patch(open(), new ByteArrayInputStream(bytes));
    HttpResponse<byte[]> refused = finish(location(patched), other, NOTHING);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(text(refused)).contains("DIGEST_INVALID", other.toString());
    assertThat(store.index.layers().find(other)).isEmpty();
    assertThat(finish(location(patched), other, NOTHING).statusCode()).isEqualTo(404);
    assertThat(store.count("POST /v1/uploads/unsized"))
        .isEqualTo(store.count("DELETE /v1/uploads/.*"));
  }

  @Test
  void digestThatIsMissingOrNone_isRefused() throws Exception {
    assertThat(send("PUT", open(), NOTHING).statusCode()).isEqualTo(400);
    assertThat(send("PUT", URI.create(open() + "?digest=x"), NOTHING).statusCode()).isEqualTo(400);
  }

  @Test
  void blobThatIsStored_isNotSentAgain() throws Exception {
    store(content, digest);
    store.requests.clear();
    assertThat(send("HEAD", blob(digest), NOTHING).statusCode()).isEqualTo(200);
    byte[] small = Arrays.copyOf(content, 1000);
    store(small, Digest.of(Algorithm.SHA256, small));
    store.requests.clear();
    assertThat(finish(open(), Digest.of(Algorithm.SHA256, small), small).statusCode())
        .isEqualTo(201);
    assertThat(store.count("PUT .*")).isZero();
    // Of a large one, it is known only at its end.
    assertThat(finish(open(), digest, content).statusCode()).isEqualTo(201);
    assertThat(get(blob(digest)).body()).isEqualTo(content);
  }

  @Test
  void clientThatHangsUpInTheMiddle_succeedsWhenItComesAgain() throws Exception {
    URI upload = open();
    try (Socket socket = new Socket(upload.getHost(), upload.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "PATCH %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n"
              .formatted(upload.getRawPath(), content.length)
              .getBytes(StandardCharsets.US_ASCII));
      out.write(content, 0, 20 * SHARD);
      out.flush();
    }
    HttpResponse<byte[]> patched = patch(open(), new ByteArrayInputStream(content));
    assertThat(finish(location(patched), digest, NOTHING).statusCode()).isEqualTo(201);
    assertThat(stored(digest)).isEqualTo(content);
  }

  @Test
  void storageThatFailsAWhile_isTriedAgain() throws Exception {
    store.fail("PUT /staging/.*", 503, 2);
    store.batchesToLose.set(3);
    HttpResponse<byte[]> patched = patch(open(), new ByteArrayInputStream(content));
    HttpResponse<byte[]> done = finish(location(patched), digest, NOTHING);
    assertThat(done.statusCode()).as(text(done)).isEqualTo(201);
    assertThat(stored(digest)).isEqualTo(content);
    assertThat(log).singleElement().asString().doesNotContain(" 0 retries");
  }

  @Test
  void storageThatFails_isAnErrorAndTheNextTrySucceeds() throws Exception {
    store.fail("PUT /staging/.*/3", 503, 5);
    URI upload = open();
    // The client may be answered while it sends, or find its connection closed.
    try {
      HttpResponse<byte[]> patched = patch(upload, new ByteArrayInputStream(content));
      if (patched.statusCode() == 202) {
        patched = finish(upload, digest, NOTHING);
      }
      assertThat(patched.statusCode()).isEqualTo(503);
      assertThat(text(patched)).contains("send shard 3 of the blob");
    } catch (IOException e) {
      assertThat(log).anyMatch(line -> line.contains("send shard 3 of the blob"));
    }
    store.troubles.clear();
    assertThat(finish(open(), digest, content).statusCode()).isEqualTo(201);
    assertThat(stored(digest)).isEqualTo(content);
  }

  @Test
  void thirtyClientsAtOnce_eachHaveTheirBytesStored() throws Exception {
    List<Thread> clients = new ArrayList<>();
    AtomicInteger right = new AtomicInteger();
    for (int i = 0; i < 30; i++) {
      byte[] bytes = Arrays.copyOf(content, 12 * SHARD + i);
      Digest name = Digest.of(Algorithm.SHA256, bytes);
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      HttpResponse<byte[]> patched = patch(open(), new ByteArrayInputStream(bytes));
                      if (finish(location(patched), name, NOTHING).statusCode() == 201
                          && Arrays.equals(stored(name), bytes)) {
                        right.incrementAndGet();
                      }
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (Thread client : clients) {
      client.join();
    }
    assertThat(right).as(log.toString()).hasValue(30);
  }

  @Test
  void mountThatSucceeds_isTheStoresAnswer() throws Exception {
    store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/v2/")) {
            exchange.getResponseHeaders().set("Location", store.url() + "/v2/x/blobs/" + digest);
            FakeStore.send(exchange, 201, NOTHING);
            return true;
          }
          return false;
        });
    HttpResponse<byte[]> answer =
        send("POST", uri("/v2/" + NAME + "/blobs/uploads/?mount=" + digest + "&from=a"), NOTHING);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(header(answer, "Location")).isEqualTo(agent.endpoint() + "/v2/x/blobs/" + digest);
  }

  @Test
  void mountThatDoesNotSucceed_isAnUploadOfTheAgents() throws Exception {
    store.troubles.add(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/v2/")) {
            exchange.getResponseHeaders().set("Location", "/v2/a/blobs/uploads/theirs?to=x");
            FakeStore.send(
                exchange, exchange.getRequestMethod().equals("POST") ? 202 : 204, NOTHING);
            return true;
          }
          return false;
        });
    HttpResponse<byte[]> answer =
        send("POST", uri("/v2/" + NAME + "/blobs/uploads/?mount=" + digest + "&from=a"), NOTHING);
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(store.count("DELETE /v2/a/blobs/uploads/theirs")).isOne();
    assertThat(finish(location(answer), digest, content).statusCode()).isEqualTo(201);
  }

  @Test
  void upload_ofAnotherRepositoryEndedOrUnknown_is404() throws Exception {
    URI upload = open();
    URI other = URI.create(upload.toString().replace(NAME, "other/app"));
    assertThat(send("PATCH", other, new byte[1]).statusCode()).isEqualTo(404);
    assertThat(send("DELETE", upload, NOTHING).statusCode()).isEqualTo(204);
    HttpResponse<byte[]> gone = send("PATCH", upload, new byte[1]);
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(text(gone)).contains("BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void whoSends_isToldToTheStore() throws Exception {
    List<String> told = new ArrayList<>();
    store.troubles.add(
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          synchronized (told) {
            told.add(
                (exchange.getRequestURI().getPath().startsWith("/v1/") ? "store " : "storage ")
                    + authorization);
          }
          return false;
        });
    HttpResponse<byte[]> opened =
        send("POST", uri("/v2/" + NAME + "/blobs/uploads/"), NOTHING, "Authorization", "Bearer me");
    assertThat(finish(location(opened), digest, content).statusCode()).isEqualTo(201);
    assertThat(told).contains("store Bearer me", "storage null").doesNotContain("store null");
    assertThat(told).doesNotContain("storage Bearer me");
  }

  /** A client that says 100-continue is answered by it, and then sends. */
  @Test
  void expectContinue_isAnswered() throws Exception {
    HttpResponse<byte[]> done =
        http.send(
            HttpRequest.newBuilder(URI.create(open() + "?digest=" + digest))
                .expectContinue(true)
                .PUT(BodyPublishers.ofByteArray(content))
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(done.statusCode()).isEqualTo(201);
  }

  @Test
  void cutOffBody_isNeverTakenForWhole() throws Exception {
    byte[] half = Arrays.copyOf(content, 20 * SHARD);
    Digest name = Digest.of(Algorithm.SHA256, half);
    URI upload = open();
    try (Socket socket = new Socket(upload.getHost(), upload.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "PUT %s?digest=%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
              .formatted(upload.getRawPath(), name, content.length)
              .getBytes(StandardCharsets.US_ASCII));
      out.write(half);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
    assertThat(store.index.layers().find(name)).isEmpty();
    assertThatThrownBy(() -> stored(name)).isNotNull();
  }

  @Test
  void upload_thatNoRequestGoesOnWith_ends() throws Exception {
    try (Agent impatient = agentOf(store.url(), Duration.ofSeconds(2))) {
      URI upload = openAt(impatient);
      chunk(upload, content, 0, 20 * SHARD);
      awaitEnd();
      assertThat(get(upload).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void clientThatSendsNothingForLong_isCutOff() throws Exception {
    try (Agent impatient = agentOf(store.url(), Duration.ofSeconds(2))) {
      URI upload = openAt(impatient);
      try (Socket socket = new Socket(upload.getHost(), upload.getPort())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            "PATCH %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
                .formatted(upload.getRawPath(), content.length)
                .getBytes(StandardCharsets.US_ASCII));
        out.write(content, 0, 20 * SHARD);
        assertThat(socket.getInputStream().readAllBytes()).isEmpty();
      }
      awaitEnd();
    }
  }

  private void awaitEnd() {
    while (store.count("DELETE /v1/uploads/.*") == 0) {
      Thread.onSpinWait();
    }
  }

  private URI openAt(Agent other) throws IOException, InterruptedException {
    URI uploads = other.endpoint().resolve("/v2/" + NAME + "/blobs/uploads/");
    return other.endpoint().resolve(header(send("POST", uploads, NOTHING), "Location"));
  }

  private URI open() throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = send("POST", uri("/v2/" + NAME + "/blobs/uploads/"), NOTHING);
    assertThat(answer.statusCode()).isEqualTo(202);
    return location(answer);
  }

  private URI location(HttpResponse<byte[]> answer) {
    return agent.endpoint().resolve(header(answer, "Location"));
  }

  /** As docker sends a layer: of a length that is not known. */
  private HttpResponse<byte[]> patch(URI upload, InputStream body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(upload)
            .method("PATCH", BodyPublishers.ofInputStream(() -> body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> chunk(URI upload, byte[] bytes, int from, int to)
      throws IOException, InterruptedException {
    return send(
        "PATCH",
        upload,
        Arrays.copyOfRange(bytes, from, to),
        "Content-Range",
        from + "-" + (to - 1));
  }

  private HttpResponse<byte[]> finish(URI upload, Digest name, byte[] rest)
      throws IOException, InterruptedException {
    return send("PUT", URI.create(upload + "?digest=" + name), rest);
  }

  /** What the storage servers have of a layer that is stored. */
  private byte[] stored(Digest name) throws IOException {
    assertThat(store.index.layers().isLinked(new RepositoryName(NAME), name)).isTrue();
    Layer layer = store.index.layers().find(name).orElseThrow();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Shard shard : store.index.shards().from(layer.id(), 0, 10_000)) {
      try (InputStream in = store.shards.read(shard.copies().getFirst())) {
        in.transferTo(all);
      }
    }
    return all.toByteArray();
  }
}
