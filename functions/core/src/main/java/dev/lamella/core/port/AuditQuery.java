package dev.lamella.core.port;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.AuditEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What is asked of the audit trail. What is left out is not looked at.
 *
 * @param from the first millisecond of it
 * @param to the first millisecond after it
 * @param account who did it, or said to be; also {@code anybody} and {@code nobody}
 * @param image the repository
 * @param failed whether only what was refused or failed is wanted
 */
public record AuditQuery(
    Instant from,
    Optional<Instant> to,
    Optional<AccountName> account,
    Optional<RepositoryName> image,
    Optional<AuditAction> action,
    boolean failed) {
  /** Statuses from which on a call was refused or failed. */
  public static final int FAILED = 400;

  /** Whatever an integer can say of milliseconds, and far from where they overflow. */
  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  /**
   * @throws Refusal {@code REQUEST_INVALID} for times before 1970 or after 9998, and where {@code
   *     to} is before {@code from}
   */
  public AuditQuery {
    from = time("since", from);
    to = to.map(end -> time("until", end));
    if (to.isPresent() && to.get().isBefore(from)) {
      throw new Refusal(ErrorCode.REQUEST_INVALID, "'until' is before 'since'");
    }
  }

  private static Instant time(String name, Instant time) {
    if (time.isBefore(Instant.EPOCH) || !time.isBefore(LAST)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "'" + name + "' is a time from 1970 to the year 9998");
    }
    return time.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Whether an event is one that is asked for, whatever its time. */
  public boolean fits(AuditEvent event) {
    return (!failed || event.status() >= FAILED)
        && account.map(name -> name.value().equals(event.account())).orElse(true)
        && image.map(name -> event.image().filter(name.value()::equals).isPresent()).orElse(true)
        && action.map(wanted -> wanted.text().equals(event.action())).orElse(true);
  }

  /** Whether a time is one that is asked for. */
  public boolean contains(Instant time) {
    return !time.isBefore(from) && to.map(time::isBefore).orElse(true);
  }
}
