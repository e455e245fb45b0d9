package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.access.Allowance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What each account has open: a place for each upload, taken before the upload is there. Nobody has
 * to give a place back: who finds no room drops the places of uploads that are open no more. Each
 * method is atomic, and one account's calls are never in the way of another's.
 */
public interface OpenUploads {
  /**
   * Places that one call took for the uploads that it begins.
   *
   * @param id of these places, for good
   * @param bytes that each upload may have in staging
   * @param since when they were taken
   */
  record Places(LayerId id, Map<LayerId, Long> bytes, Instant since) {
    public Places {
      bytes = Map.copyOf(bytes);
    }

    public int uploads() {
      return bytes.size();
    }

    public long allBytes() {
      return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes that one of its uploads may have; none of what is no upload of it. */
    public long bytesOf(LayerId upload) {
      return bytes.getOrDefault(upload, 0L);
    }

    /** With so many bytes for one of its uploads. */
    public Places with(LayerId upload, long more) {
      Map<LayerId, Long> changed = new HashMap<>(bytes);
      changed.put(upload, more);
      return new Places(id, changed, since);
    }

    /** Without some uploads; empty where no other is left. */
    public Optional<Places> without(Set<LayerId> gone) {
      Map<LayerId, Long> left =
          bytes.entrySet().stream()
              .filter(entry -> !gone.contains(entry.getKey()))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      return left.isEmpty() ? Optional.empty() : Optional.of(new Places(id, left, since));
    }
  }

  /**
   * What an account has.
   *
   * @param minute since 1970 in which it began uploads last, and how many it began then
   * @param kept uploads that were open when somebody looked last
   */
  record Held(List<Places> places, long minute, int begun, int kept) {
    public static final Held NOTHING = new Held(List.of(), 0, 0, 0);

    public Held {
      places = List.copyOf(places);
    }

    public int uploads() {
      return places.stream().mapToInt(Places::uploads).sum();
    }

    public long bytes() {
      return places.stream().mapToLong(Places::allBytes).sum();
    }

    public Optional<Places> of(LayerId upload) {
      return places.stream().filter(some -> some.bytes().containsKey(upload)).findFirst();
    }

    /** Uploads that it began in a minute, or, by other clocks, later. */
    public int begunIn(long someMinute) {
      return minute >= someMinute ? begun : 0;
    }

    /** Whether these places were taken, however they are now. */
    public boolean has(LayerId someId) {
      return places.stream().anyMatch(some -> some.id().equals(someId));
    }

    /** Whether places may be added to it. */
    public boolean hasRoom(Places more, Allowance most) {
      return uploads() + more.uploads() <= most.uploads()
          && bytes() + more.allBytes() <= most.stagedBytes()
          && begunIn(OpenUploads.minute(more.since())) + more.uploads() <= most.uploadsPerMinute();
    }

    public Held without(Set<LayerId> gone) {
      List<Places> left = places.stream().flatMap(some -> some.without(gone).stream()).toList();
      return new Held(left, minute, begun, left.stream().mapToInt(Places::uploads).sum());
    }
  }

  /** A minute as {@link Held#minute} counts them. */
  static long minute(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), 60L);
  }

  /** May be kept no longer than what was taken last said. */
  Held of(String account);

  /**
   * Takes places, all or none. Idempotent, by their id.
   *
   * @param places of 1 to {@link dev.lamella.core.access.Limits#MOST_UPLOADS} uploads
   * @param until then all these uploads have expired: the account's places need not be kept longer
   * @return what the account has then; empty, with nothing changed, where it would have more than
   *     {@code most} allows: uploads, staged bytes, or uploads begun in the minute of {@code since}
   */
  Optional<Held> take(String account, Places places, Allowance most, Instant until);

  /**
   * Replaces places by the same with more bytes.
   *
   * @return true where they are so, now or before; false, with nothing changed, where they are not
   *     as {@code before} any more, or the account would have more staged bytes than that
   */
  boolean grow(String account, Places before, Places after, long mostBytes);

  /** Drops the places of uploads, from those places that are still as they were held. */
  void drop(String account, Held held, Set<LayerId> gone);
}
