package dev.lamella.core.collect;

import java.time.Duration;

/**
 * What an operator may tune of the collection.
 *
 * @param grace how long a layer without references is kept after its last use, and a manifest after
 *     it was released; longer than a push takes from its first layer to its manifest
 * @param page things to look at between one save of the cursor and the next, 1 to 1,000
 * @param width things to work on at a time
 */
public record CollectSettings(Duration grace, int page, int width) {
  public CollectSettings {
    if (grace.compareTo(Duration.ofHours(1)) < 0) {
      throw new IllegalArgumentException("the grace period is at least an hour, not " + grace);
    }
  }
}
