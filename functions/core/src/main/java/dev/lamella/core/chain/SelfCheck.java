package dev.lamella.core.chain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Whether an engine computes SHA-256: the examples of FIPS 180 (by NIST), then the long one again
 * across resumes, its states against the plain engine's, and a count of bytes that needs more than
 * 32 bits. Takes about 10 ms.
 */
final class SelfCheck {
  private static final String TWO_BLOCKS =
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  private static final String MILLION_A_DIGEST =
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  private static final int STEP = 64 * 1021;

  private SelfCheck() {}

  static boolean passes(ChainEngine engine) {
    byte[] millionA = new byte[1_000_000];
    Arrays.fill(millionA, (byte) 'a');
    return digests(engine, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        && digests(
            engine, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        && digests(
            engine, TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        && digest(engine, millionA).hex().equals(MILLION_A_DIGEST)
        && resumes(engine, millionA)
        && countsLong(engine, millionA);
  }

  private static boolean digests(ChainEngine engine, String message, String digest) {
    return digest(engine, message.getBytes(US_ASCII)).hex().equals(digest);
  }

  private static ChainState digest(ChainEngine engine, byte[] message) {
    ChainHash hash = engine.start();
    hash.update(message, 0, message.length);
    return hash.finish();
  }

  private static boolean resumes(ChainEngine engine, byte[] message) {
    ChainHash plain = ChainEngine.plain().start();
    ChainHash hash = engine.start();
    while (message.length - hash.count() > STEP) {
      int at = (int) hash.count();
      plain.update(message, at, STEP);
      hash.update(message, at, STEP);
      ChainState state = hash.state();
      if (!state.equals(plain.state())) {
        return false;
      }
      hash = engine.resume(state, at + STEP);
    }
    int at = (int) hash.count();
    hash.update(message, at, message.length - at);
    return hash.finish().hex().equals(MILLION_A_DIGEST);
  }

  private static boolean countsLong(ChainEngine engine, byte[] message) {
    long before = 5L << 30;
    ChainHash plain = ChainEngine.plain().resume(ChainState.INITIAL, before);
    ChainHash hash = engine.resume(ChainState.INITIAL, before);
    plain.update(message, 0, STEP + 1);
    hash.update(message, 0, STEP + 1);
    return hash.finish().equals(plain.finish());
  }
}
