package dev.lamella.tests;

import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.ShardMap;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerRoundTripTest extends StackTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, SHARD - 1, SHARD, SHARD + 1, 9 * SHARD + 777})
  void push_layerOfThisSize_comesBackBitForBit(int size) throws IOException {
    byte[] layer = bytes(size, size);
    RawHost host = host();
    assertThat(host.push("team/app", layer).statusCode()).isEqualTo(201);
    assertThat(Arrays.equals(host.pull("team/app", sha256(layer)), layer)).isTrue();
    ShardMap map = host.map("team/app", sha256(layer));
    assertThat(map.map().stream().map(ShardMap.Entry::server).distinct().count())
        .isEqualTo(Math.min(4, map.shards()));
  }
}
