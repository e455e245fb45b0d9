package dev.lamella.host.store;

import java.io.IOException;

/** Takes the bytes of an answer as they come. */
@FunctionalInterface
public interface Sink {
  /**
   * Takes the first {@code length} bytes of a buffer that is filled again afterwards.
   *
   * @throws IOException to end the exchange, as if it had broken off
   */
  void take(byte[] buffer, int length) throws IOException;
}
