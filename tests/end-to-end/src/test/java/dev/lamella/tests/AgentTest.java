package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client that knows nothing of shards, an agent, and the real functions behind it. */
class AgentTest extends StackTest {
  private static final byte[] NOTHING = new byte[0];
  private static final int HEAP = 64;

  /** Many times what the agent may have. */
  private static final long LARGE = (Boolean.getBoolean("lamella.full") ? 1024L : 128L) << 20;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Agent agent;
  private PlainClient client;

  @BeforeAll
  void startAgent() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    agent = Agent.start(AgentOptions.of(any, stack().endpoint(), 16), log::add);
    client = new PlainClient(agent.endpoint());
  }

  @AfterAll
  void stopAgent() {
    agent.close();
  }

  @Test
  void layer_inOnePut_isStoredAndComesBack() throws IOException {
    byte[] layer = bytes(6 * SHARD - 100, 1);
    Digest digest = RawHost.sha256(layer);
    PlainClient.require(client.finish(client.open("agent/put"), digest, layer), 201);
    assertThat(host().map("agent/put", digest).map()).hasSize(6);
    assertThat(client.pull("agent/put", digest).body()).isEqualTo(layer);
    assertThat(client.pull("agent/put", digest, "Range", "bytes=" + 3 * SHARD + "-").body())
        .isEqualTo(Arrays.copyOfRange(layer, 3 * SHARD, layer.length));
    assertThat(PlainClient.header(client.head("agent/put", digest), "Content-Length"))
        .isEqualTo(Integer.toString(layer.length));
  }

  @Test
  void layer_inChunks_isStored() throws IOException {
    byte[] layer = bytes(3 * SHARD, 2);
    PlainClient.require(client.push("agent/chunks", layer, 4_000_000), 201);
    assertThat(client.pull("agent/chunks", RawHost.sha256(layer)).body()).isEqualTo(layer);
  }

  @Test
  void layer_thatAnotherImageHas_isMounted() throws IOException {
    byte[] layer = bytes(SHARD + 1, 3);
    Digest digest = RawHost.sha256(layer);
    PlainClient.require(client.finish(client.open("agent/from"), digest, layer), 201);
    String mount = "/v2/agent/to/blobs/uploads/?mount=" + digest + "&from=agent/from";
    PlainClient.require(client.call("POST", mount, NOTHING), 201);
    assertThat(client.pull("agent/to", digest).body()).isEqualTo(layer);
    // What is not there is uploaded to the agent.
    Digest none = RawHost.sha256(bytes(10, 4));
    HttpResponse<byte[]> begun =
        client.call("POST", "/v2/agent/to/blobs/uploads/?mount=" + none + "&from=a", NOTHING);
    PlainClient.require(begun, 202);
    PlainClient.require(client.finish(client.location(begun), none, bytes(10, 4)), 201);
  }

  @Test
  void shard_alteredOnItsServer_isNeverGivenOut() throws IOException {
    byte[] layer = bytes(6 * SHARD, 5);
    Digest digest = RawHost.sha256(layer);
    PlainClient.require(client.finish(client.open("agent/wrong"), digest, layer), 201);
    ShardMap.Entry shard = host().map("agent/wrong", digest).map().get(4);
    Path object = data().resolve("s3" + shard.url().getPath());
    byte[] wrong = Files.readAllBytes(object);
    wrong[17] ^= 1;
    // In place, so that the checksum that the server keeps beside the bytes stays.
    Files.write(object, wrong, StandardOpenOption.WRITE);
    assertThatThrownBy(() -> client.pull("agent/wrong", digest)).isInstanceOf(IOException.class);
    assertThat(log)
        .anyMatch(
            line ->
                line.contains("shard 4 of " + digest) && line.contains("server " + shard.server()));
    HttpResponse<byte[]> range =
        client.pull("agent/wrong", digest, "Range", "bytes=%d-".formatted(4 * SHARD + 1000));
    assertThat(range.statusCode()).isEqualTo(502);
    assertThat(client.pull("agent/wrong", digest, "Range", "bytes=0-99").body())
        .isEqualTo(Arrays.copyOf(layer, 100));
  }

  /**
   * In and out again through a heap that is a fraction of it, as a stream that nobody has whole.
   */
  @Test
  void layer_manyTimesTheAgentsMemory_passesBothWays() throws Exception {
    try (Child child = Child.start(HEAP, AgentChild.class, stack().endpoint().toString())) {
      URI small = endpoint(child);
      PlainClient there = new PlainClient(small);
      URI upload = there.open("agent/large");
      Generated sent = new Generated(LARGE);
      HttpResponse<byte[]> patched = patch(upload, sent);
      PlainClient.require(patched, 202);
      Digest digest = sent.digest();
      PlainClient.require(there.finish(there.location(patched), digest, NOTHING), 201);

      HttpResponse<InputStream> answer =
          http.send(
              HttpRequest.newBuilder(small.resolve("/v2/agent/large/blobs/" + digest)).build(),
              BodyHandlers.ofInputStream());
      MessageDigest got = MessageDigest.getInstance("SHA-256");
      long length = 0;
      try (InputStream in = answer.body()) {
        byte[] buffer = new byte[64 << 10];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          got.update(buffer, 0, read);
          length += read;
        }
      }
      assertThat(length).isEqualTo(LARGE);
      assertThat(Digest.sha256(got.digest())).isEqualTo(digest);
    }
  }

  @Test
  void agent_killedInThePush_isStartedAgainAndThePushSucceeds() throws Exception {
    byte[] layer = bytes(8 * SHARD, 6);
    Digest digest = RawHost.sha256(layer);
    String store = stack().endpoint().toString();
    try (Child child = Child.start(HEAP, AgentChild.class, store)) {
      PlainClient there = new PlainClient(endpoint(child));
      URI upload = there.open("agent/killed");
      PlainClient.require(there.patch(upload, 0, Arrays.copyOf(layer, 5 * SHARD)), 202);
      child.kill();
      assertThatThrownBy(() -> there.finish(upload, digest, NOTHING))
          .isInstanceOf(IOException.class);
    }
    try (Child child = Child.start(HEAP, AgentChild.class, store)) {
      PlainClient there = new PlainClient(endpoint(child));
      PlainClient.require(there.finish(there.open("agent/killed"), digest, layer), 201);
      assertThat(there.pull("agent/killed", digest).body()).isEqualTo(layer);
    }
  }

  private static URI endpoint(Child child) throws IOException {
    String line = child.awaitLine("agent ").orElseThrow();
    return URI.create(line.substring("agent ".length()));
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

  private static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Bytes that are made as they are read, and hashed. */
  private static final class Generated extends InputStream {
    private final byte[] block = bytes(1 << 20, 7);
    private final MessageDigest hash;
    private final long size;
    private long at;

    Generated(long size) throws Exception {
      this.size = size;
      this.hash = MessageDigest.getInstance("SHA-256");
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at == size) {
        return -1;
      }
      int within = (int) (at % block.length);
      int count = (int) Math.min(size - at, Math.min(length, block.length - within));
      if (within == 0) {
        // No two shards are the same.
        block[0] = (byte) (at >> 20);
        block[1] = (byte) (at >> 28);
      }
      System.arraycopy(block, within, into, offset, count);
      hash.update(into, offset, count);
      at += count;
      return count;
    }

    Digest digest() {
      return Digest.sha256(hash.digest());
    }
  }
}
