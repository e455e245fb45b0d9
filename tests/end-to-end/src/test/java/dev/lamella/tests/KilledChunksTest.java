package dev.lamella.tests;

import static dev.lamella.tests.PlainClient.header;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.tests.FaultyLink.Call;
import dev.lamella.tests.FaultyLink.Fate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole store is killed again and again in the middle of an upload in chunks, and started again
 * on the same data: the client asks how far it came, and goes on there.
 */
class KilledChunksTest {
  private static final int CHUNK = 1_300_000;

  /** Once in each way; in the full run in some ways again. */
  private static final int KILLS = Boolean.getBoolean("lamella.full") ? 5 : 3;

  @TempDir Path directory;

  @Test
  void upload_storeKilledAgainAndAgain_goesOnFromItsStatus() throws Exception {
    byte[] layer = bytes(3 * StackTest.SHARD + 17, 12);
    Digest digest = sha256(layer);
    try (FaultyLink api = new FaultyLink()) {
      PlainClient client = new PlainClient(api.uri());
      Killer killer = new Killer(Standing.up(directory.resolve("data"), api));
      try {
        URI upload = client.open("killed/chunks");
        api.rule(killer::fate);
        boolean isFinished = false;
        int at = 0;
        while (!isFinished) {
          try {
            while (at < layer.length) {
              int end = Math.min(layer.length, at + CHUNK);
              PlainClient.require(client.patch(upload, at, slice(layer, at, end)), 202);
              at = end;
            }
            HttpResponse<byte[]> finished = client.finishFully(upload, digest, new byte[0]);
            assertThat(finished.statusCode()).as(RawHost.text(finished)).isEqualTo(201);
            isFinished = true;
          } catch (IOException killed) {
            killer.store.kill(); // It may only be about to be.
            killer.store = Standing.up(directory.resolve("data"), api);
            HttpResponse<byte[]> status = client.status(upload);
            // Killed after the last PUT did its work, the upload is gone and the layer is there.
            at = status.statusCode() == 404 ? layer.length : received(status);
          }
        }
        assertThat(killer.kills).isEqualTo(KILLS);
        assertThat(client.pull("killed/chunks", digest).body()).isEqualTo(layer);
      } finally {
        killer.store.close();
      }
    }
  }

  private static int received(HttpResponse<byte[]> status) throws IOException {
    PlainClient.require(status, 204);
    int last = Integer.parseInt(header(status, "Range").substring("0-".length()));
    return last == 0 ? 0 : last + 1;
  }

  private static byte[] slice(byte[] layer, int from, int to) {
    return Arrays.copyOfRange(layer, from, to);
  }

  /** Kills the store at every third write: before it, after it, or somewhere in the middle. */
  private static final class Killer {
    private final Random random = new Random(12);
    private volatile Child store;
    private int writes;
    private volatile int kills;

    Killer(Child store) {
      this.store = store;
    }

    synchronized Fate fate(Call call) {
      if (call.method().equals("GET") || kills == KILLS || ++writes % 3 != 0) {
        return new Fate.Pass();
      }
      Child doomed = store;
      return switch (kills++ % 3) {
        case 0 -> {
          doomed.kill();
          yield new Fate.Pass();
        }
        case 1 -> new Fate.Lost(doomed::kill);
        default -> {
          long wait = random.nextLong(60);
          Thread.ofVirtual().start(() -> killLater(doomed, wait));
          yield new Fate.Pass();
        }
      };
    }

    private static void killLater(Child doomed, long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      doomed.kill();
    }
  }
}
