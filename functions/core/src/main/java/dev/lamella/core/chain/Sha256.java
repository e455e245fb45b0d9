package dev.lamella.core.chain;

/**
 * One running SHA-256, as an engine has to provide it. {@link ChainHash} checks all arguments and
 * counts the bytes, so an implementation does neither.
 */
interface Sha256 {
  void update(byte[] bytes, int offset, int length);

  /**
   * The chaining value; asked for only at a multiple of 64 bytes. Must not disturb what follows.
   */
  ChainState state();

  /** Pads and closes; nothing is called afterwards. */
  ChainState digest();
}
