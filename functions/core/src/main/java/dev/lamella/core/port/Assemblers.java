package dev.lamella.core.port;

import dev.lamella.core.Digest;

/** The assembler functions. */
@FunctionalInterface
public interface Assemblers {

  /** Asks for a layer to be assembled soon. Returns when that is sure to be tried. */
  void begin(Digest layer);
}
