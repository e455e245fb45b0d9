package dev.lamella.host.inspect;

import dev.lamella.core.Counted;
import dev.lamella.host.inspect.ImageView.LayerView;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.terminal.Bytes;
import dev.lamella.host.terminal.Terminal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Layers × shards × storage servers, drawn in text: a letter for each shard, or for a group of
 * shards where a layer has more than fit.
 */
public final class Picture {
  private static final int MARGIN = 46;
  private static final int NARROWEST = 16;
  private static final int MOST_ROWS = 4;
  private static final int SHORT = 12;
  private static final int MOST_NAMED = 5;

  private final Terminal terminal;

  public Picture(Terminal terminal) {
    this.terminal = terminal;
  }

  public String of(ImageView image) {
    Letters letters = letters(image);
    List<String> lines = new ArrayList<>();
    lines.add(Plain.line("%s  %s".formatted(image.image(), Bytes.text(image.size()))));
    lines.add(image.digest().toString());
    draw(image, letters, lines);
    lines.add("");
    lines.addAll(legend(image, letters));
    return String.join(System.lineSeparator(), lines);
  }

  private void draw(ImageView image, Letters letters, List<String> lines) {
    if (!image.layers().isEmpty() || image.config().isPresent()) {
      lines.add("%-12s %10s %6s %-10s".formatted("LAYER", "SIZE", "SHARDS", "PROVEN"));
    }
    for (LayerView layer : image.layers()) {
      draw(layer.digest().hex().substring(0, SHORT), layer, letters, lines);
    }
    image.config().ifPresent(config -> draw("config", config, letters, lines));
    for (ImageView manifest : image.manifests()) {
      lines.add("");
      lines.add(
          Plain.line(
              "%s  %s  %s"
                  .formatted(
                      manifest.platform().orElse("manifest"),
                      manifest.digest(),
                      Bytes.text(manifest.size()))));
      draw(manifest, letters, lines);
    }
  }

  private void draw(String name, LayerView layer, Letters letters, List<String> lines) {
    int width = Math.max(NARROWEST, terminal.width() - MARGIN);
    int shards = layer.placement().size();
    int group = Math.max(1, Math.ceilDiv(shards, width * MOST_ROWS));
    String head =
        "%-12s %10s %6d %-10s  "
            .formatted(
                name,
                Bytes.text(layer.size()),
                layer.shards(),
                layer.verified().map(Picture::day).orElse("not yet"));
    if (!layer.damaged().isEmpty()) {
      lines.add(head + "damaged: " + damaged(layer.damaged()));
      return;
    }
    StringBuilder row = new StringBuilder(head);
    int cells = 0;
    for (int from = 0; from < shards; from += group) {
      if (cells == width) {
        lines.add(row.toString());
        row = new StringBuilder(" ".repeat(head.length()));
        cells = 0;
      }
      row.append(cell(layer.placement().subList(from, Math.min(shards, from + group)), letters));
      cells++;
    }
    lines.add(row + (group > 1 ? "  (a cell is %d shards)".formatted(group) : ""));
  }

  private static String day(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private static String damaged(List<Integer> shards) {
    String first =
        shards.stream().limit(MOST_NAMED).map(String::valueOf).collect(Collectors.joining(", "));
    String more = shards.size() > MOST_NAMED ? ", and more" : "";
    return (shards.size() == 1 ? "shard " : "shards ") + first + more + "; push it again";
  }

  /** The server that holds most of a group. */
  private String cell(List<String> group, Letters letters) {
    Map<String, Integer> counts = new TreeMap<>();
    group.forEach(server -> counts.merge(server, 1, Integer::sum));
    String most =
        counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    return coloured(letters.number(most));
  }

  private String coloured(int letter) {
    return terminal.coloured(String.valueOf(Letters.of(letter)), letter);
  }

  private List<String> legend(ImageView image, Letters letters) {
    Map<String, Integer> counts = new TreeMap<>();
    count(image, counts);
    List<String> lines = new ArrayList<>();
    for (String server : counts.keySet()) {
      lines.add(
          "%s %-20s %s"
              .formatted(
                  coloured(letters.number(server)),
                  Plain.line(server),
                  Counted.of(counts.getOrDefault(server, 0), "shard")));
    }
    return lines;
  }

  private static Letters letters(ImageView image) {
    Map<String, Integer> counts = new TreeMap<>();
    count(image, counts);
    return Letters.of(counts.keySet());
  }

  private static void count(ImageView image, Map<String, Integer> counts) {
    List<LayerView> layers = new ArrayList<>(image.layers());
    image.config().ifPresent(layers::add);
    for (LayerView layer : layers) {
      layer.servers().forEach((server, shards) -> counts.merge(server, shards, Integer::sum));
    }
    image.manifests().forEach(manifest -> count(manifest, counts));
  }
}
