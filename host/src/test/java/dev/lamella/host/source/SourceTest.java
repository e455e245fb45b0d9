package dev.lamella.host.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.host.image.Hashes;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources of every form, whole and broken. */
final class SourceTest {
  private static final ImageName NAME = ImageName.parse("team/app:1");
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  @TempDir private Path directory;

  /** What goes into a source: content by name. */
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  @Test
  void dockerSave_ofOldDocker_makesAlwaysTheSameManifest() throws IOException {
    dockerSave();
    SourceImage image = image(tar());
    assertThat(new String(image.root().bytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                + "\"digest\":\"sha256:0674ff56d4b261847535127c605e3e24446120df648abb95faa34107982b2824\","
                + "\"size\":189},\"layers\":["
                + "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":"
                + "\"sha256:362c24d1f11739a9b01cfd8867469534044b7cc36ce0f56d80b023a228a1d056\",\"size\":11},"
                + "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":"
                + "\"sha256:bcf3080093682c5b255846e66e809cffe804aeefcb33caff1a7ae48befed15cc\",\"size\":12}]}");
    assertThat(image.root().digest())
        .isEqualTo(
            Digest.parse(
                "sha256:db12df3d4282e57beb5390d3c5ccffb188c1cd5986ff25db36bd13bf240037ea"));
  }

  @Test
  void dockerSave_layersAreRegionsOfTheArchive() throws IOException {
    dockerSave();
    SourceImage image = image(tar());
    Region layer = region(image, sha256("first layer"));
    assertThat(layer.file()).isEqualTo(directory.resolve("image.tar"));
    assertThat(new String(layer.begin(100), StandardCharsets.UTF_8)).isEqualTo("first layer");
  }

  @Test
  void dockerSave_ofCompressedLayer_isHashed() throws IOException {
    byte[] gzip = gzip("first layer");
    dockerSave();
    files.put("a/layer.tar", gzip);
    SourceImage image = image(tar());
    Digest digest = Hashes.digest(Algorithm.SHA256, gzip);
    assertThat(image.blobs()).containsKey(digest);
    assertThat(image.root().blobs().get(1).mediaType()).endsWith("tar+gzip");
  }

  @Test
  void dockerSave_withLinkedLayers_followsThem() throws IOException {
    dockerSave();
    files.remove("b/layer.tar");
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      TarArchiveEntry link = new TarArchiveEntry("b/layer.tar", TarConstants.LF_SYMLINK);
      link.setLinkName("../a/layer.tar");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertThat(
            new String(
                region(image(tar), sha256("second layer")).begin(99), StandardCharsets.UTF_8))
        .isEqualTo("first layer");
  }

  @Test
  void link_thatLeavesTheArchive_isRefused() throws IOException {
    dockerSave();
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      TarArchiveEntry link = new TarArchiveEntry("c", TarConstants.LF_SYMLINK);
      link.setLinkName("../../etc/passwd");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertBad(tar, "leads out of it");
  }

  @Test
  void archive_ofLayout_isPreferredToDockersManifest() throws IOException {
    dockerSave();
    Digest manifest = layout();
    assertThat(image(tar()).root().digest()).isEqualTo(manifest);
    assertThat(image(unpacked()).root().digest()).isEqualTo(manifest);
  }

  @Test
  void entry_thatLeavesTheArchive_isRefused() throws IOException {
    layout();
    files.put("blobs/../../evil", new byte[1]);
    assertBad(tar(), "leads out of it");
  }

  @Test
  void entry_withAnAbsoluteName_isTakenAsRelative() throws IOException {
    Digest manifest = layout();
    Map<String, byte[]> absolute = new LinkedHashMap<>();
    files.forEach((name, content) -> absolute.put("/" + name, content));
    files.clear();
    files.putAll(absolute);
    assertThat(image(tarOfNamesAsTheyAre()).root().digest()).isEqualTo(manifest);
  }

  private Path tarOfNamesAsTheyAre() throws IOException {
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return tar;
  }

  @Test
  void entry_thatComesTwice_isTheLast() throws IOException {
    layout();
    Path tar = directory.resolve("image.tar");
    Digest second;
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      second = manifest("second layer");
      index(entry(second, "whatever"));
      write(out);
    }
    assertThat(image(tar).root().digest()).isEqualTo(second);
  }

  @Test
  void link_ofAnArchiveToAnAbsoluteName_isRefused() throws IOException {
    dockerSave();
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      TarArchiveEntry link = new TarArchiveEntry("c", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertBad(tar, "leads out of it");
  }

  @Test
  void hardLink_ofAnArchiveThatLeavesIt_isRefused() throws IOException {
    dockerSave();
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      TarArchiveEntry link = new TarArchiveEntry("c", TarConstants.LF_LINK);
      link.setLinkName("../etc/passwd");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertBad(tar, "leads out of it");
  }

  @Test
  void archive_ofALongNameOfManyMegabytes_isRefusedUnread() throws IOException {
    TarArchiveEntry name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    name.setSize(900_000_000);
    byte[] header = new byte[512];
    name.writeEntryHeader(header);
    Path tar = Files.write(directory.resolve("image.tar"), header);
    try (FileChannel channel = FileChannel.open(tar, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), 1_000_000_000); // a hole, of no bytes on the disk
    }
    assertBad(tar, "headers");
  }

  @Test
  void directory_withALinkOutOfIt_isRefused() throws IOException {
    dockerSave();
    Path source = unpacked();
    Path secret = Files.writeString(directory.resolve("secret"), "{\"auths\":{}}");
    Files.delete(source.resolve("config.json"));
    Files.createSymbolicLink(source.resolve("config.json"), secret);
    assertBad(source, "leads out of it");
  }

  @Test
  void directory_withALinkedDirectoryOutOfIt_isRefused() throws IOException {
    dockerSave();
    Path source = unpacked();
    Path outside = Files.move(source.resolve("a"), directory.resolve("outside"));
    Files.createSymbolicLink(source.resolve("a"), outside);
    assertBad(source, "leads out of it");
  }

  @Test
  void directory_withLinksThatStayInIt_isRead() throws IOException {
    Digest manifest = layout();
    Path source = unpacked();
    Path blob = source.resolve(blob(manifest));
    Files.move(blob, source.resolve("cache"));
    Files.createSymbolicLink(blob, Path.of("..", "..", "cache"));
    assertThat(image(source).root().digest()).isEqualTo(manifest);
  }

  @Test
  void directory_withAHardLink_isRefused() throws IOException {
    dockerSave();
    Path source = unpacked();
    Path secret = Files.writeString(directory.resolve("secret"), "{\"auths\":{}}");
    Files.delete(source.resolve("config.json"));
    Files.createLink(source.resolve("config.json"), secret);
    assertBad(source, "hard link");
  }

  @Test
  void directory_withADescriptorThatLeavesIt_isRefused() throws IOException {
    dockerSave();
    Files.writeString(directory.resolve("secret"), "{}");
    files.put(
        "manifest.json",
        "[{\"Config\":\"../secret\",\"Layers\":[]}]".getBytes(StandardCharsets.UTF_8));
    assertBad(unpacked(), "leads out of it");
  }

  @Test
  void directory_withAPipe_isRefused() throws Exception {
    dockerSave();
    Path source = unpacked();
    Files.delete(source.resolve("config.json"));
    Process pipe = new ProcessBuilder("mkfifo", source.resolve("config.json").toString()).start();
    assertThat(pipe.waitFor()).isZero();
    assertBad(source, "is not a file");
  }

  @Test
  void file_thatBecomesALinkBeforeItIsRead_isNotRead() throws IOException {
    dockerSave();
    Path source = unpacked();
    Path secret = Files.writeString(directory.resolve("secret"), "first layer");
    Region layer = region(image(source), sha256("first layer"));
    Files.delete(source.resolve("a/layer.tar"));
    Files.createSymbolicLink(source.resolve("a/layer.tar"), secret);
    assertThatThrownBy(() -> layer.begin(5)).isInstanceOf(HostFailure.class);
  }

  @Test
  void entry_thatIsADevice_isRefused() throws IOException {
    layout();
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      out.putArchiveEntry(new TarArchiveEntry("dev", TarConstants.LF_CHR));
      out.closeArchiveEntry();
    }
    assertBad(tar, "neither a plain file nor a directory");
  }

  @Test
  void archive_cutAnywhere_isRefusedInOneLine() throws IOException {
    layout();
    byte[] whole = Files.readAllBytes(tar());
    // The last two records are zeros, and may be missing.
    for (int length = 0; length < lastContent(whole); length += 97) {
      Path cut = Files.write(directory.resolve("cut.tar"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> image(cut))
          .as("cut at %d", length)
          .isInstanceOfSatisfying(
              HostFailure.class,
              e -> {
                assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_SOURCE);
                assertThat(e.getMessage()).contains("cut.tar").doesNotContain("\n");
              });
    }
  }

  private static int lastContent(byte[] bytes) {
    int last = bytes.length;
    while (bytes[last - 1] == 0) {
      last--;
    }
    return last;
  }

  @Test
  void archive_thatIsCompressed_isNamedSo() throws IOException {
    layout();
    Path tar = tar();
    Path gzip =
        Files.write(
            directory.resolve("image.tar.gz"),
            gzip(Files.readString(tar, StandardCharsets.ISO_8859_1)));
    assertBad(gzip, "compressed with gzip");
  }

  @Test
  void file_thatIsNoArchive_isRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "hello ".repeat(1000));
    assertBad(text, "not a whole tar archive");
    assertBad(Files.write(directory.resolve("zeros"), new byte[10_240]), "no image");
    assertBad(Files.write(directory.resolve("empty"), new byte[0]), "not a tar archive");
    assertBad(directory.resolve("missing"), "there is no");
    assertBad(Files.createDirectory(directory.resolve("void")), "no image");
  }

  @Test
  void layout_withoutABlob_namesIt() throws IOException {
    layout();
    files.remove(blob(sha256("first layer")));
    assertBad(tar(), "blob " + sha256("first layer") + " is missing");
  }

  @Test
  void layout_withABlobOfOtherSize_namesIt() throws IOException {
    layout();
    files.put(blob(sha256("first layer")), new byte[5]);
    assertBad(unpacked(), "has 5 bytes, its descriptor says 11");
  }

  @Test
  void layout_withAManifestOfOtherContent_isWrongContent() throws IOException {
    Digest manifest = layout();
    byte[] bytes = file(blob(manifest)).clone();
    bytes[bytes.length - 2] ^= 1;
    files.put(blob(manifest), bytes);
    Path source = unpacked();
    assertThatThrownBy(() -> image(source))
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT));
  }

  @Test
  void layout_withBrokenJson_isRefused() throws IOException {
    layout();
    files.put("index.json", "{\"manifests\":[{".getBytes(StandardCharsets.UTF_8));
    assertBad(unpacked(), "index.json");
    files.put("index.json", "{\"manifests\":[{\"size\":1e99}]}".getBytes(StandardCharsets.UTF_8));
    assertBad(unpacked(), "index.json");
    files.put("index.json", "[]".getBytes(StandardCharsets.UTF_8));
    assertBad(unpacked(), "no image");
  }

  @Test
  void layout_withSeveralImages_choosesByName() throws IOException {
    Digest first = manifest("first layer");
    Digest second = manifest("second layer");
    index(entry(first, "other"), entry(second, "example.com/team/app:1"));
    assertThat(image(unpacked()).root().digest()).isEqualTo(second);
    index(entry(first, "1"), entry(second, "2"));
    assertThat(image(unpacked()).root().digest()).isEqualTo(first);
    index(entry(first, "3"), entry(second, "4"));
    assertBad(unpacked(), "[3, 4]");
    index(entry(first, "3"), entry(first, "4"));
    assertThat(image(unpacked()).root().digest()).isEqualTo(first);
  }

  @Test
  void index_ofSeveralPlatforms_isTakenWholeOrInPart() throws IOException {
    Digest first = manifest("first layer");
    Digest second = manifest("second layer");
    Digest index =
        put(
            "{\"schemaVersion\":2,\"manifests\":[%s,%s]}"
                .formatted(platform(first, "amd64"), platform(second, "arm64")));
    index(
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(INDEX, index, file(blob(index)).length));
    Path source = unpacked();
    assertThat(image(source).manifests())
        .extracting("digest")
        .containsExactly(first, second, index);
    assertThat(
            Source.open(source).image(NAME, Optional.of(Platform.parse("linux/arm64"))).manifests())
        .extracting("digest")
        .containsExactly(second);
    assertThatThrownBy(
            () -> Source.open(source).image(NAME, Optional.of(Platform.parse("linux/s390x"))))
        .hasMessageContaining("linux/amd64");
  }

  private String platform(Digest manifest, String architecture) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
        .formatted(MANIFEST, manifest, file(blob(manifest)).length, architecture);
  }

  /** A layout of one image in {@link #files}. */
  private Digest layout() {
    Digest manifest = manifest("first layer");
    index(entry(manifest, "whatever"));
    return manifest;
  }

  private Digest manifest(String layer) {
    Digest config = put("{\"layer\":\"" + layer + "\"}");
    return put(
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(
                descriptor("application/x-config", config),
                descriptor("application/x-layer", put(layer))));
  }

  private String descriptor(String mediaType, Digest digest) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, digest, file(blob(digest)).length);
  }

  private String entry(Digest manifest, String name) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}}"
        .formatted(MANIFEST, manifest, file(blob(manifest)).length, name);
  }

  private void index(String... entries) {
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    files.put(
        "index.json",
        "{\"schemaVersion\":2,\"manifests\":[%s]}"
            .formatted(String.join(",", entries))
            .getBytes(StandardCharsets.UTF_8));
  }

  private void dockerSave() {
    files.put("a/layer.tar", "first layer".getBytes(StandardCharsets.UTF_8));
    files.put("b/layer.tar", "second layer".getBytes(StandardCharsets.UTF_8));
    files.put(
        "config.json",
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\",\"%s\"]}}"
            .formatted(sha256("first layer"), sha256("second layer"))
            .getBytes(StandardCharsets.UTF_8));
    files.put(
        "manifest.json",
        "[{\"Config\":\"config.json\",\"RepoTags\":[\"team/app:1\"],\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]"
            .getBytes(StandardCharsets.UTF_8));
  }

  private Digest put(String content) {
    Digest digest = sha256(content);
    files.put(blob(digest), content.getBytes(StandardCharsets.UTF_8));
    return digest;
  }

  private byte[] file(String name) {
    return Optional.ofNullable(files.get(name)).orElseThrow();
  }

  private static String blob(Digest digest) {
    return "blobs/sha256/" + digest.hex();
  }

  private static Digest sha256(String content) {
    return Hashes.digest(Algorithm.SHA256, content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.toByteArray();
  }

  private Path unpacked() throws IOException {
    Path root = Files.createTempDirectory(directory, "layout");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(Optional.ofNullable(path.getParent()).orElse(root));
      Files.write(path, file.getValue());
    }
    return root;
  }

  private Path tar() throws IOException {
    Path tar = directory.resolve("image.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
    }
    return tar;
  }

  private static TarArchiveOutputStream writer(Path tar) throws IOException {
    TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar), 512);
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    return out;
  }

  private void write(TarArchiveOutputStream out) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
      entry.setSize(file.getValue().length);
      out.putArchiveEntry(entry);
      out.write(file.getValue());
      out.closeArchiveEntry();
    }
  }

  private static Region region(SourceImage image, Digest digest) {
    return Optional.ofNullable(image.blobs().get(digest)).orElseThrow();
  }

  private static SourceImage image(Path source) {
    return Source.open(source).image(NAME, Optional.empty());
  }

  private static void assertBad(Path source, String why) {
    assertThatThrownBy(() -> image(source))
        .isInstanceOfSatisfying(
            HostFailure.class,
            e -> {
              assertThat(e.exitCode()).as(e.getMessage()).isEqualTo(ExitCode.BAD_SOURCE);
              assertThat(e.getMessage()).contains(why).doesNotContain("\n");
            });
  }
}
