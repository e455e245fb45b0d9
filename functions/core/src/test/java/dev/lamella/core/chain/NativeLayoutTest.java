package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NativeLayoutTest {
  private static final ChainState KNOWN =
      ChainState.ofHex("da5698be17b9b46962335799779fbeca8ce5d491c0d26243bafef9ea1837a9d8");
  private static final ChainState OTHER = ChainState.ofHex("0123456789abcdef".repeat(4));

  /**
   * Arm's registers hold the words in the standard's order; the stale copy before them is the
   * initial value.
   */
  @Test
  void find_wordsInOrderAfterAStaleCopy_encodesAndDecodesTheLiveOnes() {
    byte[] encoded = encoding(KNOWN, 64);

    NativeLayout layout = NativeLayout.find(encoded, KNOWN).orElseThrow();

    assertThat(layout.decode(encoded)).isEqualTo(KNOWN);
    assertThat(layout.encode(OTHER, 5L << 33)).isEqualTo(encoding(OTHER, 5L << 33));
    assertThat(layout.decode(layout.encode(OTHER, 128))).isEqualTo(OTHER);
  }

  @Test
  void find_encodingWithoutTheState_isEmpty() {
    assertThat(NativeLayout.find(encoding(OTHER, 64), KNOWN)).isEmpty();
    assertThat(NativeLayout.find(new byte[0], KNOWN)).isEmpty();
  }

  @Test
  void find_encodingWithoutTheCount_isEmpty() {
    assertThat(NativeLayout.find(encoding(KNOWN, 65), KNOWN)).isEmpty();
  }

  private static byte[] encoding(ChainState state, long count) {
    ByteBuffer encoding = ByteBuffer.allocate(160).order(ByteOrder.LITTLE_ENDIAN);
    encoding.putInt(0, 0x00020001).putLong(80, count);
    putWords(encoding, 88, ChainState.INITIAL);
    putWords(encoding, 128, state);
    return encoding.array();
  }

  private static void putWords(ByteBuffer encoding, int at, ChainState state) {
    ByteBuffer words = ByteBuffer.wrap(state.bytes());
    for (int i = 0; i < 8; i++) {
      encoding.putInt(at + i * 4, words.getInt());
    }
  }
}
