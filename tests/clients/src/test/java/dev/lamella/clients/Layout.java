package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.api.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An OCI layout on disk of one image, called {@code 1}, whose layers any client can unpack: each is
 * a compressed tar archive of one file.
 */
record Layout(Path directory, Digest manifest, List<Digest> layers) {
  static final String TAG = "1";

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String FOREIGN =
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  private static final int EXECUTABLE = 0755;

  Layout {
    layers = List.copyOf(layers);
  }

  /** An image of layers that hold random files of these sizes. */
  static Layout random(Path directory, int seed, long... sizes) throws IOException {
    return random(new Writer(directory, LAYER), seed, sizes);
  }

  /** The same, of layers that clients only push if they are told to. */
  static Layout foreign(Path directory, int seed, long... sizes) throws IOException {
    return random(new Writer(directory, FOREIGN), seed, sizes);
  }

  private static Layout random(Writer writer, int seed, long... sizes) throws IOException {
    for (int i = 0; i < sizes.length; i++) {
      writer.add("file-" + i, new RandomBytes(new Random(seed * 100L + i)), sizes[i]);
    }
    return writer.finish(List.of());
  }

  /** An image that runs a program which needs nothing around it. */
  static Layout ofProgram(Path directory, Path program, List<String> arguments) throws IOException {
    Writer writer = new Writer(directory, LAYER);
    try (InputStream in = Files.newInputStream(program)) {
      writer.add("program", in, Files.size(program));
    }
    List<String> command = new ArrayList<>(List.of("/program"));
    command.addAll(arguments);
    return writer.finish(command);
  }

  /** As the clients that read layouts name it. */
  String reference() {
    return directory + ":" + TAG;
  }

  /** The layout in a tar archive. */
  Path archive(Path file) throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file));
        Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        TarArchiveEntry entry = new TarArchiveEntry(directory.relativize(path).toString());
        entry.setSize(Files.size(path));
        tar.putArchiveEntry(entry);
        Files.copy(path, tar);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  /** Fails unless the other layout has every blob of this one, byte for byte. */
  void isIn(Path other) throws IOException {
    try (Stream<Path> blobs = Files.list(directory.resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        assertThat(other.resolve("blobs/sha256").resolve(blob.getFileName()))
            .exists()
            .hasSameBinaryContentAs(blob);
      }
    }
  }

  private static final class Writer {
    private final Path directory;
    private final Path blobs;
    private final String layerType;
    private final List<Digest> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();

    Writer(Path directory, String layerType) throws IOException {
      this.directory = directory;
      this.layerType = layerType;
      this.blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    }

    void add(String name, InputStream content, long size) throws IOException {
      MessageDigest plain = sha256();
      MessageDigest packed = sha256();
      Path written = directory.resolve("layer");
      try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(written), 1 << 20);
          OutputStream gzip = new Stored(new DigestOutputStream(file, packed));
          TarArchiveOutputStream tar =
              new TarArchiveOutputStream(new DigestOutputStream(gzip, plain))) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(EXECUTABLE);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        byte[] buffer = new byte[1 << 16];
        for (long left = size; left > 0; ) {
          int read = content.read(buffer, 0, (int) Math.min(left, buffer.length));
          tar.write(buffer, 0, read);
          left -= read;
        }
        tar.closeArchiveEntry();
      }
      Digest digest = Digest.sha256(packed.digest());
      Files.move(written, blobs.resolve(digest.hex()));
      layers.add(digest);
      diffIds.add(Digest.sha256(plain.digest()).toString());
    }

    Layout finish(List<String> command) throws IOException {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("architecture", "amd64");
      config.put("os", "linux");
      config.put("config", command.isEmpty() ? Map.of() : Map.of("Cmd", command));
      config.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
      Map<String, Object> manifest = new LinkedHashMap<>();
      manifest.put("schemaVersion", 2);
      manifest.put("mediaType", MANIFEST);
      manifest.put("config", descriptor(CONFIG, blob(config)));
      List<Object> descriptors = new ArrayList<>();
      for (Digest layer : layers) {
        descriptors.add(descriptor(layerType, layer));
      }
      manifest.put("layers", descriptors);
      Digest digest = blob(manifest);
      Map<String, Object> named = descriptor(MANIFEST, digest);
      named.put("annotations", Map.of("org.opencontainers.image.ref.name", TAG));
      Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
      Files.write(
          directory.resolve("index.json"),
          Json.write(Map.of("schemaVersion", 2, "manifests", List.of(named))));
      return new Layout(directory, digest, layers);
    }

    private Digest blob(Object json) throws IOException {
      byte[] bytes = Json.write(json);
      Digest digest = Digest.of(Algorithm.SHA256, bytes);
      Files.write(blobs.resolve(digest.hex()), bytes);
      return digest;
    }

    private Map<String, Object> descriptor(String mediaType, Digest digest) throws IOException {
      Map<String, Object> descriptor = new LinkedHashMap<>();
      descriptor.put("mediaType", mediaType);
      descriptor.put("digest", digest.toString());
      descriptor.put("size", Files.size(blobs.resolve(digest.hex())));
      return descriptor;
    }
  }

  /** Gzip that does not try to compress: what is in it is random. */
  private static final class Stored extends GZIPOutputStream {
    Stored(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }

  private static final class RandomBytes extends InputStream {
    private final Random random;

    RandomBytes(Random random) {
      this.random = random;
    }

    @Override
    public int read() {
      return random.nextInt(256);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      System.arraycopy(bytes, 0, buffer, offset, length);
      return length;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
