package dev.lamella.core.read;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AssemblyIndex.Assembly;
import java.time.Duration;
import java.time.Instant;

/** Whether the object of an assembled layer is there, and stays for as long as a URL to it. */
final class ReadyLayers {
  /**
   * An object is there for two days at least (the bucket's lifecycle rule), and a URL is good for
   * six hours at most.
   */
  private static final Duration KEPT = Duration.ofHours(36);

  private final AssembledLayers assembled;

  ReadyLayers(AssembledLayers assembled) {
    this.assembled = assembled;
  }

  boolean isReady(LayerId layer, Assembly assembly, Instant now) {
    return assembly.assembled().filter(at -> now.isBefore(at.plus(KEPT))).isPresent()
        && assembled.has(layer);
  }
}
