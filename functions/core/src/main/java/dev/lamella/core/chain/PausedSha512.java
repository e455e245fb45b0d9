package dev.lamella.core.chain;

import dev.lamella.core.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How far the SHA-512 of a layer has come whose bytes arrive in chunks: all that is needed to go on
 * with the next chunk, in another process. After FIPS 180-4, sections 4.1.3, 5.1.2 and 6.4, in Java
 * alone, since Java's own does not say its state.
 */
public final class PausedSha512 {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int BLOCK = 128;
  private static final int LENGTH_FIELD = BLOCK - Long.BYTES;
  private static final int WORDS = 8;

  /** The first 64 bits of the fractional parts of the cube roots of the first 80 primes. */
  private static final long[] K = {
    0x428a2f98d728ae22L, 0x7137449123ef65cdL, 0xb5c0fbcfec4d3b2fL, 0xe9b5dba58189dbbcL,
    0x3956c25bf348b538L, 0x59f111f1b605d019L, 0x923f82a4af194f9bL, 0xab1c5ed5da6d8118L,
    0xd807aa98a3030242L, 0x12835b0145706fbeL, 0x243185be4ee4b28cL, 0x550c7dc3d5ffb4e2L,
    0x72be5d74f27b896fL, 0x80deb1fe3b1696b1L, 0x9bdc06a725c71235L, 0xc19bf174cf692694L,
    0xe49b69c19ef14ad2L, 0xefbe4786384f25e3L, 0x0fc19dc68b8cd5b5L, 0x240ca1cc77ac9c65L,
    0x2de92c6f592b0275L, 0x4a7484aa6ea6e483L, 0x5cb0a9dcbd41fbd4L, 0x76f988da831153b5L,
    0x983e5152ee66dfabL, 0xa831c66d2db43210L, 0xb00327c898fb213fL, 0xbf597fc7beef0ee4L,
    0xc6e00bf33da88fc2L, 0xd5a79147930aa725L, 0x06ca6351e003826fL, 0x142929670a0e6e70L,
    0x27b70a8546d22ffcL, 0x2e1b21385c26c926L, 0x4d2c6dfc5ac42aedL, 0x53380d139d95b3dfL,
    0x650a73548baf63deL, 0x766a0abb3c77b2a8L, 0x81c2c92e47edaee6L, 0x92722c851482353bL,
    0xa2bfe8a14cf10364L, 0xa81a664bbc423001L, 0xc24b8b70d0f89791L, 0xc76c51a30654be30L,
    0xd192e819d6ef5218L, 0xd69906245565a910L, 0xf40e35855771202aL, 0x106aa07032bbd1b8L,
    0x19a4c116b8d2d0c8L, 0x1e376c085141ab53L, 0x2748774cdf8eeb99L, 0x34b0bcb5e19b48a8L,
    0x391c0cb3c5c95a63L, 0x4ed8aa4ae3418acbL, 0x5b9cca4f7763e373L, 0x682e6ff3d6b2b8a3L,
    0x748f82ee5defb2fcL, 0x78a5636f43172f60L, 0x84c87814a1f0ab72L, 0x8cc702081a6439ecL,
    0x90befffa23631e28L, 0xa4506cebde82bde9L, 0xbef9a3f7b2c67915L, 0xc67178f2e372532bL,
    0xca273eceea26619cL, 0xd186b8c721c0c207L, 0xeada7dd6cde0eb1eL, 0xf57d4f7fee6ed178L,
    0x06f067aa72176fbaL, 0x0a637dc5a2c898a6L, 0x113f9804bef90daeL, 0x1b710b35131c471bL,
    0x28db77f523047d84L, 0x32caab7b40c72493L, 0x3c9ebe0a15c9bebcL, 0x431d67c49c100d4cL,
    0x4cc5d4becb3e42b6L, 0x597f299cfc657e2aL, 0x5fcb6fab3ad6faecL, 0x6c44198c4a475817L
  };

  /** The same of the square roots of the first eight. */
  private static final long[] INITIAL = {
    0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
    0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
  };

  /** Before the first byte. */
  public static final PausedSha512 START = new PausedSha512(0, INITIAL, new byte[0]);

  private final long count;
  private final long[] state;
  private final byte[] pending;

  private PausedSha512(long count, long[] state, byte[] pending) {
    this.count = count;
    this.state = state;
    this.pending = pending;
  }

  /**
   * As it was kept.
   *
   * @param count bytes so far
   * @param state after the whole blocks of 128 bytes among them: eight big-endian words
   * @param pending the up to 127 bytes since
   * @throws IllegalArgumentException where these do not go together
   */
  public static PausedSha512 of(long count, byte[] state, byte[] pending) {
    if (count < 0 || state.length != WORDS * Long.BYTES || pending.length != count % BLOCK) {
      throw new IllegalArgumentException(pending.length + " bytes pending after " + count);
    }
    long[] words = new long[WORDS];
    Arrays.setAll(words, i -> (long) LONG.get(state, i * Long.BYTES));
    return new PausedSha512(count, words, pending.clone());
  }

  /** After another chunk. */
  public PausedSha512 advance(byte[] chunk) {
    long[] next = state.clone();
    int at = 0;
    byte[] held = pending;
    if (held.length > 0) {
      at = Math.min(BLOCK - held.length, chunk.length);
      held = Arrays.copyOf(held, held.length + at);
      System.arraycopy(chunk, 0, held, held.length - at, at);
      if (held.length < BLOCK) {
        return new PausedSha512(count + chunk.length, next, held);
      }
      compress(next, held, 0);
    }
    for (; chunk.length - at >= BLOCK; at += BLOCK) {
      compress(next, chunk, at);
    }
    byte[] rest = Arrays.copyOfRange(chunk, at, chunk.length);
    return new PausedSha512(count + chunk.length, next, rest);
  }

  /** Of all bytes so far. */
  public Digest digest() {
    long[] last = state.clone();
    // The length is a number of 16 bytes; no layer needs more than the last eight of them.
    byte[] padded = Arrays.copyOf(pending, pending.length < LENGTH_FIELD - 8 ? BLOCK : 2 * BLOCK);
    padded[pending.length] = (byte) 0x80;
    LONG.set(padded, padded.length - Long.BYTES, count * Byte.SIZE);
    for (int at = 0; at < padded.length; at += BLOCK) {
      compress(last, padded, at);
    }
    return Digest.sha512(bytes(last));
  }

  /** The standard's state: eight big-endian words. */
  public byte[] state() {
    return bytes(state);
  }

  /** A copy. */
  public byte[] pending() {
    return pending.clone();
  }

  private static byte[] bytes(long[] words) {
    byte[] bytes = new byte[words.length * Long.BYTES];
    for (int i = 0; i < words.length; i++) {
      LONG.set(bytes, i * Long.BYTES, words[i]);
    }
    return bytes;
  }

  private static void compress(long[] state, byte[] bytes, int offset) {
    long[] w = new long[K.length];
    for (int t = 0; t < 16; t++) {
      w[t] = (long) LONG.get(bytes, offset + t * Long.BYTES);
    }
    for (int t = 16; t < w.length; t++) {
      long w15 = w[t - 15];
      long w2 = w[t - 2];
      long sigma0 = Long.rotateRight(w15, 1) ^ Long.rotateRight(w15, 8) ^ (w15 >>> 7);
      long sigma1 = Long.rotateRight(w2, 19) ^ Long.rotateRight(w2, 61) ^ (w2 >>> 6);
      w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
    }
    long a = state[0];
    long b = state[1];
    long c = state[2];
    long d = state[3];
    long e = state[4];
    long f = state[5];
    long g = state[6];
    long h = state[7];
    for (int t = 0; t < w.length; t++) {
      long sum1 = Long.rotateRight(e, 14) ^ Long.rotateRight(e, 18) ^ Long.rotateRight(e, 41);
      long sum0 = Long.rotateRight(a, 28) ^ Long.rotateRight(a, 34) ^ Long.rotateRight(a, 39);
      long one = h + sum1 + (g ^ (e & (f ^ g))) + K[t] + w[t];
      long two = sum0 + ((a & b) | (c & (a | b)));
      h = g;
      g = f;
      f = e;
      e = d + one;
      d = c;
      c = b;
      b = a;
      a = one + two;
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

  @Override
  public boolean equals(Object other) {
    return other instanceof PausedSha512 that
        && count == that.count
        && Arrays.equals(state, that.state)
        && Arrays.equals(pending, that.pending);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(count) + Arrays.hashCode(state);
  }

  @Override
  public String toString() {
    return "PausedSha512[" + count + " bytes]";
  }
}
