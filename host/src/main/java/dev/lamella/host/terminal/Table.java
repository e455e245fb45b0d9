package dev.lamella.host.terminal;

import dev.lamella.host.outcome.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Columns of text, as wide as they have to be, each cell {@link Plain}. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    row(headings);
  }

  public void row(String... cells) {
    rows.add(Stream.of(cells).map(Plain::line).toList());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        line.append(row.get(column))
            .append(" ".repeat(width(column) - row.get(column).length() + 2));
      }
      text.append(text.isEmpty() ? "" : System.lineSeparator())
          .append(line.toString().stripTrailing());
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> column < row.size())
        .mapToInt(row -> row.get(column).length())
        .max()
        .orElse(0);
  }
}
