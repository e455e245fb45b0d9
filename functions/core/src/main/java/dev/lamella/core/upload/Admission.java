package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Caller;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.OpenUploads.Held;
import dev.lamella.core.port.OpenUploads.Places;
import dev.lamella.core.port.UploadIndex;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Holds each account to its limits. An upload has a place, under the account of who began it, from
 * before it is there; and its place is dropped only when it was seen not to be open any more. So no
 * account ever has more open than it may, whatever runs at once or dies, and there is nothing to be
 * taken back: who finds no room looks which uploads have ended.
 */
public final class Admission {
  private static final int TRIES = 10;
  private static final int WIDTH = 32;

  /** Longer than a call takes: an upload that is not there yet will not come. */
  private static final Duration LONGEST_CALL = Duration.ofMinutes(15);

  /** Uploads that are looked at whenever there is no room; for more, not so often. */
  private static final int FEW = 50;

  private static final Duration RECENT = Duration.ofSeconds(2);
  private static final int MINUTE = 60;

  private final OpenUploads open;
  private final UploadIndex uploads;
  private final Allowance usual;
  private final Duration kept;
  private final InstantSource clock;
  private final Map<String, Instant> looked = new ConcurrentHashMap<>();

  /**
   * @param usual what an account may that has no limits of its own
   * @param lifetime of uploads
   */
  public Admission(
      OpenUploads open,
      UploadIndex uploads,
      Allowance usual,
      Duration lifetime,
      InstantSource clock) {
    this.open = open;
    this.uploads = uploads;
    this.usual = usual;
    this.kept = lifetime.plus(Duration.ofDays(1));
    this.clock = clock;
  }

  /**
   * @throws Refusal {@code TOO_LARGE} where the caller may not have a layer of so many bytes
   */
  void requireLayer(Caller caller, long size) {
    allowed(caller).ifPresent(most -> Overrun.LAYER.requireEver(caller, size, most.layerBytes()));
  }

  /**
   * Takes places for uploads that are opened now: for all of them, or none. Whoever opens none
   * after all keeps their places for a quarter of an hour.
   *
   * @param bytes that each may have in staging
   * @throws Refusal {@code TOO_LARGE} where there never is so much room; {@code TOOMANYREQUESTS}
   *     where there is none now
   */
  void begin(Caller caller, Map<LayerId, Long> bytes) {
    Optional<Allowance> most = allowed(caller);
    if (most.isPresent() && !bytes.isEmpty()) {
      LayerId first = bytes.keySet().iterator().next();
      take(caller, new Places(first, bytes, clock.instant()), most.get());
    }
  }

  /**
   * Has room for more bytes of an upload whose size is said last. It is made in steps, so that few
   * calls need it.
   *
   * @param before bytes that have come
   * @param after bytes with those that come now
   * @throws Refusal as {@link #requireLayer} and {@link #begin}
   */
  void grow(Caller caller, LayerId upload, long before, long after) {
    requireLayer(caller, after);
    if (Steps.of(after) > Steps.of(before)) {
      reserve(caller, upload, Steps.of(after));
    }
  }

  /**
   * Has room for all bytes of an upload, once its size is known.
   *
   * @throws Refusal as {@link #requireLayer} and {@link #begin}
   */
  void claim(Caller caller, LayerId upload, long size) {
    requireLayer(caller, size);
    reserve(caller, upload, size);
  }

  /** Under the account of who sends them, also where another one began the upload. */
  private void reserve(Caller caller, LayerId upload, long bytes) {
    Optional<Allowance> allowed = allowed(caller);
    if (allowed.isEmpty()) {
      return;
    }
    Allowance most = allowed.get();
    for (int i = 0; i < TRIES; i++) {
      Held held = open.of(caller.name());
      Optional<Places> place = held.of(upload);
      if (place.isEmpty()) {
        take(caller, new Places(upload, Map.of(upload, bytes), clock.instant()), most);
        return;
      }
      long more = bytes - place.get().bytesOf(upload);
      Overrun.STAGED.requireEver(caller, bytes, most.stagedBytes());
      if (more <= 0
          || open.grow(
              caller.name(), place.get(), place.get().with(upload, bytes), most.stagedBytes())) {
        return;
      }
      Overrun.STAGED.requireNow(
          caller, look(caller.name(), held).bytes() + more, most.stagedBytes());
    }
    throw Overrun.busy(caller);
  }

  private void take(Caller caller, Places more, Allowance most) {
    Overrun.UPLOADS.requireEver(caller, more.uploads(), most.uploads());
    Overrun.STAGED.requireEver(caller, more.allBytes(), most.stagedBytes());
    Overrun.RATE.requireEver(caller, more.uploads(), most.uploadsPerMinute());
    for (int i = 0; i < TRIES; i++) {
      Optional<Held> after = open.take(caller.name(), more, most, more.since().plus(kept));
      if (after.isPresent()) {
        after.filter(Admission::isFullOfOld).ifPresent(held -> look(caller.name(), held));
        return;
      }
      Held left = look(caller.name(), open.of(caller.name()));
      Overrun.UPLOADS.requireNow(caller, left.uploads() + more.uploads(), most.uploads());
      Overrun.STAGED.requireNow(caller, left.bytes() + more.allBytes(), most.stagedBytes());
      int begun = left.begunIn(OpenUploads.minute(more.since())) + more.uploads();
      int seconds = MINUTE - (int) Math.floorMod(more.since().getEpochSecond(), (long) MINUTE);
      Overrun.RATE.requireNow(caller, begun, most.uploadsPerMinute(), seconds);
    }
    throw Overrun.busy(caller);
  }

  /** As many again came since the last look, and some: so a look costs two reads an upload. */
  private static boolean isFullOfOld(Held held) {
    return held.uploads() >= 2 * held.kept() + FEW;
  }

  /**
   * @return what the account has open, or, where many were looked at a moment ago, may have
   */
  private Held look(String account, Held held) {
    Instant now = clock.instant();
    if (held.uploads() > FEW && !isTurn(account, now)) {
      return held;
    }
    record Place(LayerId upload, Instant since) {}
    Set<LayerId> gone =
        Parallel.map(
                held.places().stream()
                    .flatMap(
                        some ->
                            some.bytes().keySet().stream()
                                .map(upload -> new Place(upload, some.since())))
                    .toList(),
                WIDTH,
                place -> Optional.of(place.upload()).filter(id -> isGone(id, place.since(), now)))
            .stream()
            .flatMap(Optional::stream)
            .collect(Collectors.toSet());
    if (!gone.isEmpty()) {
      open.drop(account, held, gone);
    }
    return held.without(gone);
  }

  /** Of the calls of this process. */
  private boolean isTurn(String account, Instant now) {
    return now.equals(
        looked.compute(
            account,
            (_, last) ->
                last == null || now.isBefore(last) || !now.isBefore(last.plus(RECENT))
                    ? now
                    : last));
  }

  private boolean isGone(LayerId id, Instant since, Instant now) {
    boolean isOld = now.isAfter(since.plus(LONGEST_CALL));
    return uploads
        .find(id)
        .map(
            upload ->
                !upload.isOpen(now) || (isOld && upload.source() instanceof Upload.Source.Call))
        .orElse(isOld);
  }

  private Optional<Allowance> allowed(Caller caller) {
    return caller.limits().map(usual::with);
  }
}
