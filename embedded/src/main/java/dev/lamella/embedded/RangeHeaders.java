package dev.lamella.embedded;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What S3 reads in the headers that ask for a part of an object. */
final class RangeHeaders {
  private static final Pattern ONE = Pattern.compile("bytes=(?!-$)([0-9]*)-([0-9]*)");

  /** More bytes than any object has, and few enough to be added up. */
  private static final long BEYOND = 1L << 62;

  private RangeHeaders() {}

  /**
   * The same range with no position over 2^62. Empty for what is no range or several ones: S3
   * answers with the whole object then.
   */
  static Optional<String> countable(String range) {
    Matcher one = ONE.matcher(range);
    return one.matches()
        ? Optional.of(
            "bytes=" + countableNumber(one.group(1)) + "-" + countableNumber(one.group(2)))
        : Optional.empty();
  }

  private static String countableNumber(String digits) {
    if (digits.isEmpty()) {
      return "";
    }
    try {
      return Long.toString(Math.min(BEYOND, Long.parseLong(digits)));
    } catch (NumberFormatException e) {
      return Long.toString(BEYOND); // It has digits only, so there are too many.
    }
  }

  /** Whether {@code If-Range} names the object as it is: by its ETag or by its date. */
  static boolean holds(String condition, ObjectHead object) {
    return condition.replace("\"", "").equals(object.etag().replace("\"", ""))
        || date(condition)
            .equals(Optional.of(object.lastModified().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Optional<Instant> date(String condition) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(condition, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
