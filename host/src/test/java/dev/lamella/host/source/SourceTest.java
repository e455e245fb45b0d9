package dev.lamella.host.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
  void dockerSave_ofAnotherPlatform_isRefused() throws IOException {
    dockerSave();
    files.computeIfPresent(
        "config.json",
        (_, config) ->
            new String(config, StandardCharsets.UTF_8)
                .replaceFirst("[{]", "{\"os\":\"linux\",\"architecture\":\"arm64\",")
                .getBytes(StandardCharsets.UTF_8));
    Path tar = tar();

    try (Source source = Source.open(tar)) {
      assertThat(source.image(NAME, Optional.of(Platform.parse("linux/arm64"))).manifests())
          .hasSize(1);
      assertThatThrownBy(() -> source.image(NAME, Optional.of(Platform.parse("linux/amd64"))))
          .isInstanceOfSatisfying(
              HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
          .hasMessageContaining("the image is for linux/arm64, not for linux/amd64");
    }
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
    Digest digest = Digest.of(Algorithm.SHA256, gzip);
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
  void entry_thatIsAbsolute_isWithinTheArchive() throws IOException {
    dockerSave();
    Digest manifest = image(tar()).root().digest();
    Path tar = directory.resolve("absolute.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry("/" + file.getKey(), true);
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    assertThat(image(tar).root().digest()).isEqualTo(manifest);
  }

  @Test
  void name_thatIsAbsolute_isReadFromTheArchiveAlone() throws IOException {
    dockerSave();
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    files.put(
        "manifest.json",
        "[{\"Config\":\"config.json\",\"RepoTags\":[],\"Layers\":[\"a/layer.tar\",\"%s\"]}]"
            .formatted(secret)
            .getBytes(StandardCharsets.UTF_8));
    assertBad(tar(), secret + " is missing");
    assertBad(unpacked(), secret + " is missing");
  }

  @Test
  void entry_thatComesTwice_countsAsItWasLast() throws IOException {
    dockerSave();
    Digest manifest = image(tar()).root().digest();
    Path tar = directory.resolve("twice.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      byte[] right = file("a/layer.tar");
      files.put("a/layer.tar", "not the last".getBytes(StandardCharsets.UTF_8));
      write(out);
      files.put("a/layer.tar", right);
      write(out);
    }
    assertThat(image(tar).root().digest()).isEqualTo(manifest);
    assertThat(
            new String(region(image(tar), sha256("first layer")).begin(99), StandardCharsets.UTF_8))
        .isEqualTo("first layer");
  }

  @Test
  void entry_thatIsAFileAndThenALink_isTheLink() throws IOException {
    dockerSave();
    Path tar = directory.resolve("twice.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      write(out);
      TarArchiveEntry link = new TarArchiveEntry("b/layer.tar", TarConstants.LF_LINK);
      link.setLinkName("a/layer.tar");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    assertThat(
            new String(
                region(image(tar), sha256("second layer")).begin(99), StandardCharsets.UTF_8))
        .isEqualTo("first layer");
  }

  /**
   * An archive may say that a name has gigabytes; a program that believes it has no memory left.
   */
  @Test
  void entry_whoseNameHas100Megabytes_isRefusedWithoutReadingIt() throws IOException {
    Path tar = directory.resolve("long.tar");
    try (TarArchiveOutputStream out = writer(tar)) {
      TarArchiveEntry name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
      name.setSize(100 << 20);
      out.putArchiveEntry(name);
      byte[] part = new byte[1 << 20];
      Arrays.fill(part, (byte) 'a');
      for (int i = 0; i < 100; i++) {
        out.write(part);
      }
      out.closeArchiveEntry();
    }
    assertBad(tar, "its names and headers have over");
  }

  @Test
  void archive_ofEntriesWithoutEnd_isRefused() throws IOException {
    Path tar = directory.resolve("many.tar");
    try (TarArchiveOutputStream out =
        new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(tar)), 512)) {
      for (int i = 0; i < 70_000; i++) {
        out.putArchiveEntry(new TarArchiveEntry("f" + i));
        out.closeArchiveEntry();
      }
    }
    assertBad(tar, "its names and headers have over");
  }

  @Test
  void directory_linksThatLeaveIt_areNotRead() throws IOException {
    layout();
    String config = blob(sha256("{\"layer\":\"first layer\"}"));
    Path outside = Files.write(directory.resolve("outside.json"), file(config));
    Path root = unpacked();
    Files.delete(root.resolve(config));
    Files.createSymbolicLink(root.resolve(config), outside);
    assertBad(root, "leads out of it");

    Path folder = unpacked();
    Path blobs = folder.resolve("blobs");
    Files.move(blobs, directory.resolve("blobs-outside"));
    Files.createSymbolicLink(blobs, directory.resolve("blobs-outside"));
    assertBad(folder, "leads out of it");

    Path index = unpacked();
    Files.move(index.resolve("index.json"), directory.resolve("index-outside"));
    Files.createSymbolicLink(index.resolve("index.json"), directory.resolve("index-outside"));
    assertBad(index, "leads out of it");
  }

  @Test
  void directory_linksThatStayWithin_areFollowed() throws IOException {
    Digest manifest = layout();
    String config = blob(sha256("{\"layer\":\"first layer\"}"));
    Path root = unpacked();
    Files.move(root.resolve(config), root.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve(config), root.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), root);
    assertThat(image(link).root().digest()).isEqualTo(manifest);
  }

  /** What was a file when it was looked at is a link when it is read. */
  @Test
  void directory_fileThatBecomesALink_isNotRead() throws IOException {
    layout();
    Path root = unpacked();
    SourceImage image = image(root);
    Region layer = region(image, sha256("first layer"));
    Files.delete(layer.file());
    Files.createSymbolicLink(
        layer.file(), Files.writeString(directory.resolve("x"), "other bytes"));
    assertThatThrownBy(() -> layer.begin(11)).isInstanceOf(HostFailure.class);
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
  void archive_compressedWithGzip_isReadAndLeavesNothing() throws IOException {
    dockerSave();
    Digest manifest = image(tar()).root().digest();
    byte[] tar = Files.readAllBytes(tar());
    Path gzip =
        Files.write(
            directory.resolve("image.tar.gz"), gzip(new String(tar, StandardCharsets.ISO_8859_1)));
    Path unpacked;
    try (Source source = Source.open(gzip)) {
      SourceImage image = source.image(NAME, Optional.empty());
      unpacked = region(image, sha256("first layer")).file();
      assertThat(image.root().digest()).isEqualTo(manifest);
      assertThat(unpacked).exists();
    }
    assertThat(unpacked).doesNotExist();
    Path cut =
        Files.write(directory.resolve("cut.tar.gz"), Arrays.copyOf(Files.readAllBytes(gzip), 200));
    assertThatThrownBy(() -> Source.open(cut))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("cut.tar.gz");
  }

  @Test
  void archive_fromStandardInput_isReadAndLeavesNothing() throws IOException {
    Digest manifest = layout();
    Path unpacked;
    try (Source source = Source.read(Files.newInputStream(tar()))) {
      SourceImage image = source.image(NAME, Optional.empty());
      assertThat(image.root().digest()).isEqualTo(manifest);
      unpacked = region(image, sha256("first layer")).file();
    }
    assertThat(unpacked).doesNotExist();
    assertThatThrownBy(() -> Source.read(new ByteArrayInputStream(new byte[3])))
        .isInstanceOf(HostFailure.class)
        .hasMessageStartingWith("-: it is not a tar archive");
  }

  @Test
  void archive_compressedWithZstd_isNamedSo() throws IOException {
    byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0};
    assertThatThrownBy(() -> Source.open(Files.write(directory.resolve("image.tar.zst"), zstd)))
        .hasMessageContaining("compressed with zstd: unpack it to a .tar first");
  }

  @Test
  void dockerSave_layerWithoutAName_isSaidSo() throws IOException {
    dockerSave();
    files.put(
        "manifest.json",
        "[{\"Config\":\"config.json\",\"RepoTags\":[],\"Layers\":[\"a/layer.tar\",\"\"]}]"
            .getBytes(StandardCharsets.UTF_8));
    assertBad(tar(), "without a file name");
    assertBad(unpacked(), "without a file name");
  }

  @Test
  void skopeoDirectory_isRead() throws IOException {
    byte[] config = "{\"os\":\"linux\"}".getBytes(StandardCharsets.UTF_8);
    Digest layer = sha256("first layer");
    byte[] manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MANIFEST,
                "{\"mediaType\":\"application/x-config\",\"digest\":\"%s\",\"size\":%d}"
                    .formatted(Digest.of(Algorithm.SHA256, config), config.length),
                "{\"mediaType\":\"application/x-layer\",\"digest\":\"%s\",\"size\":11}"
                    .formatted(layer))
            .getBytes(StandardCharsets.UTF_8);
    files.put("version", "Directory Transport Version: 1.1\n".getBytes(StandardCharsets.UTF_8));
    files.put("manifest.json", manifest);
    files.put(Digest.of(Algorithm.SHA256, config).hex(), config);
    files.put(layer.hex(), "first layer".getBytes(StandardCharsets.UTF_8));

    assertThat(image(unpacked()).root().digest()).isEqualTo(Digest.of(Algorithm.SHA256, manifest));

    files.remove("version");
    assertBad(unpacked(), "is not the list of images that docker save writes");
    files.put("version", new byte[0]);
    files.remove(layer.hex());
    assertBad(unpacked(), layer.hex() + " is missing");
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
    assertBad(
        unpacked(), "choose one by --image; @0 is 3 (%s), @1 is 4 (%s)".formatted(first, second));
    index(entry(first, "3"), entry(first, "4"));
    assertThat(image(unpacked()).root().digest()).isEqualTo(first);
  }

  @Test
  void layout_withImagesOfOneNameOrNone_choosesByPositionOrDigest() throws IOException {
    Digest first = manifest("first layer");
    Digest second = manifest("second layer");
    for (String name : List.of("team/app:1", "")) {
      index(entry(first, name), entry(second, name));
      Path source = unpacked();
      assertBad(source, "choose one by --image");
      assertThat(chosen(source, "@0")).isEqualTo(first);
      assertThat(chosen(source, "@1")).isEqualTo(second);
      assertThat(chosen(source, second.toString())).isEqualTo(second);
      assertThatThrownBy(() -> chosen(source, "@2")).hasMessageContaining("no image '@2'");
      assertThatThrownBy(() -> chosen(source, "")).hasMessageContaining("no image ''");
    }
    index(entry(first, "3"), entry(second, "4"));
    assertThat(chosen(unpacked(), "4")).isEqualTo(second);
  }

  @Test
  void dockerSave_ofImagesWithoutNames_choosesByPositionOrId() throws IOException {
    dockerSave();
    Digest config = sha256(new String(file("config.json"), StandardCharsets.UTF_8));
    files.put(config.hex() + ".json", file("config.json"));
    files.put(
        "manifest.json",
        "[{\"Config\":\"config.json\",\"RepoTags\":null,\"Layers\":[\"b/layer.tar\",\"a/layer.tar\"]},{\"Config\":\"%s.json\",\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]"
            .formatted(config.hex())
            .getBytes(StandardCharsets.UTF_8));
    Path source = tar();
    assertBad(source, "choose one by --image; @0 is config.json, @1 is " + config);
    assertThat(chosen(source, "@1")).isEqualTo(chosen(source, config.toString()));
    assertThat(chosen(source, "@0")).isNotEqualTo(chosen(source, "@1"));
  }

  private static Digest chosen(Path source, String asked) {
    return Source.open(source)
        .image(new Selection(NAME, Optional.of(asked), Optional.empty(), true))
        .root()
        .digest();
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
    return Digest.of(Algorithm.SHA256, content.getBytes(StandardCharsets.UTF_8));
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
