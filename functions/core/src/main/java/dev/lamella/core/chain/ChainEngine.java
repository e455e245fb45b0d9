package dev.lamella.core.chain;

import java.util.Optional;

/** Something that computes SHA-256 from any state onwards. Thread-safe; what it returns is not. */
public interface ChainEngine {
  /** For logs and benchmarks. */
  String name();

  /**
   * Continues a SHA-256.
   *
   * @param from the state after the bytes before
   * @param bytesBefore how many bytes led to that state: a multiple of 64, not negative
   * @throws IllegalArgumentException if bytesBefore is neither
   */
  ChainHash resume(ChainState from, long bytesBefore);

  /** Starts at the first byte of a layer. */
  default ChainHash start() {
    return resume(ChainState.INITIAL, 0);
  }

  /**
   * The native engine where the platform has one that passes the self-check, the plain one
   * elsewhere. Decided at the first call, once. Never fails.
   */
  static ChainEngine best() {
    return EngineChoice.BEST;
  }

  /** Java only: works everywhere, at a fraction of the native speed. */
  static ChainEngine plain() {
    return PlainChainEngine.INSTANCE;
  }

  /**
   * The engine that uses the processor's SHA instructions; empty where there is none or it fails
   * the self-check.
   */
  static Optional<ChainEngine> nativeEngine() {
    return EngineChoice.NATIVE;
  }

  /** For implementations: the rule of {@link #resume}. */
  static void requireBlocks(long bytesBefore) {
    if (bytesBefore < 0 || bytesBefore % ChainHash.BLOCK != 0) {
      throw new IllegalArgumentException(
          "A hash resumes at a multiple of 64 bytes from 0 on, not at " + bytesBefore);
    }
  }
}
