package dev.lamella.core.port;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The storage servers, by the id that a copy holds. Where one does not answer, denies or has no
 * such bucket, each call to it throws {@link dev.lamella.core.Unavailable}.
 */
public interface ShardStore {

  /**
   * Puts a copy of a shard on its storage server, with a checksum that the server verifies and
   * keeps, and with layer, index and size as its metadata: not with the image, which every reader
   * of the layer would be told. Idempotent.
   *
   * @param shard what it is
   * @param copy where it goes; its checksum is not looked at
   * @param bytes holds the shard from 0 to {@code shard.size()}
   * @return the copy with the checksum that the storage server keeps, and its entity tag: whole
   * @throws dev.lamella.core.Unavailable where the storage server does not take it: it does not
   *     answer, denies, or has no such bucket. It may have taken it all the same
   */
  Copy put(Shard shard, Copy copy, byte[] bytes);

  /** Grants whoever has the URL one request to the copy. */
  SignedUrl sign(Copy copy, SignedUrl.Access access);

  /**
   * The copy's bytes as the storage server has them. The caller closes the stream.
   *
   * @throws java.io.FileNotFoundException where the object is gone
   */
  InputStream read(Copy copy) throws IOException;

  /** What a storage server keeps of an object, without its bytes. */
  record ObjectFacts(long size, Optional<String> checksum) {}

  /**
   * What the copy's storage server keeps of it, without reading it: its size, and its checksum as a
   * record has it, where the server keeps one. Empty where the object is gone.
   */
  Optional<ObjectFacts> kept(Copy copy);

  /** Whether this is a storage server that is configured. */
  boolean reaches(String server);

  /** The ids of the storage servers that are configured, in order. */
  List<String> servers();

  /**
   * The shards that a storage server has, in order of key; not what it has beside them.
   *
   * @param cursor of the page before; empty for the first
   * @param limit most objects in the page, 1 to 1,000
   */
  Page<StoredObject> list(String server, Optional<String> cursor, int limit);

  /**
   * Removes objects from a storage server. Idempotent.
   *
   * @param keys at most 1,000
   */
  void remove(String server, List<String> keys);

  /** Removes all objects of a layer from all storage servers that are configured. Idempotent. */
  void remove(LayerId layer);
}
