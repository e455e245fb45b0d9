package dev.lamella.benchmarks.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * An OCI image layout on disk whose layers are random bytes: new ones each time, so that nothing of
 * it is stored already.
 *
 * @param layers each of which has that size, in bytes
 */
record RandomImage(Path directory, List<Digest> layers, long size) {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private static final String DESCRIPTOR = "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}";

  static RandomImage make(Path directory, int count, long size) throws IOException {
    Path blobs = Files.createDirectories(directory.resolve("blobs").resolve("sha256"));
    List<Digest> layers = new ArrayList<>();
    for (int layer = 0; layer < count; layer++) {
      layers.add(layer(blobs, size));
    }
    String config =
        blob(blobs, "application/vnd.oci.image.config.v1+json", config(layers.getFirst()));
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MANIFEST,
                config,
                layers.stream()
                    .map(layer -> DESCRIPTOR.formatted(LAYER, layer, size))
                    .collect(Collectors.joining(",")));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        directory.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(blob(blobs, MANIFEST, manifest)));
    return new RandomImage(directory, layers, size);
  }

  Digest layer() {
    return layers.getFirst();
  }

  Digest config() {
    return Digest.of(Algorithm.SHA256, config(layer()).getBytes(StandardCharsets.UTF_8));
  }

  private static String config(Digest layer) {
    return "{\"layer\":\"" + layer + "\"}";
  }

  /** The file of the first layer's bytes. */
  Path file() {
    return directory.resolve("blobs").resolve("sha256").resolve(layer().hex());
  }

  private static Digest layer(Path blobs, long size) throws IOException {
    Path made = blobs.resolve("layer");
    MessageDigest hash = sha256();
    Random random = new Random();
    byte[] buffer = new byte[1 << 20];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(made), hash)) {
      for (long left = size; left > 0; left -= Math.min(left, buffer.length)) {
        random.nextBytes(buffer);
        out.write(buffer, 0, (int) Math.min(left, buffer.length));
      }
    }
    Digest digest = Digest.parse("sha256:" + HexFormat.of().formatHex(hash.digest()));
    Files.move(made, blobs.resolve(digest.hex()));
    return digest;
  }

  private static String blob(Path blobs, String mediaType, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.of(Algorithm.SHA256, bytes);
    Files.write(blobs.resolve(digest.hex()), bytes);
    return DESCRIPTOR.formatted(mediaType, digest, bytes.length);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
