package dev.lamella.aws;

import dev.lamella.aws.Clients.S3Place;
import dev.lamella.core.StorageServer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
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
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Storage servers: S3 buckets at any endpoint, with one client for each region and endpoint.
 *
 * <p>A shard's CRC-32C goes with it as a header, so that S3 compares it with what arrives and keeps
 * it. The JDK computes it with the processor's own instruction; it is not the proof of the bytes,
 * which the digest chain is.
 */
public final class S3ShardStore implements ShardStore {

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
  public Shard put(Shard shard, byte[] bytes) {
    Server server = server(shard);
    String crc = crc32c(bytes, shard.size());
    server.s3.putObject(
        put ->
            put.bucket(server.bucket)
                .key(shard.key())
                .checksumCRC32C(crc)
                .metadata(
                    Map.of(
                        "image", shard.image().value(),
                        "layer", shard.layer().value(),
                        "index", Integer.toString(shard.index()),
                        "size", Integer.toString(shard.size()))),
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(bytes, 0, shard.size()),
            shard.size(),
            "application/octet-stream"));
    return shard.withChecksum("crc32c:" + crc);
  }

  @Override
  public SignedUrl signGet(Shard shard) {
    Server server = server(shard);
    return Presigned.of(
        server.presigner.presignGetObject(
            presign ->
                presign
                    .signatureDuration(lifetime)
                    .getObjectRequest(get -> get.bucket(server.bucket).key(shard.key()))));
  }

  @Override
  public InputStream read(Shard shard) throws FileNotFoundException {
    Server server = server(shard);
    try {
      return server.s3.getObject(get -> get.bucket(server.bucket).key(shard.key()));
    } catch (NoSuchKeyException e) {
      FileNotFoundException gone =
          new FileNotFoundException("storage server " + shard.server() + " has no " + shard.key());
      gone.initCause(e);
      throw gone;
    }
  }

  private Server server(Shard shard) {
    return Optional.ofNullable(servers.get(shard.server()))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    ("shard %d of layer %s is on storage server '%s', which STORAGE_SERVERS does"
                            + " not name: put it back there")
                        .formatted(shard.index(), shard.layer(), shard.server())));
  }

  /** As S3 writes it: four bytes, big-endian, in base64. */
  private static String crc32c(byte[] bytes, int size) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, size);
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(value);
  }
}
