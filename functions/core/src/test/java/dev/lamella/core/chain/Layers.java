package dev.lamella.core.chain;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Layers and engines to test with. */
final class Layers {
  private Layers() {}

  static byte[] ofSize(int size) {
    byte[] layer = new byte[size];
    new Random(size).nextBytes(layer);
    return layer;
  }

  /** What this machine has: the plain engine, and the native one where there is one. */
  static List<ChainEngine> engines() {
    List<ChainEngine> engines = new ArrayList<>(List.of(ChainEngine.plain()));
    ChainEngine.nativeEngine().ifPresent(engines::add);
    return engines;
  }

  static ChainState sha256(byte[] layer) {
    return ChainState.of(messageDigest("SHA-256").digest(layer));
  }

  static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
