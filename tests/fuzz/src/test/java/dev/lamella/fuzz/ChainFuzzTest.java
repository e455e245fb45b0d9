package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.PausedChain;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Chains of bytes that come in pieces: the first byte says how many at a time. However they come,
 * the end is what Java's own SHA-256 says.
 */
class ChainFuzzTest {
  private static final int SHARD = 128;

  @FuzzTest(maxDuration = Refused.TIME)
  void chain_ofAnyPieces_endsInTheDigest(byte[] bytes) throws NoSuchAlgorithmException {
    if (bytes.length == 0) {
      return;
    }
    int piece = 1 + (bytes[0] & 0xff);
    byte[] layer = Arrays.copyOfRange(bytes, 1, bytes.length);
    ChainEngine engine = ChainEngine.best();
    PausedChain paused = PausedChain.START;
    int boundaries = 0;
    for (int at = 0; at < layer.length; at += piece) {
      PausedChain.Advance advance =
          paused.advance(
              engine, SHARD, Arrays.copyOfRange(layer, at, Math.min(layer.length, at + piece)));
      boundaries += advance.boundaries().size();
      paused =
          PausedChain.of(
              advance.next().count(),
              ChainState.ofHex(advance.next().state().hex()),
              advance.next().pending());
    }
    assertThat(paused.end(engine).bytes())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(layer));
    assertThat(boundaries).isEqualTo(layer.length / SHARD);
  }
}
