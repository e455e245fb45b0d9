package dev.lamella.contract;

import static dev.lamella.contract.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.PartMissing;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class StagingContract {
  final Staging staging = staging();
  final LayerId upload = LayerId.random();

  abstract Staging staging();

  /**
   * What a host does with the URL that it got.
   *
   * @return false where it is told that the part is there
   */
  abstract boolean send(LayerId upload, int index, byte[] part) throws Exception;

  @Test
  void read_partOrSomeOfIt_givesItsBytes() throws Exception {
    byte[] part = bytes(1000);
    send(upload, 3, part);

    assertThat(read(3, 0, 1000)).isEqualTo(part);
    assertThat(read(3, 990, 10)).isEqualTo(Arrays.copyOfRange(part, 990, 1000));
    assertThat(read(3, 1, 1)).containsExactly(part[1]);
    assertThat(staging.length(upload, StagedPart.ofShard(3))).hasValue(1000);
  }

  @Test
  void read_partThatIsNotThere_isPartMissing() {
    assertThatThrownBy(() -> read(0, 0, 1)).isInstanceOf(PartMissing.class);
    assertThat(staging.length(upload, StagedPart.ofShard(0))).isEmpty();
  }

  @Test
  void read_moreThanIsStaged_isPartMissing() throws Exception {
    send(upload, 0, bytes(100));

    assertThatThrownBy(() -> read(0, 0, 101)).isInstanceOf(PartMissing.class);
    assertThatThrownBy(() -> read(0, 50, 51)).isInstanceOf(PartMissing.class);
    assertThatThrownBy(() -> read(0, 100, 1)).isInstanceOf(PartMissing.class);
    assertThatThrownBy(() -> read(0, 5000, 1)).isInstanceOf(PartMissing.class);
  }

  @Test
  void read_emptyPart_isPartMissing() throws Exception {
    send(upload, 0, bytes(0));

    assertThat(staging.length(upload, StagedPart.ofShard(0))).hasValue(0);
    assertThatThrownBy(() -> read(0, 0, 1)).isInstanceOf(PartMissing.class);
  }

  @Test
  void send_partThatIsThere_changesNothing() throws Exception {
    byte[] first = bytes(10);
    assertThat(send(upload, 0, first)).isTrue();

    assertThat(send(upload, 0, bytes(10))).isFalse();

    assertThat(read(0, 0, 10)).isEqualTo(first);
    assertThat(staging.staged(upload)).isEqualTo(Map.of(0, 10L));
  }

  @Test
  void send_partByThirtyAtOnce_keepsThatOfOne() throws Exception {
    for (int round = 0; round < 5; round++) {
      int index = round;
      List<byte[]> parts = IntStream.range(0, 30).mapToObj(_ -> bytes(5_000)).toList();

      List<Boolean> sent = Race.of(30, racer -> () -> send(upload, index, parts.get(racer)));

      assertThat(sent).containsOnlyOnce(true);
      assertThat(read(index, 0, 5_000)).isEqualTo(parts.get(sent.indexOf(true)));
    }
  }

  @Test
  void remove_part_letsItBeSentAgain() throws Exception {
    send(upload, 1, bytes(10));
    send(upload, 12, bytes(10));
    byte[] again = bytes(20);

    String tag = tag(1);
    staging.remove(upload, StagedPart.ofShard(1), tag);
    staging.remove(upload, StagedPart.ofShard(1), tag);

    assertThat(staging.staged(upload)).isEqualTo(Map.of(12, 10L));
    assertThat(send(upload, 1, again)).isTrue();
    assertThat(read(1, 0, 20)).isEqualTo(again);
  }

  @Test
  void remove_partThatWasSentAgain_leavesTheOther() throws Exception {
    send(upload, 1, bytes(10));
    String first = tag(1);
    staging.remove(upload, StagedPart.ofShard(1), first);
    byte[] again = bytes(10);
    send(upload, 1, again);

    staging.remove(upload, StagedPart.ofShard(1), first);

    assertThat(read(1, 0, 10)).isEqualTo(again);
    assertThat(tag(1)).isNotEqualTo(first);
  }

  /** A part that was read before others removed it, and sent another one, removes only itself. */
  @Test
  void remove_byThirtyWhileItIsSentAgain_leavesTheOther() throws Exception {
    for (int round = 0; round < 10; round++) {
      int index = round;
      send(upload, index, bytes(1_000));
      String first = tag(index);
      byte[] again = bytes(1_000);

      Race.of(
          31,
          racer ->
              () -> {
                if (racer > 0) {
                  staging.remove(upload, StagedPart.ofShard(index), first);
                  return true;
                }
                while (!send(upload, index, again)) {
                  Thread.onSpinWait();
                }
                return true;
              });

      assertThat(read(index, 0, 1_000)).isEqualTo(again);
    }
  }

  @Test
  void find_part_hasTheTagThatItIsReadWith() throws Exception {
    send(upload, 4, bytes(10));
    send(upload, 40, bytes(10));

    Staging.Found found = staging.find(upload, StagedPart.ofShard(4)).orElseThrow();

    assertThat(found.length()).isEqualTo(10);
    try (Staging.Reading part = staging.read(upload, StagedPart.ofShard(4), 3, 2)) {
      assertThat(part.tag()).isEqualTo(found.tag());
    }
  }

  @Test
  void remove_upload_removesItsPartsOnly() throws Exception {
    LayerId other = LayerId.random();
    send(upload, 0, bytes(10));
    send(upload, 12, bytes(10));
    send(other, 0, bytes(10));

    staging.remove(upload);
    staging.remove(upload);

    assertThat(staging.staged(upload)).isEmpty();
    assertThat(staging.staged(other)).isEqualTo(Map.of(0, 10L));
  }

  /** More than S3 lists, or deletes, in one answer. */
  @Test
  void staged_moreThanThousandParts_namesAll() throws Exception {
    Race.of(
        8,
        racer ->
            () -> {
              for (int i = racer; i < 1_003; i += 8) {
                send(upload, i, bytes(i % 3));
              }
              return racer;
            });

    assertThat(staging.staged(upload))
        .isEqualTo(
            IntStream.range(0, 1_003).boxed().collect(Collectors.toMap(i -> i, i -> (long) i % 3)));
    staging.remove(upload);
    assertThat(staging.staged(upload)).isEmpty();
  }

  @Test
  void put_piecesOfOneOffset_areEachKeptAndAreNoShardsParts() throws Exception {
    byte[] bytes = bytes(50);
    StagedPart winner = StagedPart.ofChunk(7);
    StagedPart loser = StagedPart.ofChunk(7);
    staging.put(upload, winner, bytes, 10, 20);
    staging.put(upload, loser, bytes, 0, 5);

    try (Staging.Reading piece = staging.read(upload, winner, 5, 15)) {
      assertThat(piece.in().readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 15, 30));
    }
    assertThat(staging.length(upload, winner)).hasValue(20);
    assertThat(staging.length(upload, loser)).hasValue(5);
    assertThat(staging.length(upload, StagedPart.WHOLE)).isEmpty();
    assertThat(staging.staged(upload)).isEmpty();

    staging.remove(upload);

    assertThat(staging.length(upload, winner)).isEmpty();
  }

  private byte[] read(int index, long offset, int length) throws IOException {
    try (Staging.Reading part = staging.read(upload, StagedPart.ofShard(index), offset, length)) {
      return part.in().readAllBytes();
    }
  }

  private String tag(int index) {
    return staging.find(upload, StagedPart.ofShard(index)).orElseThrow().tag();
  }
}
