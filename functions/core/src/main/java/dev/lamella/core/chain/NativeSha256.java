package dev.lamella.core.chain;

import org.bouncycastle.crypto.SavableDigest;

final class NativeSha256 implements Sha256 {
  /**
   * The library pins the array while it reads it, and some collectors (Serial, Parallel) cannot
   * start meanwhile: about 0.2 ms at a time is no matter, the 6 ms of a shard would be.
   */
  private static final int PINNED_AT_ONCE = 256 << 10;

  private final SavableDigest digest;
  private final NativeLayout layout;

  NativeSha256(SavableDigest digest, NativeLayout layout) {
    this.digest = digest;
    this.layout = layout;
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int done = 0;
    while (done < length) {
      int now = Math.min(PINNED_AT_ONCE, length - done);
      digest.update(bytes, offset + done, now);
      done += now;
    }
  }

  @Override
  public ChainState state() {
    return layout.decode(digest.getEncodedState());
  }

  @Override
  public ChainState digest() {
    byte[] bytes = new byte[ChainState.LENGTH];
    digest.doFinal(bytes, 0);
    return ChainState.of(bytes);
  }
}
