package dev.lamella.host.agent;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some bytes of a blob that a client asks for (RFC 9110, section 14).
 *
 * @param start the first byte
 * @param end the one after the last
 */
record ByteRange(long start, long end) {
  private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");
  private static final Pattern CONTENT =
      Pattern.compile("(?:bytes[ =])?(\\d{1,18})-(\\d{1,18})(?:/.*)?");

  /** What the bytes that a client sends are of a blob: {@code 0-1023}, in all of its forms. */
  static Optional<ByteRange> parseContent(String header) {
    Matcher content = CONTENT.matcher(header.strip());
    return content.matches()
        ? Optional.of(
                new ByteRange(
                    Long.parseLong(content.group(1)), Long.parseLong(content.group(2)) + 1))
            .filter(range -> !range.isEmpty())
        : Optional.empty();
  }

  long length() {
    return end - start;
  }

  boolean isEmpty() {
    return start >= end;
  }

  /** As the answer names it. */
  String of(long size) {
    return "bytes %d-%d/%d".formatted(start, end - 1, size);
  }

  /**
   * The one that a header asks for; it is empty where the blob has none of its bytes. Nothing where
   * the whole blob is to be sent: several ranges, and what is no range, need not be understood.
   *
   * @param size of the blob, in bytes
   */
  static Optional<ByteRange> parse(String header, long size) {
    Matcher one = ONE.matcher(header);
    if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
      return Optional.empty();
    }
    if (one.group(1).isEmpty()) {
      return Optional.of(new ByteRange(Math.max(0, size - Long.parseLong(one.group(2))), size));
    }
    long start = Long.parseLong(one.group(1));
    long last = one.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(one.group(2));
    if (last < start) {
      return Optional.empty();
    }
    return Optional.of(new ByteRange(start, Math.min(size, last + 1)));
  }
}
