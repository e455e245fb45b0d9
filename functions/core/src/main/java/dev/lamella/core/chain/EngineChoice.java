package dev.lamella.core.chain;

import java.util.Optional;
import java.util.function.Supplier;

/** Decides once, at first use, which engine a process works with. */
final class EngineChoice {
  static final Optional<ChainEngine> NATIVE = checked(NativeChainEngine::find);
  static final ChainEngine BEST = NATIVE.orElse(PlainChainEngine.INSTANCE);

  private EngineChoice() {}

  /**
   * A native library can be missing, broken, or laid out in another way than its code was read; no
   * such thing may stop the program, since the plain engine does the same.
   */
  static Optional<ChainEngine> checked(Supplier<Optional<ChainEngine>> source) {
    try {
      return source.get().filter(SelfCheck::passes);
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }
}
