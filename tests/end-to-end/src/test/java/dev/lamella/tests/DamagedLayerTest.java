package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.push.PushReport;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A layer of many shards, some of which are damaged: found, named, not served, and healed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedLayerTest extends StackTest {
  private static final int SHARDS = Boolean.getBoolean("lamella.full") ? 100 : 30;
  private static final int DAMAGED = 12;
  private static final int OTHER = 21;

  /** What a push sends beside shards: requests and the manifest. */
  private static final long FORMALITIES = 64 << 10;

  private static final String IMAGE = "damaged/layer";

  private Path directory;
  private ImageFiles files;
  private Host host;
  private Digest layer;
  private List<ShardMap.Entry> map;

  @BeforeAll
  void push(@TempDir Path given) throws IOException {
    directory = given;
    files = ImageFiles.image(directory.resolve("source"), 7, (long) SHARDS * SHARD - 99);
    host = new Host(stack().endpoint(), directory.resolve("cache"));
    host.push(files.directory(), IMAGE + ":1");
    layer = files.largest();
    map = host().map(IMAGE, layer).map();
    assertThat(map).hasSize(SHARDS);
  }

  @Test
  void flippedBit_isInvisibleToALightLook_namedByADeepOne_andHealedByOneShard() throws Exception {
    Path object = object(DAMAGED);
    byte[] wrong = Files.readAllBytes(object);
    wrong[SHARD / 3] ^= 0x20;
    // In place, so that the checksum that the server keeps beside the bytes stays.
    Files.write(object, wrong, StandardOpenOption.WRITE);

    assertThat(verify(false).looked().damaged()).isZero();
    assertNamed(verify(true), Kind.WRONG_BYTES, DAMAGED);
    assertNotServedThenHealed(1);
  }

  @Test
  void deletedShard_isNamedByBoth_andHealedByOneShard() throws Exception {
    Files.delete(object(DAMAGED));
    assertNamed(verify(false), Kind.MISSING, DAMAGED);
    assertNamed(verify(true), Kind.MISSING, DAMAGED);
    assertNotServedThenHealed(1);
  }

  @Test
  void shardCutShort_isNamedByBoth_andHealedByOneShard() throws Exception {
    Path object = object(DAMAGED);
    Files.write(object, new byte[SHARD - 1], StandardOpenOption.TRUNCATE_EXISTING);
    assertNamed(verify(false), Kind.WRONG_SIZE, DAMAGED);
    assertNamed(verify(true), Kind.WRONG_SIZE, DAMAGED);
    assertNotServedThenHealed(1);
  }

  @Test
  void shardsSwapped_areNamedByBoth_andHealedByTwoShards() throws Exception {
    // With what the server keeps beside the bytes, as if each were put in the other's place.
    Path aside = directory.resolve("aside");
    Files.move(object(DAMAGED), aside);
    Files.move(object(OTHER), object(DAMAGED));
    Files.move(aside, object(OTHER));
    assertNamed(verify(false), Kind.WRONG_CHECKSUM, DAMAGED, OTHER);
    assertNamed(verify(true), Kind.WRONG_BYTES, DAMAGED, OTHER);
    assertNotServedThenHealed(2);
  }

  @Test
  void shardWithTheBytesOfAnother_isInvisibleToALightLook_namedByADeepOne_andHealedByOneShard()
      throws Exception {
    // In place, so that the checksum that the server keeps beside the bytes stays.
    Files.write(object(DAMAGED), Files.readAllBytes(object(OTHER)), StandardOpenOption.WRITE);
    assertThat(verify(false).looked().damaged()).isZero();
    assertNamed(verify(true), Kind.WRONG_BYTES, DAMAGED);
    assertNotServedThenHealed(1);
  }

  private VerificationReport verify(boolean deep) throws Exception {
    String request = "{\"deep\":%s,\"name\":\"%s\"}".formatted(deep, IMAGE);
    return Verifications.await(host(), Verifications.start(host(), request).id());
  }

  private void assertNamed(VerificationReport report, Kind kind, Integer... shards) {
    assertThat(report.damage()).extracting(Damage::shard).containsExactly(shards);
    assertThat(report.damage())
        .allSatisfy(
            damage -> {
              assertThat(damage.layer()).isEqualTo(layer);
              assertThat(damage.kind()).isEqualTo(kind);
              assertThat(damage.server()).isEqualTo(map.get(damage.shard()).server());
              assertThat(damage.images()).extracting("value").containsExactly(IMAGE);
              assertThat(damage.repaired()).isFalse();
            });
    assertThat(report.looked().shards()).isEqualTo(SHARDS + 1); // And the config.
    assertThat(report.looked().damaged()).isEqualTo(shards.length);
  }

  /**
   * @param shards that a push has to send
   */
  private void assertNotServedThenHealed(int shards) throws Exception {
    HostFailure refused = failure(() -> host.pull(IMAGE + ":1", directory.resolve("refused")));
    assertThat(refused.getMessage()).contains(layer.toString(), "shard " + DAMAGED, "push");
    HttpResponse<byte[]> plain = host().call("GET", "/v2/" + IMAGE + "/blobs/" + layer, "");
    assertThat(plain.statusCode()).isEqualTo(409);
    assertThat(RawHost.text(plain)).contains("LAYER_DAMAGED", "shard " + DAMAGED);
    assertThat(host().call("HEAD", "/v2/" + IMAGE + "/blobs/" + layer, "").statusCode())
        .as("so that a plain client pushes it again")
        .isEqualTo(404);

    PushReport healed = host.push(files.directory(), IMAGE + ":1");

    assertThat(healed.bytes())
        .isBetween((long) shards * SHARD, (long) shards * SHARD + FORMALITIES);
    assertWhole();
  }

  private void assertWhole() throws Exception {
    assertThat(host().map(IMAGE, layer).map())
        .extracting(ShardMap.Entry::server, entry -> entry.url().getPath())
        .as("each shard is where it was")
        .containsExactlyElementsOf(
            map.stream().map(entry -> tuple(entry.server(), entry.url().getPath())).toList());
    VerificationReport report = verify(true);
    assertThat(report.damage()).isEmpty();
    assertThat(
            Json.tree(host().call("GET", "/v1/images/" + IMAGE + "?reference=1", "").body())
                .path("layers")
                .toString())
        .contains("\"verified\":\"");
    assertThat(damageOfAll()).allMatch(Damage::repaired);
  }

  /** Of all reports so far. */
  private List<Damage> damageOfAll() throws IOException {
    return Verifications.all(host()).stream().flatMap(report -> report.damage().stream()).toList();
  }

  private Path object(int shard) {
    return data().resolve("s3" + map.get(shard).url().getPath());
  }
}
