package dev.lamella.embedded;

import dev.lamella.embedded.JsonServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * CloudWatch Logs on the loopback address, as far as logs are read: FilterLogEvents, over files of
 * lines ({@link LogFile}). A line's time is the first one that stands in it. It takes only calls
 * that know its path, which is random: signatures are not verified.
 */
public final class LogsServer implements AutoCloseable {
  private static final String FILTER = "Logs_20140328.FilterLogEvents";
  private static final int LARGEST_REQUEST = 64 << 10;
  private static final int MOST_EVENTS = 10_000;

  /** Bytes of an answer's lines, and of what is looked through for it; all in characters. */
  private static final int LARGEST_ANSWER = 1 << 20;

  private static final int LARGEST_SEARCH = 8 << 20;

  private static final Pattern TIME =
      Pattern.compile("\"time(?:stamp)?\":\"(\\d{4}-\\d\\d-\\d\\dT[0-9:.]{1,20}Z)\"");

  private final Map<String, Path> groups = new ConcurrentHashMap<>();
  private final JsonServer server;

  private LogsServer() throws IOException {
    this.server = JsonServer.start("CloudWatch Logs", LARGEST_REQUEST, this::answer);
  }

  /** Starts on a free port, without any log group. */
  public static LogsServer start() throws IOException {
    return new LogsServer();
  }

  /**
   * Has a log group whose lines are in that file, and in the one before it.
   *
   * @param file need not be there yet
   */
  public void add(String group, Path file) {
    groups.put(group, file);
  }

  /** A secret: whoever knows it can read what is here. */
  public URI uri() {
    return server.uri();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private Answer answer(String target, JsonNode request) throws IOException {
    if (!target.equals(FILTER)) {
      return Answer.fault(
          "UnknownOperationException", "The local CloudWatch Logs only filters log events.");
    }
    Path log = groups.get(request.path("logGroupName").asString(""));
    if (log == null) {
      return Answer.fault("ResourceNotFoundException", "The specified log group does not exist.");
    }
    Optional<LogPattern> pattern = LogPattern.parse(request.path("filterPattern").asString(""));
    if (pattern.isEmpty()) {
      return Answer.fault(
          "InvalidParameterException", "The filter pattern is none that is known here.");
    }
    LogLines lines = new LogLines(log);
    String token = request.path("nextToken").asString("");
    Optional<LogLines.Place> from = LogLines.Place.parse(token);
    if (!token.isEmpty() && (from.isEmpty() || !lines.has(from.get()))) {
      return Answer.fault("InvalidParameterException", "The specified nextToken is invalid.");
    }
    Search search = new Search(request, pattern.get());
    Optional<LogLines.Place> next = lines.read(from, search::take);
    return new Answer(200, search.answer(next));
  }

  /** What one call looks for, and has found. */
  private static final class Search {
    private final LogPattern pattern;
    private final long start;
    private final long end;
    private final int limit;
    private final List<Map<String, Object>> found = new ArrayList<>();
    private long time;
    private int size;
    private int searched;

    Search(JsonNode request, LogPattern pattern) {
      this.pattern = pattern;
      this.start = request.path("startTime").asLong(0);
      this.end = request.path("endTime").asLong(Long.MAX_VALUE);
      this.limit = Math.clamp(request.path("limit").asInt(MOST_EVENTS), 1, MOST_EVENTS);
    }

    boolean take(String line) {
      // A line without a time is of that of the line before.
      time = time(line).orElse(time);
      if (time >= start && time <= end && pattern.fits(line)) {
        found.add(Map.of("timestamp", time, "message", line));
        size += line.length();
      }
      searched += line.length() + 1;
      return found.size() < limit && size < LARGEST_ANSWER && searched < LARGEST_SEARCH;
    }

    Map<String, Object> answer(Optional<LogLines.Place> next) {
      found.sort(
          Comparator.comparing(event -> (Long) Objects.requireNonNull(event.get("timestamp"))));
      Map<String, Object> answer = new HashMap<>();
      answer.put("events", found);
      next.ifPresent(place -> answer.put("nextToken", place.toString()));
      return answer;
    }

    private static Optional<Long> time(String line) {
      Matcher matcher = TIME.matcher(line);
      try {
        return matcher.find()
            ? Optional.of(Instant.parse(matcher.group(1)).toEpochMilli())
            : Optional.empty();
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
    }
  }
}
