package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/** Storage servers in memory: any id that a copy names. */
public final class MemoryShardStore implements ShardStore {

  private record Place(String server, String key) {
    static Place of(Copy copy) {
      return new Place(copy.server(), copy.key());
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record StoredBytes(byte[] bytes, String checksum, Instant written) {}

  private final Map<Place, StoredBytes> objects = new ConcurrentHashMap<>();

  @Override
  public Copy put(Shard shard, Copy copy, byte[] bytes) {
    byte[] stored = Arrays.copyOf(bytes, shard.size());
    String checksum = checksum(stored);
    objects.put(Place.of(copy), new StoredBytes(stored, checksum, Instant.now()));
    return copy.written(checksum, checksum);
  }

  /** The shard, with each of its copies written. */
  public Shard put(Shard shard, byte[] bytes) {
    Shard stored = shard;
    for (Copy copy : shard.copies()) {
      stored = stored.with(copy, put(shard, copy, bytes));
    }
    return stored;
  }

  @Override
  public SignedUrl sign(Copy copy, SignedUrl.Access access) {
    return new SignedUrl(URI.create("memory://" + copy.server() + "/" + copy.key()), Map.of());
  }

  @Override
  public InputStream read(Copy copy) throws FileNotFoundException {
    byte[] bytes =
        Optional.ofNullable(objects.get(Place.of(copy)))
            .map(StoredBytes::bytes)
            .orElseThrow(
                () ->
                    new FileNotFoundException(
                        "storage server " + copy.server() + " has no " + copy.key()));
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public Optional<ObjectFacts> kept(Copy copy) {
    return Optional.ofNullable(objects.get(Place.of(copy)))
        .map(object -> new ObjectFacts(object.bytes().length, Optional.of(object.checksum())));
  }

  @Override
  public boolean reaches(String server) {
    return true;
  }

  @Override
  public List<String> servers() {
    return objects.keySet().stream().map(Place::server).distinct().sorted().toList();
  }

  @Override
  public Page<StoredObject> list(String server, Optional<String> cursor, int limit) {
    List<StoredObject> page =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().server().equals(server))
            .map(
                entry ->
                    new StoredObject(
                        entry.getKey().key(),
                        entry.getValue().bytes().length,
                        entry.getValue().written(),
                        entry.getValue().checksum()))
            .filter(object -> cursor.map(last -> object.key().compareTo(last) > 0).orElse(true))
            .sorted(Comparator.comparing(StoredObject::key))
            .limit(limit)
            .toList();
    return new Page<>(
        page, page.size() < limit ? Optional.empty() : Optional.of(page.getLast().key()));
  }

  /**
   * What a disk that rots does to a copy: other bytes, under the checksum that was kept of the
   * right ones.
   */
  public void rot(Copy copy, byte[] bytes) {
    objects.computeIfPresent(
        Place.of(copy), (_, was) -> new StoredBytes(bytes.clone(), was.checksum(), was.written()));
  }

  /** What a disk that fails does to a copy. */
  public void lose(Copy copy) {
    objects.remove(Place.of(copy));
  }

  @Override
  public void remove(String server, List<String> keys) {
    keys.forEach(key -> objects.remove(new Place(server, key)));
  }

  @Override
  public void remove(LayerId layer) {
    objects.keySet().removeIf(place -> place.key.startsWith(Shard.prefixOf(layer)));
  }

  private static String checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return "crc32c:" + Base64.getEncoder().encodeToString(value);
  }
}
