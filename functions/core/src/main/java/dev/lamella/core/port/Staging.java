package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;

/** The quarantine for bytes that are not proven yet. */
public interface Staging {

  /** Grants a host one PUT of exactly {@code length} bytes. Putting a part again replaces it. */
  SignedUrl signPut(LayerId upload, int index, int length);

  /** Grants a client one PUT of a {@link StagedPart#WHOLE} layer, of any length that S3 takes. */
  SignedUrl signPutWhole(LayerId upload);

  /** Puts bytes there, from {@code offset} on. */
  void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length);

  /** Which shards' parts are staged: index to bytes. */
  Map<Integer, Long> staged(LayerId upload);

  /** Bytes of a staged part, or empty where there is none. */
  OptionalLong length(LayerId upload, StagedPart part);

  /**
   * Some bytes of a staged part, as they are now. The caller closes the stream.
   *
   * @param length at least 1
   * @throws PartMissing where nothing, or too little, is staged
   */
  InputStream read(LayerId upload, StagedPart part, long offset, int length) throws IOException;

  /**
   * Removes all that an upload staged. What arrives later stays until staging expires it: removal
   * saves storage, nothing depends on it. Idempotent.
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
