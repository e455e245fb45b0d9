package dev.lamella.core.placement;

/** A 64-bit hash of a text, the same in every process and every version. Not for secrets. */
final class Hash {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Hash() {}

  /**
   * FNV-1a over the text's characters, which are ASCII; then the finalizer of MurmurHash3, because
   * FNV alone mixes the last characters, all in which two server ids may differ, hardly into the
   * upper bits.
   */
  static long of(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  /** Its upper 53 bits as a number between 0 and 1, both excluded. */
  static double toUnitInterval(long hash) {
    return ((hash >>> 11) + 0.5) * 0x1p-53;
  }
}
