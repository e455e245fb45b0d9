package dev.lamella.core.port;

import dev.lamella.core.layer.Shard;
import java.io.IOException;
import java.io.InputStream;

/** The storage servers, by the id that a shard record holds. */
public interface ShardStore {

  /**
   * Puts a shard's bytes on its storage server, with a checksum that the server verifies and keeps,
   * and with image, layer, index and size as its metadata. Twice with the same bytes is as once.
   *
   * @param shard where it goes; its checksum is not looked at
   * @param bytes holds the shard from 0 to {@code shard.size()}
   * @return the shard with the checksum that the storage server keeps
   */
  Shard put(Shard shard, byte[] bytes);

  /** Grants whoever has the URL one request to the shard. */
  SignedUrl sign(Shard shard, SignedUrl.Access access);

  /**
   * The shard's bytes as the storage server has them. The caller closes the stream.
   *
   * @throws java.io.FileNotFoundException where the object is gone
   */
  InputStream read(Shard shard) throws IOException;
}
