package dev.lamella.host.inspect;

import dev.lamella.host.inspect.ImageView.LayerView;
import dev.lamella.host.terminal.Bytes;
import dev.lamella.host.terminal.Terminal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
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
    List<String> servers = servers(image);
    List<String> lines = new ArrayList<>();
    lines.add("%s  %s".formatted(image.image(), Bytes.text(image.size())));
    lines.add(image.digest().toString());
    draw(image, servers, lines);
    lines.add("");
    lines.addAll(legend(image, servers));
    return String.join(System.lineSeparator(), lines);
  }

  private void draw(ImageView image, List<String> servers, List<String> lines) {
    if (!image.layers().isEmpty()) {
      lines.add("%-12s %10s %6s %-10s".formatted("LAYER", "SIZE", "SHARDS", "PROVEN"));
    }
    for (LayerView layer : image.layers()) {
      draw(layer, servers, lines);
    }
    for (ImageView manifest : image.manifests()) {
      lines.add("");
      lines.add("manifest %s  %s".formatted(manifest.digest(), Bytes.text(manifest.size())));
      draw(manifest, servers, lines);
    }
  }

  private void draw(LayerView layer, List<String> servers, List<String> lines) {
    int width = Math.max(NARROWEST, terminal.width() - MARGIN);
    int shards = layer.placement().size();
    int group = Math.max(1, Math.ceilDiv(shards, width * MOST_ROWS));
    String head =
        "%-12s %10s %6d %-10s  "
            .formatted(
                layer.digest().hex().substring(0, SHORT),
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
      row.append(cell(layer.placement().subList(from, Math.min(shards, from + group)), servers));
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
  private String cell(List<String> group, List<String> servers) {
    Map<String, Integer> counts = new TreeMap<>();
    group.forEach(server -> counts.merge(server, 1, Integer::sum));
    String most =
        counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    return coloured(servers.indexOf(most));
  }

  private String coloured(int server) {
    return terminal.coloured(letter(server), server);
  }

  private static String letter(int server) {
    return String.valueOf(
        (char) (server < 26 ? 'A' + server : server < 52 ? 'a' + server - 26 : '#'));
  }

  private List<String> legend(ImageView image, List<String> servers) {
    Map<String, Integer> counts = new TreeMap<>();
    count(image, counts);
    List<String> lines = new ArrayList<>();
    for (String server : servers) {
      lines.add(
          "%s %-20s %6d shards"
              .formatted(
                  coloured(servers.indexOf(server)), server, counts.getOrDefault(server, 0)));
    }
    return lines;
  }

  private static List<String> servers(ImageView image) {
    Map<String, Integer> counts = new TreeMap<>();
    count(image, counts);
    return List.copyOf(new TreeSet<>(counts.keySet()));
  }

  private static void count(ImageView image, Map<String, Integer> counts) {
    for (LayerView layer : image.layers()) {
      layer.servers().forEach((server, shards) -> counts.merge(server, shards, Integer::sum));
    }
    image.manifests().forEach(manifest -> count(manifest, counts));
  }
}
