package dev.lamella.core.chain;

import java.util.Optional;
import org.bouncycastle.crypto.SavableDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/**
 * Bouncy Castle's native SHA-256 (bcprov-lts8on), as fast as OpenSSL. The library exports and
 * restores a running digest only in an encoding of its own, which is the memory of a C struct:
 * {@link NativeLayout} finds the standard's state in it. The jar holds libraries for Linux with
 * glibc, on x86_64 (SHA-NI) and on arm64 (SHA2 extension; the same struct by its source, but with
 * the words in another order; not run there yet, which the self-check makes harmless). Elsewhere,
 * or with {@code -Dorg.bouncycastle.native.cpu_variant=java}, there is no native engine.
 *
 * <p>Costs: the first use in a process about 0.3 s, nearly all of it Java's check of the jar's
 * signature; a resume about 2 µs and 160 bytes of native memory, which the library's own thread
 * frees after the garbage collection that finds the hash unreachable. That thread keeps up with
 * shards, not with millions of hashes a second. Java 25 warns unless native access is enabled
 * ({@code --enable-native-access=ALL-UNNAMED}).
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
