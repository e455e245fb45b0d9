package dev.lamella.core.upload;

/** How an attempt to finish an upload of the OCI API ended. */
public sealed interface Finish {

  /** All bytes are there. */
  sealed interface Settled extends Finish {}

  /** The layer is stored, and the image may read it. */
  record Stored() implements Settled {}

  /** Their shards are still being written: ask the same again. */
  record StillWriting() implements Settled {}

  /** Nothing changed: the last chunk does not begin where the upload has come to. */
  record OutOfOrder(long received) implements Finish {}
}
