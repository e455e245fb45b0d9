package dev.lamella.contract;

import static dev.lamella.contract.Samples.bytes;
import static dev.lamella.contract.Samples.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.ShardStore.ObjectFacts;
import dev.lamella.core.port.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

abstract class ShardStoreContract {
  final ShardStore store = store();

  abstract ShardStore store();

  @Test
  void put_shard_isReadWithItsChecksum() throws Exception {
    byte[] bytes = bytes(5000);
    Shard shard = shard(5000);

    Copy stored = written(shard, bytes);

    assertThat(read(stored)).isEqualTo(bytes);
    assertThat(stored.checksum()).isEqualTo("crc32c:" + crc32c(bytes));
    assertThat(stored.key()).isEqualTo(copy(shard).key());
    assertThat(stored.server()).isEqualTo("s1");
    assertThat(stored.isDamaged()).isFalse();
  }

  @Test
  void put_bufferLongerThanShard_storesTheShardOnly() throws Exception {
    byte[] buffer = bytes(8192);

    Copy stored = written(shard(100), buffer);

    byte[] bytes = Arrays.copyOf(buffer, 100);
    assertThat(read(stored)).isEqualTo(bytes);
    assertThat(stored.checksum()).isEqualTo("crc32c:" + crc32c(bytes));
  }

  @Test
  void put_emptyShard_isStored() throws Exception {
    Copy stored = written(shard(0), new byte[64]);

    assertThat(read(stored)).isEmpty();
  }

  @Test
  void remove_layer_removesItsObjectsFromAllServers() throws Exception {
    LayerId layer = LayerId.random();
    Copy other = written(shard(10), bytes(10));
    List<Copy> copies =
        Stream.of("s0", "s1", "s0").map(server -> written(on(server, layer), bytes(10))).toList();

    store.remove(layer);
    store.remove(layer);

    assertThat(copies)
        .allSatisfy(
            copy -> assertThatThrownBy(() -> read(copy)).isInstanceOf(FileNotFoundException.class));
    assertThat(read(other)).hasSize(10);
    assertThat(store.reaches("s0")).isTrue();
  }

  @Test
  void kept_shard_isItsSizeAndChecksumWithoutItsBytes() {
    Copy stored = written(shard(5000), bytes(5000));

    assertThat(store.kept(stored)).contains(new ObjectFacts(5000, Optional.of(stored.checksum())));
    assertThat(store.kept(copy(shard(10)))).isEmpty();
  }

  @Test
  void list_afterPut_hasTheEntityTagOfWhatWasPut() {
    Shard shard = shard(5000);
    Copy stored = written(shard, bytes(5000));
    assertThat(stored.etag()).isNotEmpty();
    assertThat(tag(stored)).isEqualTo(stored.etag());

    Copy other = store.put(shard, stored, new byte[5000]);
    assertThat(other.etag()).isNotEqualTo(stored.etag());
    assertThat(tag(stored)).isEqualTo(other.etag());
  }

  private String tag(Copy copy) {
    Optional<String> before = Optional.of(copy.key().substring(0, copy.key().length() - 1));
    StoredObject first = store.list(copy.server(), before, 1).items().getFirst();
    assertThat(first.key()).isEqualTo(copy.key());
    return first.etag();
  }

  @Test
  void list_server_hasItsShardsInPagesByKey() {
    List<String> keys =
        IntStream.range(0, 3)
            .mapToObj(_ -> written(on("s1", LayerId.random()), bytes(10)).key())
            .toList();
    String elsewhere = written(on("s0", LayerId.random()), bytes(10)).key();

    List<StoredObject> listed = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<StoredObject> page = store.list("s1", cursor, 2);
      assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
      listed.addAll(page.items());
      cursor = page.next();
    } while (cursor.isPresent());

    assertThat(listed)
        .extracting(StoredObject::key)
        .isSorted()
        .doesNotHaveDuplicates()
        .containsAll(keys)
        .doesNotContain(elsewhere);
    assertThat(listed)
        .filteredOn(object -> keys.contains(object.key()))
        .allSatisfy(
            object -> {
              assertThat(object.size()).isEqualTo(10);
              assertThat(object.written())
                  .isBetween(Instant.now().minusSeconds(3600), Instant.now().plusSeconds(3600));
            });
    assertThat(store.servers()).contains("s0", "s1").isSorted();
  }

  private static Shard on(String server, LayerId layer) {
    Link link = link();
    return new Shard(Samples.image(), layer, 0, 0, 10, server, Shard.keyOf(layer, 0, link), link);
  }

  @Test
  void put_twice_isAsOnce() throws Exception {
    byte[] bytes = bytes(300);
    Shard shard = shard(300);

    assertThat(written(shard, bytes)).isEqualTo(written(shard, bytes));
    assertThat(read(copy(shard))).isEqualTo(bytes);
  }

  @Test
  void read_shardThatIsGone_isFileNotFound() {
    assertThatThrownBy(() -> read(copy(shard(10)))).isInstanceOf(FileNotFoundException.class);
  }

  Copy written(Shard shard, byte[] bytes) {
    return store.put(shard, copy(shard), bytes);
  }

  private static Copy copy(Shard shard) {
    return shard.copies().getFirst();
  }

  byte[] read(Copy copy) throws IOException {
    try (InputStream in = store.read(copy)) {
      return in.readAllBytes();
    }
  }

  static Shard shard(int size) {
    return Samples.shard(LayerId.random(), 0, size, link());
  }

  static String crc32c(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
