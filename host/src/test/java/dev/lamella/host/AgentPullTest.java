package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.host.agent.Agent;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients get of blobs through the agent, and of all else. */
final class AgentPullTest extends AgentTest {

  @Test
  void blob_ofManyShards_isItsBytes() throws Exception {
    store(content, digest);
    HttpResponse<byte[]> answer = get(blob(digest));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(content);
    assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(content.length));
    // Once each, and nothing assembled.
    assertThat(store.count("GET /servers/.*")).isEqualTo(SHARDS + 1);
    assertThat(store.count("GET /v2/.*")).isZero();
    assertThat(awaitLog())
        .singleElement()
        .asString()
        .startsWith("pull team/app %s: %d bytes in 41 shards, ".formatted(digest, content.length))
        .endsWith(" MB/s, 0 retries");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "65536"})
  void blob_ofOneShard_isItsBytes(int size) throws Exception {
    byte[] small = Arrays.copyOf(content, size);
    Digest name = Digest.of(Algorithm.SHA256, small);
    store(small, name);
    HttpResponse<byte[]> answer = get(blob(name));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(small);
  }

  @Test
  void blob_ofSha512_isItsBytes() throws Exception {
    Digest name = Digest.of(Algorithm.SHA512, content);
    store(content, name);
    assertThat(get(blob(name)).body()).isEqualTo(content);
  }

  @Test
  void head_saysTheLengthAndFetchesNothing() throws Exception {
    store(content, digest);
    HttpResponse<byte[]> answer = send("HEAD", blob(digest), new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(content.length));
    assertThat(store.count("GET /servers/.*")).isZero();
  }

  @Test
  void blob_thatIsNotThere_is404InOciForm() throws Exception {
    HttpResponse<byte[]> answer = get(blob(digest));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).contains("\"code\":\"BLOB_UNKNOWN\"");
    assertThat(send("HEAD", blob(digest), new byte[0]).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,0,1",
    "bytes=100-,100,-1",
    "bytes=65535-65536,65535,65537",
    "bytes=200000-399999,200000,400000",
    "bytes=2621440-99999999,2621440,-1",
  })
  void range_givesThoseBytesFromTheirShardsAlone(String range, int start, int end)
      throws Exception {
    store(content, digest);
    int to = end < 0 ? content.length : end;
    HttpResponse<byte[]> answer = get(blob(digest), "Range", range);
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(content, start, to));
    assertThat(header(answer, "Content-Range"))
        .isEqualTo("bytes %d-%d/%d".formatted(start, to - 1, content.length));
    assertThat(store.count("GET /servers/.*")).isEqualTo((to - 1) / SHARD - start / SHARD + 1);
  }

  @Test
  void range_ofTheEnd_givesTheLastBytes() throws Exception {
    store(content, digest);
    HttpResponse<byte[]> answer = get(blob(digest), "Range", "bytes=-200");
    assertThat(answer.body())
        .isEqualTo(Arrays.copyOfRange(content, content.length - 200, content.length));
  }

  @Test
  void range_pastTheEnd_is416() throws Exception {
    store(content, digest);
    HttpResponse<byte[]> answer = get(blob(digest), "Range", "bytes=" + content.length + "-");
    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + content.length);
  }

  @ParameterizedTest
  @CsvSource({"bytes=3-1", "bytes=0-1;4-5", "lines=1-2", "bytes=-"})
  void range_thatIsNone_givesAll(String range) throws Exception {
    store(content, digest);
    HttpResponse<byte[]> answer = get(blob(digest), "Range", range);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(content);
  }

  @Test
  void range_ifItIsAnother_givesAll() throws Exception {
    store(content, digest);
    assertThat(get(blob(digest), "Range", "bytes=1-2", "If-Range", "\"other\"").statusCode())
        .isEqualTo(200);
    assertThat(get(blob(digest), "Range", "bytes=1-2", "If-Range", '"' + digest.toString() + '"'))
        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(206));
  }

  /** Byte for byte what is right comes, then the connection ends: never one that is wrong. */
  @Test
  void blob_withDamagedShard_breaksOffBeforeIt() throws Exception {
    store(content, digest);
    spoil(20);
    HttpResponse<InputStream> answer =
        http.send(HttpRequest.newBuilder(blob(digest)).build(), BodyHandlers.ofInputStream());
    byte[] got = new byte[content.length];
    AtomicInteger count = new AtomicInteger();
    try (InputStream in = answer.body()) {
      assertThatThrownBy(
              () -> {
                for (int read;
                    (read = in.read(got, count.get(), got.length - count.get())) >= 0; ) {
                  count.addAndGet(read);
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(count.get()).isLessThanOrEqualTo(20 * SHARD);
    assertThat(Arrays.equals(got, 0, count.get(), content, 0, count.get())).isTrue();
    assertThat(log).singleElement().asString().contains("shard 20 of " + digest, "is wrong on");
  }

  @Test
  void blob_whoseFirstShardIsDamaged_isAnError() throws Exception {
    store(content, digest);
    spoil(0);
    HttpResponse<byte[]> answer = get(blob(digest));
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(text(answer)).contains("\"code\":\"LAYER_DAMAGED\"", "shard 0 of " + digest);
  }

  @Test
  void range_ofDamagedShard_isAnError() throws Exception {
    store(content, digest);
    spoil(20);
    HttpResponse<byte[]> answer = get(blob(digest), "Range", "bytes=" + 20 * SHARD + "-");
    assertThat(answer.statusCode()).isEqualTo(502);
  }

  /** Many at once share the memory, and each gets its bytes. */
  @Test
  void blobs_forThirtyClientsAtOnce_areTheirBytes() throws Exception {
    store(content, digest);
    List<Thread> clients = new CopyOnWriteArrayList<>();
    AtomicInteger right = new AtomicInteger();
    for (int i = 0; i < 30; i++) {
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      if (Arrays.equals(get(blob(digest)).body(), content)) {
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
    assertThat(right).hasValue(30);
  }

  /** Its memory is free again: the next client gets all, though each would fill it alone. */
  @Test
  void client_thatHangsUp_endsTheTransfer() throws Exception {
    store(content, digest);
    for (int i = 0; i < 10; i++) {
      try (Socket socket = new Socket(agent.endpoint().getHost(), agent.endpoint().getPort())) {
        socket
            .getOutputStream()
            .write(
                "GET /v2/%s/blobs/%s HTTP/1.1\r\nHost: a\r\n\r\n"
                    .formatted(NAME, digest)
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
      }
    }
    assertThat(get(blob(digest)).body()).isEqualTo(content);
  }

  @Test
  void whoAsks_isToldToTheStoreAndNotToStorageServers() throws Exception {
    store(content, digest);
    Map<String, String> told = new ConcurrentHashMap<>();
    store.troubles.add(
        exchange -> {
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          told.put(
              exchange.getRequestURI().getPath().split("/", -1)[1],
              authorization == null ? "nobody" : authorization);
          return false;
        });
    get(blob(digest), "Authorization", "Bearer me");
    get(uri("/v2/" + NAME + "/tags/list?n=5"), "Authorization", "Bearer me");
    assertThat(told).isEqualTo(Map.of("v1", "Bearer me", "v2", "Bearer me", "servers", "nobody"));
  }

  @Test
  void challenge_reachesTheClientAndNamesTheAgent() throws Exception {
    store.troubles.add(
        exchange -> {
          exchange
              .getResponseHeaders()
              .set(
                  "WWW-Authenticate",
                  "Bearer realm=\"%s/token\",service=\"x\"".formatted(store.url()));
          FakeStore.send(exchange, 401, new byte[0]);
          return true;
        });
    HttpResponse<byte[]> answer = get(uri("/v2/"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"%s/token\",service=\"x\"".formatted(agent.endpoint()));
    HttpResponse<byte[]> ofBlob = get(blob(digest));
    assertThat(ofBlob.statusCode()).isEqualTo(401);
    assertThat(header(ofBlob, "WWW-Authenticate")).contains(agent.endpoint().toString());
  }

  @Test
  void redirect_isNotFollowed() throws Exception {
    store.troubles.add(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://192.0.2.1/elsewhere");
          FakeStore.send(exchange, 307, new byte[0]);
          return true;
        });
    HttpResponse<byte[]> answer = get(uri("/v2/" + NAME + "/manifests/1"));
    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(header(answer, "Location")).isEqualTo("http://192.0.2.1/elsewhere");
  }

  @Test
  void requestThatIsNoBlob_passesWithItsHeadersAndBody() throws Exception {
    Map<String, String> seen = new ConcurrentHashMap<>();
    store.troubles.add(
        exchange -> {
          seen.put("line", exchange.getRequestMethod() + " " + exchange.getRequestURI());
          seen.put("type", exchange.getRequestHeaders().getFirst("Content-Type"));
          seen.put("accept", exchange.getRequestHeaders().getFirst("Accept"));
          seen.put(
              "body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.getResponseHeaders().set("Location", store.url() + "/v2/x/manifests/y?a=b");
          exchange.getResponseHeaders().set("OCI-Subject", "z");
          FakeStore.send(exchange, 201, "said".getBytes(StandardCharsets.UTF_8));
          return true;
        });
    HttpResponse<byte[]> answer =
        send(
            "PUT",
            uri("/v2/x/manifests/y%20z?tag=1&tag=2"),
            "{}".getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/vnd.oci.image.manifest.v1+json",
            "Accept",
            "a/b");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(text(answer)).isEqualTo("said");
    assertThat(header(answer, "OCI-Subject")).isEqualTo("z");
    assertThat(header(answer, "Location")).isEqualTo(agent.endpoint() + "/v2/x/manifests/y?a=b");
    assertThat(seen)
        .containsEntry("line", "PUT /v2/x/manifests/y%20z?tag=1&tag=2")
        .containsEntry("type", "application/vnd.oci.image.manifest.v1+json")
        .containsEntry("accept", "a/b")
        .containsEntry("body", "{}");
  }

  @Test
  void requestThatIsTooLarge_isRefused() throws Exception {
    HttpResponse<byte[]> answer = send("PUT", uri("/v2/x/manifests/y"), new byte[(8 << 20) + 1]);
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(text(answer)).contains("TOO_LARGE");
  }

  @Test
  void requestThatIsTooLarge_isRefusedAlsoOnceAllOfItIsSent() throws Exception {
    byte[] body = new byte[32 << 20];
    String head = "PUT /v2/x/manifests/y HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
    try (Socket client = new Socket(agent.endpoint().getHost(), agent.endpoint().getPort())) {
      client.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      client.getOutputStream().write(body);
      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 413 ").contains("TOO_LARGE");
    }
  }

  @Test
  void storeThatIsNotThere_is503AndSaysWhatToDo() throws Exception {
    try (Agent alone = agentOf(URI.create("http://127.0.0.1:1"))) {
      for (String path : List.of("/v2/", "/v2/" + NAME + "/blobs/" + digest)) {
        HttpResponse<byte[]> answer = get(alone.endpoint().resolve(path));
        assertThat(answer.statusCode()).as(path).isEqualTo(503);
        assertThat(text(answer)).contains("\"code\":\"UNAVAILABLE\"", "http://127.0.0.1:1");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/Team/blobs/sha256:0, 400",
    "/v2/team/blobs/sha256:xyz, 400",
    "/v2/team/blobs/md5:abc, 400",
    "/v2/team%ff/blobs/sha256:0, 400",
    "/nowhere, 404",
  })
  void nonsense_isRefused(String path, int status) throws Exception {
    assertThat(get(uri(path)).statusCode()).isEqualTo(status);
  }

  @Test
  void healthz_isOk() throws Exception {
    assertThat(get(uri("/healthz")).statusCode()).isEqualTo(200);
    assertThat(store.requests).isEmpty();
  }

  /** Answers for a shard, each time, with as many bytes that are wrong. */
  private void spoil(int shard) {
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/servers/.*/0*" + shard + "-[^/]*")) {
            return false;
          }
          FakeStore.send(exchange, 200, new byte[SHARD]);
          return true;
        });
  }
}
