package dev.lamella.host.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** How an archive is compressed, by its first bytes. */
enum Compression {
  GZIP("1f8b"),
  BZIP2("425a68"),
  ZSTD("28b52ffd"),
  XZ("fd377a58");

  /** How many first bytes tell. */
  static final int MAGIC = 4;

  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  /** Empty for what is not compressed, as far as can be told. */
  static Optional<Compression> of(byte[] first) {
    String hex = HexFormat.of().formatHex(first);
    for (Compression compression : values()) {
      if (hex.startsWith(compression.magic)) {
        return Optional.of(compression);
      }
    }
    return Optional.empty();
  }

  /**
   * The bytes before they were compressed.
   *
   * @return empty where this program cannot undo it
   */
  Optional<InputStream> undo(InputStream compressed) throws IOException {
    return switch (this) {
      // All members of a file, as gzip itself does.
      case GZIP ->
          Optional.of(
              GzipCompressorInputStream.builder()
                  .setInputStream(compressed)
                  .setDecompressConcatenated(true)
                  .get());
      case BZIP2 -> Optional.of(new BZip2CompressorInputStream(compressed, true));
      case ZSTD, XZ -> Optional.empty();
    };
  }
}
