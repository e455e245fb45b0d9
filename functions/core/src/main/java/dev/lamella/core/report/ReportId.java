package dev.lamella.core.report;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Names a verification job and its report. Begins with the time of its start, so that the order of
 * ids is that of the jobs.
 */
public record ReportId(String value) {
  private static final Pattern GRAMMAR = Pattern.compile("\\d{8}t\\d{9}-[0-9a-f]{8}");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd't'HHmmssSSS").withZone(ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws Refusal {@code VERIFICATION_UNKNOWN}: what cannot be an id names no report
   */
  public ReportId {
    if (!GRAMMAR.matcher(value).matches()) {
      throw unknown(value);
    }
  }

  public static ReportId at(Instant started) {
    return new ReportId(TIME.format(started) + "-%08x".formatted(RANDOM.nextInt()));
  }

  public Refusal unknown() {
    return unknown(value);
  }

  private static Refusal unknown(String value) {
    return new Refusal(
        ErrorCode.VERIFICATION_UNKNOWN,
        "there is no verification " + quoted(value) + ": GET /v1/verifications lists them");
  }

  @Override
  public String toString() {
    return value;
  }
}
