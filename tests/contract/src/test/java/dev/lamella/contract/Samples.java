package dev.lamella.contract;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.ShardStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Records that no other test has: what adapters keep may outlive a test. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012345Z");
  static final Instant LATER = NOW.plus(Duration.ofHours(1));
  private static final String EXTERNAL = "application/vnd.oci.image.layer.nondistributable.v1.tar";
  static final Slicing SLICING = new Slicing(20, 64);

  /** Of all content made here: a manifest has to say the size of what it names. */
  private static final Map<Digest, Integer> SIZES = new ConcurrentHashMap<>();

  private Samples() {}

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    ThreadLocalRandom.current().nextBytes(bytes);
    return bytes;
  }

  static Digest digest() {
    return Digest.sha256(bytes(32));
  }

  static Digest sha256(byte[] bytes) {
    Digest digest = Digest.of(Digest.Algorithm.SHA256, bytes);
    SIZES.put(digest, bytes.length);
    return digest;
  }

  static RepositoryName image() {
    return new RepositoryName("team/" + LayerId.random());
  }

  static Upload upload(RepositoryName image, Digest digest) {
    return Upload.open(LayerId.random(), image, digest, SLICING, NOW, LATER);
  }

  static Layer layer(Upload upload) {
    return layer(upload, NOW);
  }

  static Layer layer(Upload upload, Instant used) {
    return new Layer(
        upload.digest(),
        upload.id(),
        upload.slicing(),
        Map.of("s0", 1),
        NOW,
        used,
        Optional.empty());
  }

  static Link link() {
    return new Link(ChainState.of(bytes(32)), ChainState.of(bytes(32)));
  }

  static Shard shard(LayerId layer, int index) {
    return shard(layer, index, 64, link());
  }

  static Shard shard(LayerId layer, int index, int size, Link link) {
    return new Shard(
        new RepositoryName("team/app"),
        layer,
        index,
        64L * index,
        size,
        link,
        List.of(copy("s1", Shard.keyOf(layer, index, link))));
  }

  static Copy copy(String server, String key) {
    return Copy.at(server, key).written("crc32c:AAAAAA==", "\"f1d3ff8443297732862df21dc4e57262\"");
  }

  /** The shard, with each of its copies written. */
  static Shard put(ShardStore store, Shard shard, byte[] bytes) {
    Shard stored = shard;
    for (Copy copy : shard.copies()) {
      stored = stored.with(copy, store.put(shard, copy, bytes));
    }
    return stored;
  }

  /** The shard with its first copy on another storage server. */
  static Shard on(String server, Shard shard) {
    Copy copy = shard.copies().getFirst();
    return shard.with(copy, copy.on(server));
  }

  /** The first blob is the config. */
  static Manifest manifest(List<Digest> blobs) {
    return manifest(blobs, "");
  }

  static Manifest manifest(List<Digest> blobs, String note) {
    String layers =
        blobs.stream().skip(1).map(Samples::descriptor).collect(Collectors.joining(","));
    return read(
        ManifestReader.OCI_MANIFEST,
        """
        {"schemaVersion":2,"config":%s,"layers":[%s],"annotations":{"note":"%s"}}\
        """
            .formatted(descriptor(blobs.getFirst()), layers, note));
  }

  /** Its layers may be absent. */
  static Manifest external(Digest config, List<Digest> layers, String note) {
    return read(
        ManifestReader.OCI_MANIFEST,
        """
        {"schemaVersion":2,"config":%s,"layers":[%s],"annotations":{"note":"%s"}}\
        """
            .formatted(
                descriptor(config),
                layers.stream()
                    .map(layer -> descriptor(EXTERNAL, layer))
                    .collect(Collectors.joining(",")),
                note));
  }

  /** A manifest that says another size of its config than it has. */
  static Manifest lying(Digest config) {
    return read(
        ManifestReader.OCI_MANIFEST,
        """
        {"schemaVersion":2,"config":%s,"layers":[]}\
        """
            .formatted(descriptor(config).replace("\"size\":", "\"size\":1")));
  }

  static Manifest index(List<Digest> manifests) {
    return read(
        ManifestReader.OCI_INDEX,
        """
        {"schemaVersion":2,"manifests":[%s]}\
        """
            .formatted(
                manifests.stream()
                    .map(child -> descriptor(ManifestReader.OCI_MANIFEST, child))
                    .collect(Collectors.joining(","))));
  }

  static Manifest about(Digest subject, Digest config, String note) {
    return read(
        ManifestReader.OCI_MANIFEST,
        """
        {"schemaVersion":2,"artifactType":"text/x-note","config":%s,"layers":[],"subject":%s,\
        "annotations":{"note":"%s"}}\
        """
            .formatted(descriptor(config), descriptor(subject), note));
  }

  private static String descriptor(Digest digest) {
    return descriptor("application/octet-stream", digest);
  }

  private static String descriptor(String mediaType, Digest digest) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}\
    """
        .formatted(mediaType, digest, SIZES.getOrDefault(digest, 20));
  }

  private static Manifest read(String mediaType, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ManifestReader.read(sha256(bytes), mediaType, bytes);
  }
}
