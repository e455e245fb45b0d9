package dev.lamella.core.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A verification job: what it was asked for, how far it has come, and what it found.
 *
 * @param seen when it last got on
 * @param cursor where it goes on; empty at its beginning, and once it has come to the end
 * @param walked whether it has taken on all that it will
 * @param open layers that it has in work
 * @param planned bytes of the layers that it has taken on
 * @param layers that are done
 * @param shared layers that another job had in work, so that this one left them to it
 * @param warnings for people
 */
public record Report(
    ReportId id,
    Scope scope,
    Budget budget,
    State state,
    Instant started,
    Instant seen,
    Optional<Instant> finished,
    Optional<String> cursor,
    boolean walked,
    long open,
    long planned,
    long layers,
    long shared,
    Tally tally,
    List<String> warnings) {

  /** A job runs until it has looked at all that it took on, or cannot go on. */
  public enum State {
    RUNNING,
    DONE,
    /** It was given up: its last warning says why. */
    FAILED
  }

  /**
   * A job that stands still, so long after its budget ended, is given up: whatever it has in work
   * has come to nothing each time.
   */
  private static final Duration PATIENCE = Duration.ofDays(1);

  public Report {
    warnings = List.copyOf(warnings);
  }

  public static Report start(Scope scope, Budget budget, Instant now) {
    return new Report(
        ReportId.at(now),
        scope,
        budget,
        State.RUNNING,
        now,
        now,
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        0,
        0,
        0,
        Tally.NOTHING,
        List.of());
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Whether it takes on no more because its budget ended. */
  public boolean isCutOff() {
    return walked && cursor.isPresent();
  }

  /**
   * Where the next job of its scope goes on after one that its budget ended; empty after one that
   * came to the end, or was given up. Deep jobs of everything need no such place: they begin with
   * what is longest unproven.
   */
  public Optional<String> rest() {
    boolean isByNeed = scope.deep() && scope.name().isEmpty();
    return isByNeed || state == State.FAILED ? Optional.empty() : cursor;
  }

  /** Whether it has looked at all that it took on, and takes on no more. */
  public boolean isComplete() {
    return walked && open == 0;
  }

  /** This job with its cursor moved on, past a layer of so many bytes that it took on. */
  public Report at(String next, long bytes) {
    return new Report(
        id,
        scope,
        budget,
        state,
        started,
        seen,
        finished,
        Optional.of(next),
        walked,
        open,
        planned + bytes,
        layers,
        shared,
        tally,
        warnings);
  }

  /** This job with one more layer in work. */
  public Report opened(Instant now) {
    return after(now, cursor, walked, open + 1, layers, shared, tally);
  }

  /** This job after an advance. */
  public Report moved(Advance advance, Instant now) {
    return after(
        now,
        advance.cursor(),
        walked || advance.isLast(),
        open,
        layers,
        shared + advance.shared(),
        tally);
  }

  /** This job with one layer done that it had in work. */
  public Report settled(Tally more, Instant now) {
    return after(now, cursor, walked, open - 1, layers + 1, shared, tally.plus(more));
  }

  private Report after(
      Instant now,
      Optional<String> cursorThen,
      boolean walkedThen,
      long openThen,
      long layersThen,
      long sharedThen,
      Tally tallyThen) {
    return new Report(
        id,
        scope,
        budget,
        state,
        started,
        now,
        finished,
        cursorThen,
        walkedThen,
        openThen,
        planned,
        layersThen,
        sharedThen,
        tallyThen,
        warnings);
  }

  /** This job, ended. */
  public Report finished(List<String> last, Instant now) {
    return ended(State.DONE, last, now);
  }

  /** This job, given up. */
  public Report failed(String why, Instant now) {
    return ended(State.FAILED, Stream.concat(warnings.stream(), Stream.of(why)).toList(), now);
  }

  private Report ended(State how, List<String> last, Instant now) {
    return new Report(
        id,
        scope,
        budget,
        how,
        started,
        now,
        Optional.of(now),
        cursor,
        walked,
        open,
        planned,
        layers,
        shared,
        tally,
        last);
  }

  /** This job, taken up by somebody at that time. */
  public Report takenUp(Instant now) {
    return after(now, cursor, walked, open, layers, shared, tally);
  }

  /** Whether it gave no sign of life for longer than a lease. */
  public boolean standsStill(Duration lease, Instant now) {
    return isRunning() && seen.plus(lease).isBefore(now);
  }

  /** Whether it is long over its time: one that stands still then is given up. */
  public boolean isOverdue(Instant now) {
    return started.plusSeconds(budget.seconds()).plus(PATIENCE).isBefore(now);
  }

  /** Whether it may take on another layer of so many bytes, within its budget. */
  public boolean affords(long bytes, Instant now) {
    boolean isFirst = planned == 0 && tally.requests() == 0;
    boolean hasTime = now.isBefore(started.plusSeconds(budget.seconds()));
    return isFirst || (hasTime && (!scope.deep() || bytes <= budget.bytes() - planned));
  }
}
