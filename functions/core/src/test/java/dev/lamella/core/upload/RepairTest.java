package dev.lamella.core.upload;

import static dev.lamella.core.upload.MemoryStore.SHARD;
import static dev.lamella.core.upload.MemoryStore.bytes;
import static dev.lamella.core.upload.MemoryStore.chain;
import static dev.lamella.core.upload.MemoryStore.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.Digest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A push of a layer of which a shard is lost: where its bytes go. */
class RepairTest {
  private static final int LOST = 1;

  private final MemoryStore store = new MemoryStore();
  private final byte[] layer = bytes(6 * SHARD, 1);
  private final Digest digest = sha256(layer);

  @Test
  void push_serverStillTakesShards_writesItWhereItWas() throws IOException {
    Shard lost = lose();
    repair();
    assertThat(record()).isEqualTo(lost);
    assertWhole(Map.of("s0", 2, "s1", 2, "s2", 2));
  }

  @Test
  void push_serverIsReadOnlyByNow_writesItToAnotherOne() throws IOException {
    Shard lost = lose();
    assertThat(lost.copies().getFirst().server()).isEqualTo("s1");
    store.readOnly.add("s1");
    repair();
    assertThat(record().copies().getFirst().server()).isEqualTo("s2");
    assertThat(record().link()).isEqualTo(lost.link());
    assertThat(store.shardStore.kept(lost.copies().getFirst()))
        .as("nothing is written there")
        .isEmpty();
    assertWhole(Map.of("s0", 2, "s1", 1, "s2", 3));
  }

  @Test
  void push_bothCopiesAreLost_writesEachWhereItWas() throws IOException {
    Shard lost = loseBoth("s0");
    repair();
    assertThat(record().copies())
        .extracting(Copy::server, Copy::state)
        .containsExactly(tuple("s1", Copy.State.WHOLE), tuple("s0", Copy.State.WHOLE));
    assertThat(lost.copies()).allMatch(copy -> store.shardStore.kept(copy).isPresent());
    assertWhole(Map.of("s0", 3, "s1", 2, "s2", 2));
  }

  /** No two copies come to be on one storage server, however few take shards. */
  @Test
  void push_oneServerIsReadOnlyByNow_writesItsCopyToOneThatHasNone() throws IOException {
    loseBoth("s2");
    store.readOnly.add("s1");
    repair();
    assertThat(record().copies()).extracting(Copy::server).containsExactly("s0", "s2");
    assertThat(record().copies()).noneMatch(Copy::isDamaged);
    assertWhole(Map.of("s0", 3, "s1", 1, "s2", 3));
  }

  @Test
  void push_oneServerTakesNothing_writesTheOtherCopy_andTheLayerIsServed() throws IOException {
    loseBoth("s2");
    store.silent.addAll(List.of("s0", "s2"));
    UploadProgress upload = store.open(digest, layer.length);
    store.stage(upload.upload(), layer, LOST);
    assertThat(store.completeWith(upload.upload(), layer, chain(layer)))
        .isInstanceOf(Completion.Committed.class);
    assertThat(record().copies()).extracting(Copy::isDamaged).containsExactly(false, true);
    assertThat(store.index.layers().find(digest).orElseThrow().isDamaged()).isFalse();
  }

  /** A shard with copies on s1 and another server, both of which are lost and known to be. */
  private Shard loseBoth(String other) {
    Shard one = lose();
    Copy first = one.copies().getFirst().as(Copy.State.DAMAGED);
    Shard two =
        new Shard(
            one.image(),
            one.layer(),
            LOST,
            one.offset(),
            one.size(),
            one.link(),
            List.of(first, first.on(other)));
    assertThat(store.index.shards().change(one, two)).isTrue();
    return two;
  }

  private Shard lose() {
    store.push(layer);
    Shard lost = record();
    store.shardStore.lose(lost.copies().getFirst());
    assertThat(store.index.layers().damage(digest, lost.layer(), List.of(LOST))).isTrue();
    return lost;
  }

  private Shard record() {
    Layer stored = store.index.layers().find(digest).orElseThrow();
    return store.index.shards().from(stored.id(), LOST, 1).getFirst();
  }

  private void repair() {
    UploadProgress upload = store.open(digest, layer.length);
    assertThat(upload.parts()).extracting("index").containsExactly(LOST);
    store.stage(upload.upload(), layer, LOST);
    assertThat(store.completeWith(upload.upload(), layer, chain(layer)))
        .isInstanceOf(Completion.Committed.class);
  }

  private void assertWhole(Map<String, Integer> servers) throws IOException {
    Layer stored = store.index.layers().find(digest).orElseThrow();
    assertThat(stored.isDamaged()).isFalse();
    assertThat(stored.servers()).isEqualTo(servers);
    assertThat(store.stored(digest)).isEqualTo(layer);
  }
}
