package dev.lamella.core.chain;

import java.util.Optional;
import org.bouncycastle.crypto.SavableDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/**
 * Bouncy Castle's native SHA-256 (bcprov-lts8on), as fast as OpenSSL. The library exports and
 * restores a running digest only in an encoding of its own, which is the memory of its C struct:
 * {@link NativeLayout} finds the standard's state in it. Linux on x86_64 (SHA-NI) and on arm64 (the
 * SHA2 extension) have a native library in the jar; elsewhere, with musl, or with {@code
 * -Dorg.bouncycastle.native.cpu_variant=java}, there is none.
 *
 * <p>Native memory: 160 bytes a running hash, which the library's own cleaner frees after the
 * garbage collection that finds the hash unreachable. Native access has to be enabled ({@code
 * --enable-native-access=ALL-UNNAMED}).
 */
final class NativeChainEngine implements ChainEngine {
  private final NativeLayout layout;

  private NativeChainEngine(NativeLayout layout) {
    this.layout = layout;
  }

  /** Not yet checked. */
  static Optional<ChainEngine> find() {
    SavableDigest digest = SHA256Digest.newInstance();
    if (digest instanceof SHA256Digest) {
      return Optional.empty();
    }
    byte[] block = new byte[ChainHash.BLOCK];
    digest.update(block, 0, block.length);
    ChainHash plain = ChainEngine.plain().start();
    plain.update(block, 0, block.length);
    return NativeLayout.find(digest.getEncodedState(), plain.state()).map(NativeChainEngine::new);
  }

  @Override
  public String name() {
    return "native";
  }

  @Override
  public ChainHash resume(ChainState from, long bytesBefore) {
    ChainEngine.requireBlocks(bytesBefore);
    SavableDigest digest = SHA256Digest.newInstance(layout.encode(from, bytesBefore), 0);
    return new ChainHash(new NativeSha256(digest, layout), bytesBefore);
  }
}
