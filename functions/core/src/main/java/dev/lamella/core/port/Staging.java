package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Where hosts put parts: the quarantine for bytes that nobody has proven yet. A part is as long as
 * its shard.
 */
public interface Staging {

  /** Grants a host one PUT of exactly {@code length} bytes. Putting a part again replaces it. */
  SignedUrl signPut(LayerId upload, int index, int length);

  /** What is staged: part index to bytes. */
  Map<Integer, Long> staged(LayerId upload);

  /** Bytes of a staged part, or empty where there is none. */
  OptionalLong length(LayerId upload, int index);

  /**
   * Some bytes of a staged part, as they are now. The caller closes the stream.
   *
   * @param length at least 1
   * @throws PartMissing where nothing, or too little, is staged
   */
  InputStream read(LayerId upload, int index, long offset, int length) throws IOException;

  /**
   * Removes all parts of an upload. Parts that arrive later stay until staging expires them:
   * removal saves storage, nothing depends on it. Twice is as once.
   *
   * @throws dev.lamella.core.Unavailable where some may be left
   */
  void remove(LayerId upload);

  /** The part, or some of the bytes asked for, is not there. */
  final class PartMissing extends IOException {
    private static final long serialVersionUID = 1L;

    public PartMissing(String message) {
      super(message);
    }
  }
}
