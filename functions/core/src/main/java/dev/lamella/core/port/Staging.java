package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The quarantine for bytes that are not proven yet. */
public interface Staging {

  /**
   * Grants a host one PUT of exactly {@code length} bytes, where that part is not there: of many
   * who put it at once one does, and the others are answered that it is there (412). It can be put
   * again when it was removed.
   */
  SignedUrl signPut(LayerId upload, int index, int length);

  /**
   * Grants a client PUTs of a {@link StagedPart#WHOLE} layer, of any length that S3 takes. Each
   * takes the place of the one before: clients that are redirected there cannot say that none
   * shall.
   */
  SignedUrl signPutWhole(LayerId upload);

  /** Puts bytes, from {@code offset} on, where no part of that name is. */
  void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length);

  /** Which shards' parts are staged: index to bytes. */
  Map<Integer, Long> staged(LayerId upload);

  /** What is staged of a part now, or empty where nothing is. */
  Optional<Found> find(LayerId upload, StagedPart part);

  /** Bytes of a staged part, or empty where there is none. */
  default OptionalLong length(LayerId upload, StagedPart part) {
    return find(upload, part).stream().mapToLong(Found::length).findFirst();
  }

  /**
   * Some bytes of a staged part, as they are now. The caller closes them.
   *
   * @param length at least 1
   * @throws PartMissing where nothing, or too little, is staged
   */
  Reading read(LayerId upload, StagedPart part, long offset, int length) throws IOException;

  /**
   * Removes one part, so that it can be sent again, where what is there is still what was looked
   * at. What has come in its place stays. Idempotent.
   *
   * @param tag as {@link Found} or {@link Reading} had it
   * @throws dev.lamella.core.Unavailable where it may be left
   */
  void remove(LayerId upload, StagedPart part, String tag);

  /**
   * Removes all that an upload staged. What arrives later stays until staging expires it: removal
   * saves storage, nothing depends on it. Idempotent.
   *
   * @throws dev.lamella.core.Unavailable where some may be left
   */
  void remove(LayerId upload);

  /**
   * A part that is there.
   *
   * @param length in bytes
   * @param tag that other bytes of the same name do not have
   */
  record Found(long length, String tag) {}

  /**
   * Bytes of a part while they are read.
   *
   * @param tag that other bytes of the same name do not have
   */
  record Reading(InputStream in, String tag) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** The part, or some of the bytes asked for, is not there. */
  final class PartMissing extends IOException {
    private static final long serialVersionUID = 1L;

    public PartMissing(String message) {
      super(message);
    }
  }
}
