package dev.lamella.core.chain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Where a native digest's encoding holds the state and the count of bytes. The encoding is the
 * library's own: the words of the state stand in it in the order of the processor's registers (F E
 * B A H G D C with SHA-NI, A to H on arm64), and before them is a stale copy. So the places are
 * found by looking for a known state, instead of trusting what one version of the library does on
 * one processor.
 */
final class NativeLayout {
  private static final int WORDS = ChainState.LENGTH / Integer.BYTES;

  private final byte[] template;
  private final int[] wordAt;
  private final int countAt;

  private NativeLayout(byte[] template, int[] wordAt, int countAt) {
    this.template = template;
    this.wordAt = wordAt;
    this.countAt = countAt;
  }

  /**
   * @param encoded the encoding of a digest that was given one block
   * @param known the state after that block
   * @return empty if one of the words, or the count, is not there
   */
  static Optional<NativeLayout> find(byte[] encoded, ChainState known) {
    ByteBuffer encoding = littleEndian(encoded);
    ByteBuffer words = ByteBuffer.wrap(known.bytes());
    int[] wordAt = new int[WORDS];
    for (int i = 0; i < WORDS; i++) {
      wordAt[i] = find(encoding, words.getInt(i * Integer.BYTES));
      if (wordAt[i] < 0) {
        return Optional.empty();
      }
    }
    int countAt = find(encoding, ChainHash.BLOCK);
    if (countAt < 0 || countAt + Long.BYTES > encoded.length) {
      return Optional.empty();
    }
    return Optional.of(new NativeLayout(encoded.clone(), wordAt, countAt));
  }

  byte[] encode(ChainState state, long count) {
    byte[] encoded = template.clone();
    ByteBuffer encoding = littleEndian(encoded);
    ByteBuffer words = ByteBuffer.wrap(state.bytes());
    for (int place : wordAt) {
      encoding.putInt(place, words.getInt());
    }
    encoding.putLong(countAt, count);
    return encoded;
  }

  ChainState decode(byte[] encoded) {
    ByteBuffer encoding = littleEndian(encoded);
    ByteBuffer words = ByteBuffer.allocate(ChainState.LENGTH);
    for (int place : wordAt) {
      words.putInt(encoding.getInt(place));
    }
    return ChainState.of(words.array());
  }

  private static int find(ByteBuffer encoding, int word) {
    for (int at = 0; at + Integer.BYTES <= encoding.limit(); at += Integer.BYTES) {
      if (encoding.getInt(at) == word) {
        return at;
      }
    }
    return -1;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
