package dev.lamella.host.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.inspect.ImageView.LayerView;
import dev.lamella.host.terminal.Terminal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PictureTest {
  private static final Digest DIGEST = Digest.parse("sha256:" + "ab".repeat(32));

  @Test
  void picture_ofFewShards_hasALetterForEach() {
    String picture = picture(false, 8);
    assertThat(picture).contains("2026-01-02  ABABABAB").contains("A s0").contains("4 shards");
  }

  @Test
  void picture_ofManyShards_groupsThemAndFits() {
    String picture = picture(false, 10_000);
    assertThat(picture).contains("a cell is").contains("5000 shards");
    assertThat(picture.lines()).hasSizeLessThan(12);
  }

  @Test
  void picture_withColours_isTheSameWithoutThem() {
    assertThat(picture(true, 8).replaceAll("\u001b\\[\\d+m", "")).isEqualTo(picture(false, 8));
    assertThat(picture(true, 8)).contains("\u001b[");
  }

  @Test
  void picture_ofADamagedLayer_namesTheShards() {
    LayerView layer =
        new LayerView(
            DIGEST,
            Optional.empty(),
            8,
            1,
            8,
            Map.of(),
            Optional.empty(),
            List.of(3, 7),
            List.of());
    ImageView image =
        new ImageView(
            "team/app:1",
            DIGEST,
            "type",
            8,
            Optional.empty(),
            Optional.empty(),
            List.of(layer),
            List.of());
    assertThat(new Picture(new Terminal(System.out, false, false, 80)).of(image))
        .contains("not yet     damaged: shards 3, 7; push it again");
  }

  private static String picture(boolean colours, int shards) {
    List<String> placement = IntStream.range(0, shards).mapToObj(i -> "s" + i % 2).toList();
    LayerView layer =
        new LayerView(
            DIGEST,
            Optional.empty(),
            shards,
            1,
            shards,
            Map.of("s0", Math.ceilDiv(shards, 2), "s1", shards / 2),
            Optional.of(Instant.parse("2026-01-02T03:04:05Z")),
            List.of(),
            placement);
    ImageView image =
        new ImageView(
            "team/app:1",
            DIGEST,
            "type",
            shards,
            Optional.empty(),
            Optional.empty(),
            List.of(layer),
            List.of());
    return new Picture(new Terminal(System.out, colours, colours, 80)).of(image);
  }
}
