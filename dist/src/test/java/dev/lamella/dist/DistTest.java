package dev.lamella.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.dist.Installed.Ended;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked where nothing else is: no Java, no home directory, no Maven. */
@Timeout(300)
final class DistTest {
  private static final Path ARCHIVE = Path.of(System.getProperty("dist.archive", "missing"));
  private static final int LARGEST = 45_000_000;

  @TempDir private static Path directory;
  private static Installed installed = new Installed(Path.of("missing"));

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    unpack(directory);
    installed = new Installed(only(directory));
  }

  private static void unpack(Path target) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("tar", "-xzf", ARCHIVE.toString())
                .directory(target.toFile())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  private static Path only(Path parent) throws IOException {
    try (var entries = Files.list(parent)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("lamella-"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void archive_isSmall() throws IOException {
    assertThat(Files.size(ARCHIVE)).isLessThanOrEqualTo(LARGEST);
  }

  @Test
  void sums_areOfWhatIsThere() throws IOException {
    for (String end : new String[] {".tar.gz", ".deb", "-bom.json"}) {
      Path file = ARCHIVE.resolveSibling(installed.home().getFileName() + end);
      assertThat(contentOf(Path.of(file + ".sha256").toFile()).strip())
          .isEqualTo(
              Digest.of(Algorithm.SHA256, Files.readAllBytes(file)).hex()
                  + "  "
                  + file.getFileName());
    }
  }

  @Test
  void version_inABareEnvironment_isPrintedAndNothingElse() throws Exception {
    Ended ended = installed.run(Map.of(), "--version");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("lamella ").hasLineCount(1);
    assertThat(ended.err()).isEmpty();
  }

  /** Java says nothing, and is slow, where it cannot use it: of other jars, or other options. */
  @Test
  void classCache_isOneThatJavaTakes_whereverItWasUnpacked(@TempDir Path elsewhere)
      throws Exception {
    unpack(elsewhere);
    Installed moved = new Installed(only(elsewhere));
    String must = "-XX:AOTMode=on -XX:AOTCache=" + moved.home().resolve("lib/lamella.aot");
    for (String command : new String[] {"images", "agent", "push"}) {
      Ended ended = moved.run(Map.of("LAMELLA_JAVA_OPTS", must), command, "--help");
      assertThat(ended.err()).isEmpty();
      assertThat(ended.code()).isZero();
    }
  }

  @Test
  void commandWithAnotherCollector_isRunAsWell() throws Exception {
    Ended ended = installed.run(Map.of("LAMELLA_JAVA_OPTS", "-XX:+UseParallelGC"), "--version");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
  }

  @Test
  void link_toTheCommand_isFollowed(@TempDir Path bin) throws Exception {
    Path link =
        Files.createSymbolicLink(bin.resolve("lamella"), installed.home().resolve("bin/lamella"));
    Process process = new ProcessBuilder(link.toString(), "--version").start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void manual_hasAPageOfEachCommand() throws Exception {
    Path pages = installed.home().resolve("share/man/man1");
    Matcher commands =
        Pattern.compile("(?m)^  ([a-z]+) ")
            .matcher(
                installed
                    .run(Map.of(), "--help")
                    .out()
                    .split("Commands:", 2)[1]
                    .split("\n\n", 2)[0]);
    assertThat(commands.results().map(found -> found.group(1)).toList())
        .contains("push", "pull", "agent", "login")
        .allSatisfy(
            command ->
                assertThat(contentOf(pages.resolve("lamella-" + command + ".1").toFile()))
                    .contains(".SH \"OPTIONS\""));
    assertThat(contentOf(pages.resolve("lamella.1").toFile())).contains("\\fBpush\\fP");
  }

  @Test
  void completion_isOfBash() throws Exception {
    Path completion = installed.home().resolve("share/bash-completion/completions/lamella");
    assertThat(new ProcessBuilder("bash", "-n", completion.toString()).start().waitFor()).isZero();
    assertThat(contentOf(completion.toFile())).contains("--parallel");
  }

  @Test
  void image_isPushedAndPulled_alsoThroughTheAgent(@TempDir Path work) throws Exception {
    Path template = Path.of("..").toAbsolutePath().normalize().resolve("template.yaml");
    LocalStackOptions options =
        LocalStackOptions.of(template, work.resolve("data")).withTablesInMemory();
    try (LocalStack stack = LocalStack.start(options)) {
      Map<String, String> environment = Map.of("LAMELLA_URL", stack.endpoint().toString());
      String layer = layout(work.resolve("image"), 20 << 20);
      assertEndsWell(
          installed.run(environment, "push", work.resolve("image").toString(), "team/app:1"));
      assertEndsWell(
          installed.run(environment, "pull", "team/app:1", work.resolve("pulled").toString()));
      assertThat(work.resolve("pulled/blobs/sha256").resolve(layer))
          .hasSameBinaryContentAs(work.resolve("image/blobs/sha256").resolve(layer));
      assertServesThroughItsAgent(environment, "/v2/team/app/blobs/sha256:" + layer, layer);
    }
  }

  private static void assertEndsWell(Ended ended) {
    assertThat(ended.code()).as(ended.err()).isZero();
  }

  private static void assertServesThroughItsAgent(
      Map<String, String> environment, String path, String hex) throws Exception {
    Process agent = installed.start(environment, "agent", "--listen", "127.0.0.1:0");
    try (BufferedReader log = agent.errorReader();
        HttpClient http = HttpClient.newHttpClient()) {
      Matcher address = Pattern.compile("is at (http\\S+)").matcher(log.readLine());
      assertThat(address.find()).isTrue();
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(address.group(1) + path)).build(),
              BodyHandlers.ofByteArray());
      assertThat(Digest.of(Algorithm.SHA256, answer.body()).hex()).isEqualTo(hex);
    } finally {
      agent.destroy();
      assertThat(agent.waitFor()).isIn(0, 143);
    }
  }

  /** An OCI layout of one layer, whose digest it returns. */
  private static String layout(Path target, int size) throws IOException {
    byte[] layer = new byte[size];
    new Random(1).nextBytes(layer);
    Files.createDirectories(target.resolve("blobs/sha256"));
    String config = blob(target, "{}".getBytes(StandardCharsets.UTF_8));
    String hex = blob(target, layer);
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":2},
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%d}]}
        """
            .formatted(config, hex, size);
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    Files.writeString(target.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        target.resolve("index.json"),
        """
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%d}]}
        """
            .formatted(blob(target, bytes), bytes.length));
    return hex;
  }

  private static String blob(Path target, byte[] bytes) throws IOException {
    String hex = Digest.of(Algorithm.SHA256, bytes).hex();
    Files.write(target.resolve("blobs/sha256").resolve(hex), bytes);
    return hex;
  }
}
