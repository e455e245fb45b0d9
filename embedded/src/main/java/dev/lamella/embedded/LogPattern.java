package dev.lamella.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A filter pattern of CloudWatch Logs for lines of JSON, as far as it is used here: {@code {
 * ($.a.status >= 400) && ($.a.name = "x") }}.
 */
final class LogPattern {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern ALL = Pattern.compile("\\s*\\{(.{1,1000})}\\s*");
  private static final Pattern TERM =
      Pattern.compile("\\(?\\$((?:\\.[A-Za-z_]+)+) (=|>=) (?:\"([^\"*\\\\]*)\"|(\\d{1,9}))\\)?");

  private final List<Term> terms;

  private record Term(String pointer, boolean atLeast, Optional<String> text, int number) {
    boolean holds(JsonNode line) {
      JsonNode value = line.at(pointer);
      if (text.isPresent()) {
        return value.isString() && value.asString().equals(text.get());
      }
      return value.isInt() && (atLeast ? value.asInt() >= number : value.asInt() == number);
    }
  }

  private LogPattern(List<Term> terms) {
    this.terms = List.copyOf(terms);
  }

  /** Empty for a pattern of another form. One that is empty fits every line. */
  static Optional<LogPattern> parse(String pattern) {
    if (pattern.isEmpty()) {
      return Optional.of(new LogPattern(List.of()));
    }
    Matcher all = ALL.matcher(pattern);
    if (!all.matches()) {
      return Optional.empty();
    }
    List<Term> terms = new ArrayList<>();
    for (String text : all.group(1).split("&&", -1)) {
      Matcher term = TERM.matcher(text.strip());
      boolean isAtLeast = term.matches() && term.group(2).equals(">=");
      if (!term.matches() || (isAtLeast && term.group(3) != null)) {
        return Optional.empty();
      }
      terms.add(
          new Term(
              term.group(1).replace('.', '/'),
              isAtLeast,
              Optional.ofNullable(term.group(3)),
              Optional.ofNullable(term.group(4)).map(Integer::parseInt).orElse(0)));
    }
    return Optional.of(new LogPattern(terms));
  }

  boolean fits(String line) {
    if (terms.isEmpty()) {
      return true;
    }
    try {
      JsonNode json = JSON.readTree(line);
      return terms.stream().allMatch(term -> term.holds(json));
    } catch (JacksonException _) {
      return false;
    }
  }
}
