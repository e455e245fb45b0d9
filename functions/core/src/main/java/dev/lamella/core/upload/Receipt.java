package dev.lamella.core.upload;

/** What became of a chunk. */
public sealed interface Receipt {

  /** Bytes of the upload so far: the next chunk begins there. */
  long received();

  /** It is staged and recorded. */
  record Accepted(long received) implements Receipt {}

  /** Nothing changed: it does not begin where the upload has come to. */
  record OutOfOrder(long received) implements Receipt {}
}
