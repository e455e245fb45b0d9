package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Pulls of images for several platforms, of one of them, and of what is no image at all. */
@Timeout(120)
final class PullPlatformTest {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  @TempDir private Path directory;
  private Path source;
  private Path target;
  private TestImage image;
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    source = directory.resolve("source");
    target = directory.resolve("target");
    image = new TestImage(source);
    bench = new Bench(directory);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void pull_ofPlatformInAnIndexWithinAnIndex_givesIt() throws IOException {
    Digest arm = imageFor("arm64", "v8");
    Digest amd = imageFor("amd64", "");
    Digest inner = index(entry(arm, "linux", "arm64"));
    Digest silent = index(entry(amd, "", ""));
    root(index(indexEntry(inner, ""), indexEntry(silent, "")));
    assertThat(pull("linux/arm64/v8").digest()).isEqualTo(arm);
    assertThat(pull("linux/x86_64").digest()).as("as its config says").isEqualTo(amd);
  }

  @Test
  void pull_whereTheOuterIndexSaysThePlatform_believesIt() throws IOException {
    Digest one = imageFor("s390x", "");
    Digest other = imageFor("ppc64le", "");
    Digest of = index(entry(one, "", ""));
    Digest ofOther = index(entry(other, "", ""));
    root(
        index(
            indexEntry(ofOther, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"ppc64le\"}"),
            indexEntry(of, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}")));
    assertThat(pull("linux/s390x").digest()).isEqualTo(one);
    assertFails("linux/amd64", "[linux/ppc64le, linux/s390x]");
  }

  @Test
  void pull_ofSeveralVariants_takesTheNewestThatFits() throws IOException {
    Digest five = imageFor("arm", "v5");
    Digest seven = imageFor("arm", "v7");
    Digest six = imageFor("arm", "v6");
    root(
        index(
            entry(five, "linux", "arm\",\"variant\":\"v5"),
            entry(seven, "linux", "arm\",\"variant\":\"v7"),
            entry(six, "linux", "arm\",\"variant\":\"v6")));
    assertThat(pull("linux/armhf").digest()).isEqualTo(seven);
    assertThat(pull("linux/arm/v6").digest()).isEqualTo(six);
  }

  @Test
  void pull_ofASingleImageOfAnotherPlatform_isRefused() throws IOException {
    Digest arm = imageFor("arm64", "");
    image.entry(TestImage.MANIFEST, arm, "1");
    bench.push(source);
    assertThat(pull("linux/arm64").digest()).isEqualTo(arm);
    assertFails("linux/amd64", "the image is for linux/arm64, not for linux/amd64");
  }

  @Test
  void pull_ofSeveralPlatformsToArchive_namesOneForDocker() throws IOException {
    Digest arm = imageFor("arm64", "");
    Digest amd = imageFor("amd64", "");
    Digest own = Platform.ofThisMachine().architecture().equals("arm64") ? arm : amd;
    root(index(entry(arm, "linux", "arm64"), entry(amd, "linux", "amd64")));
    Path archive = directory.resolve("a.tar");
    bench.pull(archive);
    JsonNode docker = Json.tree(content(archive, "manifest.json")).get(0);
    String manifest = Files.readString(image.file(own));
    assertThat(manifest).contains(docker.path("Config").asString().substring(13));
    assertThat(docker.path("Layers").size()).isEqualTo(1);
    assertThat(names(archive)).contains("blobs/sha256/" + arm.hex(), "blobs/sha256/" + amd.hex());
  }

  @Test
  void pull_ofAnEmptyIndexToArchive_isOneOfNoImage() throws IOException {
    root(index());
    Path archive = directory.resolve("a.tar");
    bench.pull(archive);
    assertThat(names(archive)).contains("index.json").doesNotContain("manifest.json");
    assertThat(directory).isDirectoryNotContaining("glob:**.partial*");
  }

  /** BuildKit's: an index that names layers, and the cache's own config. */
  @Test
  void pull_ofABuildCacheToArchive_namesNoImage() throws IOException {
    Digest layer = image.blob(Algorithm.SHA256, new byte[100]);
    Digest config = image.blob(Algorithm.SHA256, "{}".getBytes(StandardCharsets.UTF_8));
    root(
        index(
            image.descriptor(TestImage.LAYER, layer, ""),
            image.descriptor("application/vnd.buildkit.cacheconfig.v0", config, "")));
    Path archive = directory.resolve("a.tar");
    assertThat(bench.pull(archive).layers()).hasSize(2);
    assertThat(names(archive)).doesNotContain("manifest.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
      })
  void pull_ofLayerThatMayBeElsewhere_getsItWhereItIsStored(String type) throws IOException {
    Digest layer = image.blob(Algorithm.SHA256, new byte[1000]);
    image.entry(TestImage.MANIFEST, manifest(image.descriptor(type, layer, "")), "1");
    bench.push(source);
    PullReport report = bench.pull(target);
    assertThat(report.layers()).hasSize(2);
    assertThat(report.absent()).isEmpty();
    assertThat(Bench.blobs(target)).isEqualTo(Bench.blobs(source));
    bench.pull(directory.resolve("a.tar"));
    assertThat(names(directory.resolve("a.tar"))).contains("blobs/sha256/" + layer.hex());
  }

  @Test
  void pull_ofLayerThatIsElsewhere_saysWhere() throws IOException {
    Digest layer = image.blob(Algorithm.SHA256, new byte[1000]);
    String named =
        image.descriptor(
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            layer,
            ",\"urls\":[\"https://example.com/layer\"]");
    image.entry(TestImage.MANIFEST, manifest(named), "1");
    byte[] content = Files.readAllBytes(image.file(layer));
    Files.delete(image.file(layer));
    bench.push(source);
    for (Path to : List.of(target, directory.resolve("a.tar"))) {
      PullReport report = bench.pull(to);
      assertThat(report.layers()).hasSize(1);
      assertThat(report.absent().getFirst().digest()).isEqualTo(layer);
      assertThat(report.absent().getFirst().urls()).containsExactly("https://example.com/layer");
    }
    Files.write(target.resolve("blobs/sha256").resolve(layer.hex()), content);
    assertThat(bench.pull(target).absent()).as("put there by hand").isEmpty();
  }

  private PullReport pull(String platform) {
    PullOptions options = new PullOptions(4, Optional.of(Platform.parse(platform)), false);
    return new Pull(bench.client(), Progress.NONE, options)
        .run(Bench.NAME, directory.resolve(platform.replace('/', '-')));
  }

  private void assertFails(String platform, String message) {
    assertThatThrownBy(() -> pull(platform))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining(message);
  }

  private void root(Digest index) throws IOException {
    image.entry(INDEX, index, "1");
    bench.push(source);
  }

  private Digest imageFor(String architecture, String variant) throws IOException {
    String config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"variant\":\"%s\"}"
            .formatted(architecture, variant);
    Digest layer = image.blob(Algorithm.SHA256, config.getBytes(StandardCharsets.US_ASCII));
    return manifest(config, image.descriptor(TestImage.LAYER, layer, ""));
  }

  private Digest manifest(String layer) throws IOException {
    return manifest("{\"os\":\"linux\",\"architecture\":\"amd64\"}", layer);
  }

  private Digest manifest(String config, String layer) throws IOException {
    Digest written =
        image.blob(Algorithm.SHA256, (config + " ").getBytes(StandardCharsets.US_ASCII));
    return image.blob(
        Algorithm.SHA256,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(TestImage.MANIFEST, image.descriptor(CONFIG, written, ""), layer)
            .getBytes(StandardCharsets.US_ASCII));
  }

  private Digest index(String... entries) throws IOException {
    return image.blob(
        Algorithm.SHA256,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
            .formatted(INDEX, String.join(",", entries))
            .getBytes(StandardCharsets.US_ASCII));
  }

  private String entry(Digest manifest, String os, String architecture) throws IOException {
    String platform =
        os.isEmpty()
            ? ""
            : ",\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}".formatted(os, architecture);
    return image.descriptor(TestImage.MANIFEST, manifest, platform);
  }

  private String indexEntry(Digest index, String platform) throws IOException {
    return image.descriptor(INDEX, index, platform);
  }

  private static List<String> names(Path archive) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        names.add(e.getName());
      }
    }
    return names;
  }

  private static byte[] content(Path archive, String name) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(Files.readAllBytes(archive)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        if (e.getName().equals(name)) {
          return tar.readAllBytes();
        }
      }
    }
    throw new AssertionError("no " + name);
  }
}
