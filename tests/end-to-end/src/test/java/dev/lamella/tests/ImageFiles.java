package dev.lamella.tests;

import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An OCI layout on disk whose layers are random bytes of given sizes, and archives made of it. */
final class ImageFiles {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private static final int CHUNK = 1 << 20;

  private final Path directory;
  private final List<Object> named = new ArrayList<>();

  ImageFiles(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** A layout of one image with layers of these sizes. */
  static ImageFiles image(Path directory, int seed, long... sizes) throws IOException {
    ImageFiles files = new ImageFiles(directory);
    List<Digest> layers = new ArrayList<>();
    for (long size : sizes) {
      layers.add(files.layer(seed * 1000 + layers.size(), size));
    }
    files.name(files.manifest(layers), "1");
    return files;
  }

  Path directory() {
    return directory;
  }

  Path file(Digest digest) {
    return directory.resolve("blobs/sha256").resolve(digest.hex());
  }

  Digest layer(int seed, long size) throws IOException {
    Random random = new Random(seed);
    Path written = directory.resolve("layer");
    MessageDigest hash = sha256();
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(written), hash)) {
      for (long left = size; left > 0; left -= CHUNK) {
        byte[] chunk = new byte[(int) Math.min(CHUNK, left)];
        random.nextBytes(chunk);
        out.write(chunk);
      }
    }
    Digest digest = Digest.sha256(hash.digest());
    Files.move(written, file(digest));
    return digest;
  }

  /** An image's manifest, with a config that names its layers as diff_ids. */
  Digest manifest(List<Digest> layers) throws IOException {
    List<Object> descriptors = new ArrayList<>();
    for (Digest layer : layers) {
      descriptors.add(descriptor(LAYER, layer));
    }
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", MANIFEST);
    manifest.put("config", descriptor(CONFIG, config(layers)));
    manifest.put("layers", descriptors);
    return blob(manifest);
  }

  Digest index(List<Digest> manifests) throws IOException {
    List<Object> descriptors = new ArrayList<>();
    for (Digest manifest : manifests) {
      descriptors.add(descriptor(MANIFEST, manifest));
    }
    return blob(Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", descriptors));
  }

  void name(Digest manifest, String tag) throws IOException {
    name(MANIFEST, manifest, tag);
  }

  void nameIndex(Digest index, String tag) throws IOException {
    name(INDEX, index, tag);
  }

  private void name(String mediaType, Digest root, String tag) throws IOException {
    Map<String, Object> descriptor = descriptor(mediaType, root);
    descriptor.put("annotations", Map.of("org.opencontainers.image.ref.name", tag));
    named.add(descriptor);
    Files.write(
        directory.resolve("index.json"),
        Json.write(Map.of("schemaVersion", 2, "manifests", named)));
  }

  /** The layout in a tar archive. */
  Path archive(Path file) throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file));
        Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        add(tar, directory.relativize(path).toString(), path);
      }
    }
    return file;
  }

  /** What {@code docker save} wrote before version 25, of one image of these layers. */
  Path dockerSave(Path file, String repositoryTag, List<Digest> layers) throws IOException {
    Digest config = config(layers);
    List<String> names = layers.stream().map(layer -> layer.hex() + "/layer.tar").toList();
    Path manifest = directory.resolve("manifest.json");
    String configName = config.hex() + ".json";
    Files.write(
        manifest,
        Json.write(
            List.of(
                Map.of(
                    "Config", configName, "RepoTags", List.of(repositoryTag), "Layers", names))));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < layers.size(); i++) {
        add(tar, names.get(i), file(layers.get(i)));
      }
      add(tar, configName, file(config));
      add(tar, "manifest.json", manifest);
    }
    Files.delete(manifest);
    return file;
  }

  /** What each blob of a layout or OCI archive is called, and what its content is. */
  static Map<String, Digest> blobs(Path image) throws IOException {
    Map<String, Digest> blobs = new TreeMap<>();
    if (Files.isDirectory(image)) {
      try (Stream<Path> files = Files.list(image.resolve("blobs/sha256"))) {
        for (Path file : files.toList()) {
          try (InputStream in = Files.newInputStream(file)) {
            blobs.put(file.getFileName().toString(), hash(in));
          }
        }
      }
      return blobs;
    }
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(image))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().startsWith("blobs/sha256/")) {
          blobs.put(entry.getName().substring("blobs/sha256/".length()), hash(tar));
        }
      }
    }
    return blobs;
  }

  Digest largest() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("blobs/sha256"))) {
      Path largest =
          files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
      return Digest.parse("sha256:" + largest.getFileName());
    }
  }

  /** How many shards of a layer another file has at the same place; none where it is missing. */
  static int sameShards(Path layer, Path other, int shardSize) throws IOException {
    if (!Files.exists(other)) {
      return 0;
    }
    int same = 0;
    try (InputStream one = Files.newInputStream(layer);
        InputStream two = Files.newInputStream(other)) {
      for (byte[] shard = one.readNBytes(shardSize);
          shard.length > 0;
          shard = one.readNBytes(shardSize)) {
        same += Arrays.equals(shard, two.readNBytes(shardSize)) ? 1 : 0;
      }
    }
    return same;
  }

  static Digest hash(InputStream in) throws IOException {
    MessageDigest hash = sha256();
    byte[] buffer = new byte[CHUNK];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      hash.update(buffer, 0, read);
    }
    return Digest.sha256(hash.digest());
  }

  private Digest config(List<Digest> layers) throws IOException {
    List<String> diffIds = layers.stream().map(Digest::toString).toList();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("os", "linux");
    config.put("architecture", "amd64");
    config.put("rootfs", new TreeMap<>(Map.of("type", "layers", "diff_ids", diffIds)));
    return blob(config);
  }

  private Digest blob(Object json) throws IOException {
    byte[] bytes = Json.write(json);
    Digest digest = RawHost.sha256(bytes);
    Files.write(file(digest), bytes);
    return digest;
  }

  private Map<String, Object> descriptor(String mediaType, Digest digest) throws IOException {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", mediaType);
    descriptor.put("digest", digest.toString());
    descriptor.put("size", Files.size(file(digest)));
    return descriptor;
  }

  private static void add(TarArchiveOutputStream tar, String name, Path file) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(Files.size(file));
    tar.putArchiveEntry(entry);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
