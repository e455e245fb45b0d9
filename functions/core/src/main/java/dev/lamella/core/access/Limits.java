package dev.lamella.core.access;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import java.util.Optional;

/**
 * What an account may use at a time, where that is not what the store allows every account. What is
 * empty is as for every account.
 *
 * @param layerBytes of its largest layer: 1 to {@link Slicing#LARGEST_LAYER}
 * @param uploads that it has open at a time: 1 to {@value #MOST_UPLOADS}
 * @param stagedBytes that its open uploads may have in staging, all together: 1 to {@link
 *     #MOST_BYTES}
 * @param uploadsPerMinute that it begins: 1 to {@value #MOST_PER_MINUTE}
 */
public record Limits(
    Optional<Long> layerBytes,
    Optional<Integer> uploads,
    Optional<Long> stagedBytes,
    Optional<Integer> uploadsPerMinute) {
  /** As many as one upload request names: they are noted in one item of a table. */
  public static final int MOST_UPLOADS = 1_000;

  /** 1 PiB. */
  public static final long MOST_BYTES = 1L << 50;

  public static final int MOST_PER_MINUTE = 60_000;

  /** As for every account. */
  public static final Limits USUAL =
      new Limits(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * @throws Refusal {@code REQUEST_INVALID} out of range
   */
  public Limits {
    require("layerBytes", layerBytes, Slicing.LARGEST_LAYER);
    require("uploads", uploads.map(Integer::longValue), MOST_UPLOADS);
    require("stagedBytes", stagedBytes, MOST_BYTES);
    require("uploadsPerMinute", uploadsPerMinute.map(Integer::longValue), MOST_PER_MINUTE);
  }

  private static void require(String name, Optional<Long> value, long most) {
    if (value.filter(number -> number < 1 || number > most).isPresent()) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the limit '%s' is 1 to %d, not %d: leave it out for the store's own"
              .formatted(name, most, value.get()));
    }
  }
}
