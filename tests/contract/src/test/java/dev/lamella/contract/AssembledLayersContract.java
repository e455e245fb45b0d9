package dev.lamella.contract;

import static dev.lamella.contract.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

abstract class AssembledLayersContract {
  private static final int SIZE = 5 << 20;

  final ShardStore store = store();
  final AssembledLayers assembled = assembled();
  final LayerId layer = LayerId.random();

  abstract ShardStore store();

  abstract AssembledLayers assembled();

  /** What a client gets by the URL of a layer. */
  abstract byte[] get(LayerId layer) throws Exception;

  @Test
  void assemble_shards_isOneObjectInTheirOrder() throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    List<Shard> shards = shards(3, whole);
    assertThat(assembled.has(layer)).isFalse();

    assembled.assemble(layer, shards);
    assembled.assemble(layer, shards);

    assertThat(assembled.has(layer)).isTrue();
    assertThat(get(layer)).isEqualTo(whole.toByteArray());
  }

  @Test
  void assemble_firstCopyIsDamaged_takesTheSecond() throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    List<Shard> shards = shards(3, whole).stream().map(AssembledLayersContract::second).toList();

    assembled.assemble(layer, shards);

    assertThat(get(layer)).isEqualTo(whole.toByteArray());
  }

  /** The shard with a copy before the one that it has, of which nothing is there. */
  private static Shard second(Shard shard) {
    Copy copy = shard.copies().getFirst();
    Copy gone = copy.on("s1".equals(copy.server()) ? "s0" : "s1").as(Copy.State.DAMAGED);
    return new Shard(
        shard.image(),
        shard.layer(),
        shard.index(),
        shard.offset(),
        shard.size(),
        shard.link(),
        List.of(gone, copy));
  }

  @Test
  void assemble_shardThatIsGone_makesNothing() {
    List<Shard> shards = new ArrayList<>(shards(2, new ByteArrayOutputStream()));
    shards.add(shard(2, 10));

    assertThatThrownBy(() -> assembled.assemble(layer, shards))
        .isInstanceOf(IllegalStateException.class);

    assertThat(assembled.has(layer)).isFalse();
  }

  @Test
  void list_byPages_hasEachOnce_untilItIsRemoved() {
    List<LayerId> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LayerId id = LayerId.random();
      assembled.assemble(id, List.of(Samples.put(store, Samples.shard(id, 0), bytes(64))));
      made.add(id);
    }
    assertThat(listed()).containsAll(made).doesNotHaveDuplicates();

    assembled.remove(made.getFirst());
    assembled.remove(made.getFirst());

    assertThat(assembled.has(made.getFirst())).isFalse();
    assertThat(listed()).doesNotContain(made.getFirst()).containsAll(made.subList(1, 3));
  }

  private List<LayerId> listed() {
    List<LayerId> listed = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<AssembledLayers.AssembledObject> page = assembled.list(cursor, 2);
      page.items().forEach(kept -> listed.add(kept.layer()));
      cursor = page.next();
    } while (cursor.isPresent());
    return listed;
  }

  /** The last one is small. */
  private List<Shard> shards(int count, ByteArrayOutputStream whole) {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = bytes(i == count - 1 ? 7 : SIZE);
      shards.add(Samples.put(store, shard(i, bytes.length), bytes));
      whole.writeBytes(bytes);
    }
    return shards;
  }

  /** Every other one is in another region, so that it is not for S3 to copy. */
  private Shard shard(int index, int size) {
    Shard shard = Samples.shard(layer, index, size, Samples.link());
    return new Shard(
        shard.image(),
        layer,
        index,
        (long) index * SIZE,
        size,
        "s" + index % 2,
        shard.copies().getFirst().key(),
        shard.link());
  }
}
