package dev.lamella.core.api;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Upload;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How far an upload has come, and how to go on. {@code GET /v1/uploads/{id}?from=}, also within an
 * {@link UploadAnswer} and as the 202 of complete.
 *
 * @param image for which it is; absent once it is not open any more, since its id is then known to
 *     everybody who may read the layer through another image
 * @param digest absent as long as the upload is unsized: its host has not said what it is
 * @param size in bytes; absent as the digest
 * @param shards that the layer has; as long as the upload is unsized, that it may have
 * @param written indexes of shards that are proven and written: nothing is left to do for them
 * @param staged indexes of parts that are staged and not yet written: to be announced, not to be
 *     sent again
 * @param rejected parts to be sent and announced again
 * @param unavailable ids of storage servers that did not take a shard which no other one took
 *     either: nothing is to be sent again, and the shard is tried again
 * @param parts where to send parts that are neither written nor staged, from {@code from} on, in
 *     order of index
 * @param next where {@code parts} goes on: ask again with {@code from=next}; absent where it is
 *     complete. Where {@code parts} is empty and {@code next} is not, the answer had no room for
 *     more of this upload: the other lists may be empty, too, until it is asked for by itself
 */
public record UploadProgress(
    LayerId upload,
    Optional<RepositoryName> image,
    Optional<Digest> digest,
    OptionalLong size,
    int shardSize,
    int shards,
    Upload.State state,
    Instant expires,
    List<Integer> written,
    List<Integer> staged,
    List<Rejected> rejected,
    List<String> unavailable,
    List<Part> parts,
    OptionalInt next) {

  /**
   * Where one part goes: PUT exactly {@code size} bytes of the layer from {@code offset} to {@code
   * url} with {@code headers}.
   */
  public record Part(int index, long offset, int size, URI url, Map<String, String> headers) {
    public Part {
      headers = Map.copyOf(headers);
    }
  }

  /** A part that a shard-writer would not take. */
  public record Rejected(int index, String reason) {}

  public UploadProgress {
    written = List.copyOf(written);
    staged = List.copyOf(staged);
    rejected = List.copyOf(rejected);
    unavailable = List.copyOf(unavailable);
    parts = List.copyOf(parts);
  }
}
