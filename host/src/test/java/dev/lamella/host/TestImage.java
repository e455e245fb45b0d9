package dev.lamella.host;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.manifest.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes OCI image layouts of made-up layers. */
final class TestImage {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private final Path directory;
  private final List<String> entries = new ArrayList<>();

  TestImage(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** A layout directory that holds one image of layers of these sizes. */
  static Path layout(Path directory, long seed, int... sizes) throws IOException {
    TestImage image = new TestImage(directory);
    List<Digest> layers = new ArrayList<>();
    Random random = new Random(seed);
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      layers.add(image.blob(Algorithm.SHA256, bytes));
    }
    image.image("1", layers);
    return directory;
  }

  Path file(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex());
  }

  Digest blob(Algorithm algorithm, byte[] bytes) throws IOException {
    Digest digest = Digest.of(algorithm, bytes);
    Files.createDirectories(file(digest).getParent());
    Files.write(file(digest), bytes);
    return digest;
  }

  Digest blob(String content) throws IOException {
    return blob(Algorithm.SHA256, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a manifest that refers to another, and no entry for it. */
  Digest referrer(String what, Digest subject) throws IOException {
    return blob(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s],\"subject\":%s}"
            .formatted(
                MANIFEST,
                descriptor("application/vnd.oci.empty.v1+json", blob("{}"), ""),
                descriptor(
                    "application/x-" + what.strip().replace(' ', '-'),
                    blob("content of " + what),
                    ""),
                descriptor(MANIFEST, subject, "")));
  }

  /** Writes an index, and no entry for it. */
  Digest index(String children, String more) throws IOException {
    return blob(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]%s}"
            .formatted(ManifestReader.OCI_INDEX, children, more));
  }

  /** What regctl writes for the referrers of a manifest. */
  void listOfReferrers(Digest subject, Digest... referrers) throws IOException {
    List<String> members = new ArrayList<>();
    for (Digest referrer : referrers) {
      members.add(descriptor(MANIFEST, referrer, ""));
    }
    entry(ManifestReader.OCI_INDEX, index(String.join(",", members), ""), tag(subject));
  }

  /** A digest in the form of a tag. */
  static String tag(Digest digest) {
    return digest.algorithm().prefix() + "-" + digest.hex();
  }

  /** Adds an image of these layers, whose config is made up too. */
  Digest image(String name, List<Digest> layers) throws IOException {
    Digest manifest = manifest(layers);
    entry(MANIFEST, manifest, name);
    return manifest;
  }

  Digest manifest(List<Digest> layers) throws IOException {
    Digest config =
        blob(
            Algorithm.SHA256,
            ("{\"os\":\"linux\",\"layers\":" + layers.size() + "}")
                .getBytes(StandardCharsets.UTF_8));
    List<String> descriptors = new ArrayList<>();
    for (Digest layer : layers) {
      descriptors.add(descriptor(LAYER, layer, ""));
    }
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MANIFEST,
                descriptor("application/vnd.oci.image.config.v1+json", config, ""),
                String.join(",", descriptors));
    return blob(Algorithm.SHA256, json.getBytes(StandardCharsets.UTF_8));
  }

  String descriptor(String mediaType, Digest digest, String more) throws IOException {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(mediaType, digest, Files.size(file(digest)), more);
  }

  void entry(String mediaType, Digest digest, String name) throws IOException {
    add(
        descriptor(
            mediaType,
            digest,
            ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}"));
  }

  /** An entry without a name, as oras writes it for what refers to an image. */
  void entry(String mediaType, Digest digest) throws IOException {
    add(descriptor(mediaType, digest, ""));
  }

  private void add(String entry) throws IOException {
    entries.add(entry);
    Files.writeString(
        directory.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}");
  }
}
