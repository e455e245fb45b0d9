package dev.lamella.core.memory;

import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/** Storage servers in memory: any id that a shard record names. */
public final class MemoryShardStore implements ShardStore {

  private record Place(String server, String key) {}

  private final Map<Place, byte[]> objects = new ConcurrentHashMap<>();

  @Override
  public Shard put(Shard shard, byte[] bytes) {
    byte[] stored = Arrays.copyOf(bytes, shard.size());
    objects.put(new Place(shard.server(), shard.key()), stored);
    return shard.withChecksum(checksum(stored));
  }

  @Override
  public SignedUrl signGet(Shard shard) {
    return new SignedUrl(URI.create("memory://" + shard.server() + "/" + shard.key()), Map.of());
  }

  @Override
  public InputStream read(Shard shard) throws FileNotFoundException {
    byte[] bytes =
        Optional.ofNullable(objects.get(new Place(shard.server(), shard.key())))
            .orElseThrow(
                () ->
                    new FileNotFoundException(
                        "storage server " + shard.server() + " has no " + shard.key()));
    return new ByteArrayInputStream(bytes);
  }

  private static String checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return "crc32c:" + Base64.getEncoder().encodeToString(value);
  }
}
