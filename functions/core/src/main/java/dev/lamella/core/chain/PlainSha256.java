package dev.lamella.core.chain;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** SHA-256 after FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2, in Java alone. */
final class PlainSha256 implements Sha256 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int BLOCK = ChainHash.BLOCK;
  private static final int LENGTH_FIELD = BLOCK - Long.BYTES;

  /** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
  private static final int[] K = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };

  private final int[] state = new int[8];
  private final int[] schedule = new int[80];
  private final byte[] partial = new byte[BLOCK];
  private long count;

  PlainSha256(ChainState from, long bytesBefore) {
    byte[] words = from.bytes();
    for (int i = 0; i < state.length; i++) {
      state[i] = (int) INT.get(words, i * Integer.BYTES);
    }
    count = bytesBefore;
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    int held = (int) (count % BLOCK);
    count += length;
    if (held > 0) {
      int taken = Math.min(BLOCK - held, length);
      System.arraycopy(bytes, at, partial, held, taken);
      at += taken;
      if (held + taken < BLOCK) {
        return;
      }
      compress(partial, 0);
    }
    for (; end - at >= BLOCK; at += BLOCK) {
      compress(bytes, at);
    }
    System.arraycopy(bytes, at, partial, 0, end - at);
  }

  @Override
  public ChainState state() {
    byte[] bytes = new byte[ChainState.LENGTH];
    for (int i = 0; i < state.length; i++) {
      INT.set(bytes, i * Integer.BYTES, state[i]);
    }
    return ChainState.of(bytes);
  }

  @Override
  public ChainState digest() {
    long bits = count * Byte.SIZE;
    int held = (int) (count % BLOCK);
    partial[held] = (byte) 0x80;
    Arrays.fill(partial, held + 1, BLOCK, (byte) 0);
    if (held >= LENGTH_FIELD) {
      compress(partial, 0);
      Arrays.fill(partial, (byte) 0);
    }
    LONG.set(partial, LENGTH_FIELD, bits);
    compress(partial, 0);
    return state();
  }

  private void compress(byte[] bytes, int offset) {
    int[] w = schedule;
    for (int t = 0; t < 16; t++) {
      w[t] = (int) INT.get(bytes, offset + t * Integer.BYTES);
    }
    int a = state[0];
    int b = state[1];
    int c = state[2];
    int d = state[3];
    int e = state[4];
    int f = state[5];
    int g = state[6];
    int h = state[7];
    // Eight rounds a turn, each with the names moved on by one, so that no value is copied.
    for (int t = 0; t < 64; t += 8) {
      h += bigSigma1(e) + choose(e, f, g) + K[t] + takeWord(w, t);
      d += h;
      h += bigSigma0(a) + majority(a, b, c);
      g += bigSigma1(d) + choose(d, e, f) + K[t + 1] + takeWord(w, t + 1);
      c += g;
      g += bigSigma0(h) + majority(h, a, b);
      f += bigSigma1(c) + choose(c, d, e) + K[t + 2] + takeWord(w, t + 2);
      b += f;
      f += bigSigma0(g) + majority(g, h, a);
      e += bigSigma1(b) + choose(b, c, d) + K[t + 3] + takeWord(w, t + 3);
      a += e;
      e += bigSigma0(f) + majority(f, g, h);
      d += bigSigma1(a) + choose(a, b, c) + K[t + 4] + takeWord(w, t + 4);
      h += d;
      d += bigSigma0(e) + majority(e, f, g);
      c += bigSigma1(h) + choose(h, a, b) + K[t + 5] + takeWord(w, t + 5);
      g += c;
      c += bigSigma0(d) + majority(d, e, f);
      b += bigSigma1(g) + choose(g, h, a) + K[t + 6] + takeWord(w, t + 6);
      f += b;
      b += bigSigma0(c) + majority(c, d, e);
      a += bigSigma1(f) + choose(f, g, h) + K[t + 7] + takeWord(w, t + 7);
      e += a;
      a += bigSigma0(b) + majority(b, c, d);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  /**
   * Word t of the message schedule. Makes word t + 16 at the same time, since that need not wait
   * for the round that t goes into: a third faster than the whole schedule first, though it makes
   * 16 words that are not used.
   */
  private static int takeWord(int[] w, int t) {
    w[t + 16] = smallSigma1(w[t + 14]) + w[t + 9] + smallSigma0(w[t + 1]) + w[t];
    return w[t];
  }

  private static int choose(int x, int y, int z) {
    return z ^ (x & (y ^ z));
  }

  private static int majority(int x, int y, int z) {
    return (x & y) | (z & (x | y));
  }

  private static int bigSigma0(int x) {
    return Integer.rotateRight(x, 2) ^ Integer.rotateRight(x, 13) ^ Integer.rotateRight(x, 22);
  }

  private static int bigSigma1(int x) {
    return Integer.rotateRight(x, 6) ^ Integer.rotateRight(x, 11) ^ Integer.rotateRight(x, 25);
  }

  private static int smallSigma0(int x) {
    return Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ (x >>> 3);
  }

  private static int smallSigma1(int x) {
    return Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ (x >>> 10);
  }
}
