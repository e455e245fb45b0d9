package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.PushReport;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage servers at two S3 endpoints: the stack's own four, and one elsewhere. */
class DistantServersTest extends StackTest {
  private static final int SHARDS = 16;

  @TempDir Path directory;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withExtraS3Endpoints(1)
        .withParameters(
            endpoints ->
                Map.of(
                    "MoreStorageServers",
                    """
                    {"id":"far","bucket":"lamella-storageserver0","region":"us-east-1",\
                    "endpoint":"%s","weight":4,"state":"active"}\
                    """
                        .formatted(endpoints.get(1))));
  }

  @Test
  void layer_overTwoEndpoints_isOnBothAndComesBack() throws IOException {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 1, (long) SHARDS * SHARD);
    long farBefore = shards("s3-1");
    long before = shards("s3") + farBefore;
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    PushReport pushed = host.push(files.directory(), "far/app:1");
    Map<String, Integer> servers =
        pushed.layers().stream()
            .filter(layer -> layer.shards() == SHARDS)
            .findFirst()
            .orElseThrow()
            .servers();
    assertThat(servers).containsOnlyKeys("s0", "s1", "s2", "s3", "far").containsEntry("far", 8);
    assertThat(shards("s3-1") - farBefore).isGreaterThanOrEqualTo(8);
    assertThat(shards("s3") + shards("s3-1") - before).isEqualTo(SHARDS + 1);

    PullReport pulled = host.pull("far/app:1", directory.resolve("target"));
    assertThat(pulled.layers()).anyMatch(layer -> layer.servers().equals(servers));
    assertThat(ImageFiles.blobs(directory.resolve("target")))
        .isEqualTo(ImageFiles.blobs(files.directory()));
  }

  /** A plain client gets the same bytes, those of the distant shards by way of a function. */
  @Test
  void blob_overTwoEndpoints_isAssembled() throws IOException {
    byte[] blob = RawHost.bytes(5 * SHARD + 77, 3);
    PlainClient client = new PlainClient(stack().endpoint());
    assertThat(client.push("far/plain", blob, 4_000_000).statusCode()).isEqualTo(201);
    Digest digest = RawHost.sha256(blob);
    assertThat(host().map("far/plain", digest).map())
        .extracting(ShardMap.Entry::server)
        .contains("far");

    assertThat(client.pull("far/plain", digest).body()).isEqualTo(blob);
  }

  /** Shards, a config's among them, that an endpoint has on its disk. */
  private long shards(String endpoint) throws IOException {
    try (Stream<Path> files = Files.walk(data().resolve(endpoint))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("/layers/"))
          .count();
    }
  }
}
