package dev.lamella.core.api;

import dev.lamella.core.LayerId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run of the janitor: how far it is, and what it found.
 *
 * @param dryRun whether it only looks, and changes nothing
 * @param full whether it also looks at everything that the storage servers hold
 * @param step what it looks at, or looked at last
 * @param cursor where in that it goes on; empty for the beginning
 * @param found by kind, in the order of the steps
 * @param revision counts up with each save, so that of two that work on one run only one goes on
 * @param seen when somebody last worked on it; empty where whoever did had no more time
 */
public record CollectionRun(
    String id,
    boolean dryRun,
    boolean full,
    State state,
    Instant started,
    Optional<Instant> finished,
    Step step,
    Optional<String> cursor,
    List<Tally> found,
    long revision,
    Optional<Instant> seen) {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  /** Longer than an invocation of the janitor, 15 minutes, and its retries are apart. */
  private static final Duration LEASE = Duration.ofMinutes(20);

  /** Whether there is still something to look at. */
  public enum State {
    RUNNING,
    DONE
  }

  /** What a run looks at, in this order. */
  public enum Step {
    /** Manifests that no tag or index leads to any more, because those were deleted. */
    MANIFESTS,
    /** Layers that no manifest references. */
    LAYERS,
    /** Uploads that expired, and layers that an earlier run condemned: all that is left of them. */
    UPLOADS,
    /** Layers in one piece, made for plain clients, that have expired. */
    ASSEMBLED,
    /** Objects on the storage servers that no shard record names: a full run's. */
    OBJECTS,
    /** Shard records whose upload is gone: a full run's. */
    RECORDS,
    /** What puts and deletions of manifests that died left behind: a full run's. */
    LEFTOVERS;

    private static final Set<Step> OF_FULL = EnumSet.of(OBJECTS, RECORDS, LEFTOVERS);

    private static List<Step> of(boolean full) {
      return Stream.of(values()).filter(step -> full || !OF_FULL.contains(step)).toList();
    }
  }

  /**
   * Something that is no longer used.
   *
   * @param bytes that its removal makes free, as far as that is known
   * @param kept why it cannot be removed; empty where it is gone, or would be
   */
  public record Find(String name, long bytes, Optional<String> kept) {
    public static Find of(String name, long bytes) {
      return new Find(name, bytes, Optional.empty());
    }

    public static Find kept(String name, String why) {
      return new Find(name, 0, Optional.of(why));
    }
  }

  /**
   * What was removed, or would be.
   *
   * @param finds the first 100 of these
   * @param kept what could not be removed and why, the first 100. Each once, also where a page was
   *     looked at again
   */
  public record Tally(Step of, long count, long bytes, List<Find> finds, List<String> kept) {
    private static final int MOST_NAMES = 100;
    private static final int MOST_BRIEF = 10;

    public Tally {
      finds = List.copyOf(finds);
      kept = List.copyOf(kept);
    }

    static Tally none(Step step) {
      return new Tally(step, 0, 0, List.of(), List.of());
    }

    Tally plus(List<Find> more) {
      List<Find> gone = more.stream().filter(find -> find.kept().isEmpty()).toList();
      List<String> left = more.stream().flatMap(find -> find.kept().stream()).toList();
      return new Tally(
          of,
          count + gone.size(),
          bytes + gone.stream().mapToLong(Find::bytes).sum(),
          first(MOST_NAMES, finds, gone),
          first(MOST_NAMES, kept, left.stream().filter(text -> !kept.contains(text)).toList()));
    }

    private Tally brief() {
      return new Tally(
          of,
          count,
          bytes,
          first(MOST_BRIEF, finds, List.of()),
          first(MOST_BRIEF, kept, List.of()));
    }

    private static <T> List<T> first(int most, List<T> one, List<T> other) {
      return Stream.concat(one.stream(), other.stream()).limit(most).toList();
    }
  }

  public CollectionRun {
    found = List.copyOf(found);
  }

  /** Whether a text can be the id of a run. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** A run that has not looked at anything yet. */
  public static CollectionRun begun(boolean dryRun, boolean full, Instant now) {
    return new CollectionRun(
        LayerId.random().value(),
        dryRun,
        full,
        State.RUNNING,
        now,
        Optional.empty(),
        Step.MANIFESTS,
        Optional.empty(),
        Step.of(full).stream().map(Tally::none).toList(),
        0,
        Optional.of(now));
  }

  /** For a list of runs: with the first 10 names of each kind. */
  public CollectionRun brief() {
    return new CollectionRun(
        id,
        dryRun,
        full,
        state,
        started,
        finished,
        step,
        cursor,
        found.stream().map(Tally::brief).toList(),
        revision,
        seen);
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  /** This run after another page of its step, which goes on at {@code next} or is over. */
  public CollectionRun after(List<Find> page, Optional<String> next, Instant now) {
    List<Step> steps = Step.of(full);
    Optional<Step> following = steps.stream().skip(steps.indexOf(step) + 1L).findFirst();
    boolean isLast = next.isEmpty() && following.isEmpty();
    return new CollectionRun(
        id,
        dryRun,
        full,
        isLast ? State.DONE : State.RUNNING,
        started,
        isLast ? Optional.of(now) : Optional.empty(),
        next.isPresent() ? step : following.orElse(step),
        next,
        plus(page),
        revision + 1,
        Optional.of(now));
  }

  /** This run after a part of a page of its step, which it then looks at again. */
  public CollectionRun within(List<Find> part, Instant now) {
    return seen(plus(part), Optional.of(now), revision + 1);
  }

  /** Whether no invocation works on it, or the one that does gave no sign of life for a lease. */
  public boolean isFree(Instant now) {
    return isRunning() && seen.filter(last -> last.plus(LEASE).isAfter(now)).isEmpty();
  }

  /** This run, on which somebody works from now on. */
  public CollectionRun takenUp(Instant now) {
    return seen(found, Optional.of(now), revision + 1);
  }

  /** This run at this point, with no invocation at work on it. */
  public CollectionRun left() {
    return seen(found, Optional.empty(), revision);
  }

  private CollectionRun seen(List<Tally> tallies, Optional<Instant> last, long next) {
    return new CollectionRun(
        id, dryRun, full, state, started, finished, step, cursor, tallies, next, last);
  }

  private List<Tally> plus(List<Find> more) {
    return found.stream().map(tally -> tally.of() == step ? tally.plus(more) : tally).toList();
  }
}
