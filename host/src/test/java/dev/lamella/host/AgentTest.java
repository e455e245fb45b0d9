package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.BlobUploads;
import dev.lamella.host.transfer.MemoryBlob;
import dev.lamella.host.transfer.PushBlob;
import dev.lamella.host.transfer.UploadMemory;
import dev.lamella.host.work.Permits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** An agent before a store in memory, and a client that speaks the OCI API. */
@Timeout(60)
abstract class AgentTest {
  static final int SHARD = FakeStore.SHARD;
  static final int SHARDS = 40;
  static final int MEMORY = 8 * SHARD;
  static final String NAME = "team/app";

  final byte[] content = content();
  final Digest digest = Digest.of(Algorithm.SHA256, content);
  final List<String> log = new CopyOnWriteArrayList<>();
  private final CountDownLatch logged = new CountDownLatch(1);
  final HttpClient http = HttpClient.newHttpClient();
  FakeStore store;
  Agent agent;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    agent = agentOf(store.url());
  }

  @AfterEach
  void stop() {
    agent.close();
    store.close();
  }

  Agent agentOf(URI url) throws IOException {
    return agentOf(url, Duration.ofSeconds(30));
  }

  /**
   * @param patience with clients
   */
  Agent agentOf(URI url, Duration patience) throws IOException {
    Retries retries =
        new Retries(5, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMinutes(5));
    return Agent.start(
        new AgentOptions(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            url,
            8,
            MEMORY,
            retries,
            patience),
        this::note);
  }

  private static byte[] content() {
    byte[] content = new byte[SHARDS * SHARD + 123];
    new Random(1).nextBytes(content);
    return content;
  }

  private void note(String line) {
    log.add(line);
    logged.countDown();
  }

  /** The log once it has a line: that of a pull comes after the last byte has gone out. */
  List<String> awaitLog() throws InterruptedException {
    assertThat(logged.await(1, TimeUnit.MINUTES)).isTrue();
    return log;
  }

  /** Puts a blob into the store, past the agent. */
  void store(byte[] bytes, Digest name) {
    StoreClient client = new StoreClient(store.url(), Retries.DEFAULT);
    Descriptor blob = new Descriptor("t", name, bytes.length);
    BlobUploads uploads = new BlobUploads(client, new RepositoryName(NAME), UploadMemory.NONE);
    var _ =
        new PushBlob(client, uploads, new Permits(8), Progress.NONE)
            .run(blob, uploads.request(List.of(blob)).missing().getFirst(), MemoryBlob.of(bytes));
  }

  URI uri(String path) {
    return agent.endpoint().resolve(path);
  }

  URI blob(Digest name) {
    return uri("/v2/" + NAME + "/blobs/" + name);
  }

  HttpResponse<byte[]> send(String method, URI uri, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(URI uri, String... headers) throws IOException, InterruptedException {
    return send("GET", uri, new byte[0], headers);
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("absent");
  }
}
