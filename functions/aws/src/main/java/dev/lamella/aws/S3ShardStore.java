package dev.lamella.aws;

import dev.lamella.aws.Clients.S3Place;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.StorageServer;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import dev.lamella.core.port.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Storage servers: S3 buckets at any endpoint, with one client for each region and endpoint.
 *
 * <p>A shard's CRC-32C goes with it as a header, so that S3 compares it with what arrives and keeps
 * it. The JDK computes it with the processor's own instruction; it is not the proof of the bytes,
 * which the digest chain is.
 */
public final class S3ShardStore implements ShardStore {

  /** What a record's checksum begins with. */
  private static final String KIND = "crc32c:";

  /** Within so long a storage server answers to a PUT, besides the time that the bytes take. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Bytes a millisecond that a storage server takes at least: 4 MB a second. */
  private static final int SLOWEST = 4_000;

  private record Server(String bucket, S3Client s3, S3Presigner presigner) {}

  private final Map<String, Server> servers = new HashMap<>();
  private final Duration lifetime;

  /**
   * @param lifetime of the URLs
   */
  S3ShardStore(Clients clients, List<StorageServer> storageServers, Duration lifetime) {
    this.lifetime = lifetime;
    Map<String, String> names = new HashMap<>();
    storageServers.forEach(
        server -> names.merge(server.bucket(), "storage server " + server.id(), (one, _) -> one));
    Map<S3Place, S3Client> s3 = new HashMap<>();
    Map<S3Place, S3Presigner> presigners = new HashMap<>();
    for (StorageServer server : storageServers) {
      S3Place place = clients.place(server.region(), server.endpoint());
      servers.put(
          server.id(),
          new Server(
              server.bucket(),
              s3.computeIfAbsent(place, at -> clients.s3(at, names)),
              presigners.computeIfAbsent(place, clients::presigner)));
    }
  }

  @Override
  public Copy put(Shard shard, Copy copy, byte[] bytes) {
    Server server = server(copy.server());
    String crc = crc32c(bytes, shard.size());
    Duration attempt = ANSWER.plusMillis(shard.size() / SLOWEST);
    PutObjectResponse stored =
        asked(
            copy.server(),
            () ->
                server.s3.putObject(
                    put ->
                        put.bucket(server.bucket)
                            .key(copy.key())
                            .checksumCRC32C(crc)
                            .overrideConfiguration(
                                limits ->
                                    limits
                                        .apiCallAttemptTimeout(attempt)
                                        .apiCallTimeout(attempt.multipliedBy(3).dividedBy(2)))
                            .metadata(
                                Map.of(
                                    "layer", shard.layer().value(),
                                    "index", Integer.toString(shard.index()),
                                    "size", Integer.toString(shard.size()))),
                    RequestBody.fromContentProvider(
                        () -> new ByteArrayInputStream(bytes, 0, shard.size()),
                        shard.size(),
                        "application/octet-stream")));
    return copy.written(KIND.concat(crc), orEmpty(stored.eTag()));
  }

  @Override
  public SignedUrl sign(Copy copy, Access access) {
    Server server = server(copy.server());
    return Presigned.of(server.presigner, server.bucket, copy.key(), access, lifetime);
  }

  @Override
  public InputStream read(Copy copy) throws FileNotFoundException {
    Server server = server(copy.server());
    try {
      return asked(
          copy.server(),
          () -> server.s3.getObject(get -> get.bucket(server.bucket).key(copy.key())));
    } catch (NoSuchKeyException e) {
      FileNotFoundException gone =
          new FileNotFoundException("storage server " + copy.server() + " has no " + copy.key());
      gone.initCause(e);
      throw gone;
    }
  }

  @Override
  public Optional<ObjectFacts> kept(Copy copy) {
    Server server = server(copy.server());
    try {
      HeadObjectResponse head =
          asked(
              copy.server(),
              () ->
                  server.s3.headObject(
                      get ->
                          get.bucket(server.bucket)
                              .key(copy.key())
                              .checksumMode(ChecksumMode.ENABLED)));
      return Optional.of(
          new ObjectFacts(
              head.contentLength(), Optional.ofNullable(head.checksumCRC32C()).map(KIND::concat)));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> servers() {
    return servers.keySet().stream().sorted().toList();
  }

  @Override
  public Page<StoredObject> list(String id, Optional<String> cursor, int limit) {
    Server server = server(id);
    ListObjectsV2Response answer =
        asked(
            id,
            () ->
                server.s3.listObjectsV2(
                    list ->
                        list.bucket(server.bucket)
                            .prefix(Shard.PREFIX)
                            .startAfter(cursor.orElse(null))
                            .maxKeys(limit)));
    List<StoredObject> page =
        answer.contents().stream()
            .map(
                object ->
                    new StoredObject(
                        object.key(), object.size(), object.lastModified(), orEmpty(object.eTag())))
            .toList();
    boolean isLast = page.isEmpty() || !Boolean.TRUE.equals(answer.isTruncated());
    return new Page<>(page, isLast ? Optional.empty() : Optional.of(page.getLast().key()));
  }

  @Override
  public boolean reaches(String server) {
    return servers.containsKey(server);
  }

  @Override
  public void remove(String id, List<String> keys) {
    Server server = server(id);
    asked(
        id,
        () -> {
          S3Deletion.ofKeys(server.s3, server.bucket, keys);
          return keys;
        });
  }

  @Override
  public void remove(LayerId layer) {
    Parallel.map(
        servers.keySet(),
        servers.size(),
        id ->
            asked(
                id,
                () -> {
                  Server server = server(id);
                  S3Deletion.ofPrefix(server.s3, server.bucket, Shard.prefixOf(layer));
                  return id;
                }));
  }

  /**
   * No such bucket, no access, another region: of none of these a caller can do more than of a
   * server that does not answer.
   */
  private static <T> T asked(String id, Supplier<T> call) {
    try {
      return call.get();
    } catch (NoSuchKeyException e) {
      throw e;
    } catch (S3Exception e) {
      throw new Unavailable("storage server " + id, e);
    }
  }

  private Server server(String id) {
    return Optional.ofNullable(servers.get(id))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "STORAGE_SERVERS does not name storage server '" + id + "': put it back"));
  }

  private static String orEmpty(@Nullable String etag) {
    return etag == null ? "" : etag;
  }

  /** As S3 writes it: four bytes, big-endian, in base64. */
  private static String crc32c(byte[] bytes, int size) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, size);
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(value);
  }
}
