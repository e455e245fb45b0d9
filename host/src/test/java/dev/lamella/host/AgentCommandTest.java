package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.RepositoryName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.BlobUploads;
import dev.lamella.host.transfer.MemoryBlob;
import dev.lamella.host.transfer.PushBlob;
import dev.lamella.host.transfer.UploadMemory;
import dev.lamella.host.work.Permits;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella agent} in a process of its own. */
@Timeout(120)
final class AgentCommandTest {
  private static final Pattern READY = Pattern.compile("is at (http://127\\.0\\.0\\.1:\\d+)\\R");

  /** What a shell says of a process that SIGTERM ended. */
  private static final int TERMINATED = 143;

  @TempDir private Path directory;
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  /** The client has a little of a large blob, and gets the rest. */
  @Test
  void agent_thatIsEnded_takesNoMoreAndEndsWhatItHas() throws Exception {
    byte[] content = new byte[400 * FakeStore.SHARD];
    new Random(1).nextBytes(content);
    Digest digest = put(content);
    HttpClient http = HttpClient.newHttpClient();
    try (HostProcess agent =
        HostProcess.start(directory, store, "agent", "--listen", "127.0.0.1:0")) {
      URI at = ready(agent);
      assertThat(
              http.send(
                      HttpRequest.newBuilder(at.resolve("/healthz")).build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
      HttpResponse<InputStream> answer =
          http.send(
              HttpRequest.newBuilder(at.resolve("/v2/team/app/blobs/" + digest)).build(),
              BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        assertThat(in.readNBytes(1000)).hasSize(1000);
        agent.process().toHandle().destroy();
        awaitRefusal(at);
        assertThat(in.readAllBytes()).hasSize(content.length - 1000);
      }
      assertThat(agent.exit()).isEqualTo(TERMINATED);
      assertThat(agent.said()).contains("pull team/app " + digest).endsWith(" ended\n");
    }
  }

  private static URI ready(HostProcess agent) throws IOException {
    while (agent.process().isAlive()) {
      Matcher said = READY.matcher(agent.said());
      if (said.find()) {
        return URI.create(said.group(1));
      }
      Thread.onSpinWait();
    }
    throw new AssertionError(agent.said());
  }

  private static void awaitRefusal(URI at) throws IOException, InterruptedException {
    while (true) {
      try (HttpClient other = HttpClient.newHttpClient()) {
        other.send(
            HttpRequest.newBuilder(at.resolve("/healthz")).build(), BodyHandlers.discarding());
      } catch (ConnectException _) {
        return;
      } catch (IOException _) {
        // It had been accepted, and is cut off.
      }
    }
  }

  private Digest put(byte[] content) {
    StoreClient client = new StoreClient(store.url(), Retries.DEFAULT);
    Descriptor blob = new Descriptor("t", Digest.of(Algorithm.SHA256, content), content.length);
    BlobUploads uploads =
        new BlobUploads(client, new RepositoryName("team/app"), UploadMemory.NONE);
    var _ =
        new PushBlob(client, uploads, new Permits(8), Progress.NONE)
            .run(blob, uploads.request(List.of(blob)).missing().getFirst(), MemoryBlob.of(content));
    return blob.digest();
  }
}
