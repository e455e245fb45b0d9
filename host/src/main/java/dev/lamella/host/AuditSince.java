package dev.lamella.host;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time as people say it. */
final class AuditSince {
  private static final Pattern AGO = Pattern.compile("(\\d{1,6})([mhd])");

  private AuditSince() {}

  /**
   * @param option that has it, for the message
   * @param text minutes, hours or days ago ({@code 90m}, {@code 24h}, {@code 7d}), a day ({@code
   *     2026-11-29}, in UTC) or a time ({@code 2026-11-29T08:00:00Z})
   */
  static Instant parse(String option, String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    try {
      if (ago.matches()) {
        long count = Long.parseLong(ago.group(1));
        return now.minus(
            switch (ago.group(2)) {
              case "m" -> Duration.ofMinutes(count);
              case "h" -> Duration.ofHours(count);
              default -> Duration.ofDays(count);
            });
      }
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException _) {
      throw new HostFailure(
          ExitCode.USAGE,
          "%s is such as 90m, 24h, 7d, 2026-11-29 or 2026-11-29T08:00:00Z, not '%s'"
              .formatted(option, text));
    }
  }
}
