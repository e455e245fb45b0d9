package dev.lamella.contract;

import static dev.lamella.contract.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.PartMissing;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class StagingContract {
  final Staging staging = staging();
  final LayerId upload = LayerId.random();

  abstract Staging staging();

  /** What a host does with the URL that it got. */
  abstract void send(LayerId upload, int index, byte[] part) throws Exception;

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
  void send_partAgain_replacesIt() throws Exception {
    send(upload, 0, bytes(10));
    byte[] second = bytes(20);
    send(upload, 0, second);

    assertThat(read(0, 0, 20)).isEqualTo(second);
    assertThat(staging.staged(upload)).isEqualTo(Map.of(0, 20L));
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

    try (InputStream in = staging.read(upload, winner, 5, 15)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 15, 30));
    }
    assertThat(staging.length(upload, winner)).hasValue(20);
    assertThat(staging.length(upload, loser)).hasValue(5);
    assertThat(staging.length(upload, StagedPart.WHOLE)).isEmpty();
    assertThat(staging.staged(upload)).isEmpty();

    staging.remove(upload);

    assertThat(staging.length(upload, winner)).isEmpty();
  }

  private byte[] read(int index, long offset, int length) throws IOException {
    try (InputStream in = staging.read(upload, StagedPart.ofShard(index), offset, length)) {
      return in.readAllBytes();
    }
  }
}
