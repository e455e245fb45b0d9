package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.core.upload.DeleteManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The command as a user runs it: arguments in, lines and exit code out. */
@Timeout(60)
@Isolated("it takes over standard output")
final class LamellaTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @TempDir private Path directory;
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setOut(realOut);
    System.setErr(realErr);
    store.close();
  }

  @Test
  void commands_fromPushToPull() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 10 * FakeStore.SHARD);
    assertThat(run("push", source.toString(), "team/app:1")).isZero();
    assertThat(text(out)).startsWith("Pushed team/app:1 (sha256:").contains("2 of 2 blobs sent");
    assertThat(run("images")).isZero();
    assertThat(text(out)).matches("(?s)IMAGE +TAGS\\s+team/app +1\\s+");
    assertThat(run("inspect", "team/app:1")).isZero();
    assertThat(text(out)).contains("ABCDABCDAB").contains("A s0").doesNotContain("\u001b");
    assertThat(run("pull", "team/app:1", directory.resolve("a.tar").toString())).isZero();
    assertThat(text(out)).startsWith("Pulled team/app:1").contains("2 of 2 blobs fetched");
    assertThat(directory.resolve("a.tar")).exists();
  }

  @Test
  void tags_areGivenAndDeleted_withoutALayerSent() throws IOException {
    push("team/app:1");
    assertThat(run("tag", "team/app:1", "latest", "stable")).isZero();
    assertThat(text(out)).matches("Tagged team/app@sha256:[0-9a-f]{64}: latest, stable\n");
    assertThat(run("delete", "team/app:1")).isZero();
    assertThat(text(out)).matches("Deleted the tag team/app:1, which named sha256:[0-9a-f]{64}\n");
    assertThat(run("images")).isZero();
    assertThat(text(out)).contains("latest, stable").doesNotContain("1,");
    assertThat(run("pull", "team/app:stable", directory.resolve("t").toString())).isZero();
    assertThat(store.count("POST /v1/uploads")).isEqualTo(1);

    assertThat(run("tag", "team/app:latest", "2", "--json")).isZero();
    String digest = json().path("digest").asString();
    assertThat(json().path("tags").get(0).asString()).isEqualTo("2");
    assertThat(run("delete", "team/app@" + digest, "--json")).isZero();
    assertThat(json().path("digest").asString()).isEqualTo(digest);
    assertThat(json().path("deleted").asString()).isEqualTo("team/app@" + digest);
    assertFails(5, "inspect", "team/app:stable");
  }

  @Test
  void tag_thatIsNone_leavesAllAsItIs() throws IOException {
    push("team/app:1");
    assertFails(2, "tag", "team/app:1", "good", "no/tag");
    assertFails(5, "tag", "team/app:2", "good");
    assertFails(5, "inspect", "team/app:good");
  }

  /** A name alone means its tag latest elsewhere; nobody shall lose that by leaving it out. */
  @ParameterizedTest
  @ValueSource(strings = {"team/app", "team/app:1@DIGEST", "127.0.0.1:5000/team/app", "app:", ""})
  void delete_withoutATagOrADigest_deletesNothing(String name) throws IOException {
    push("team/app:1");
    assertThat(run("tag", "team/app:1", "latest")).isZero();
    assertThat(run("delete", name.replace("DIGEST", "sha256:" + "0".repeat(64)))).isEqualTo(2);
    assertThat(text(err)).contains("NAME:TAG or NAME@DIGEST");
    assertThat(run("inspect", "team/app:latest")).isZero();
  }

  /** The call is made again, and by then there is nothing more to delete. */
  @Test
  void delete_whoseAnswerIsLost_ends() throws IOException {
    push("team/app:1");
    AtomicBoolean lost = new AtomicBoolean();
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestMethod().equals("DELETE") || lost.getAndSet(true)) {
            return false;
          }
          new DeleteManifest(store.index.images(), InstantSource.system())
              .delete(new RepositoryName("team/app"), new Reference.Tag("1"));
          FakeStore.send(exchange, 503, new byte[0]);
          return true;
        });
    assertThat(run("delete", "team/app:1")).isZero();
    assertThat(store.count("DELETE .*")).isEqualTo(2);
    assertFails(5, "delete", "team/app:1");
  }

  private void push(String name) throws IOException {
    Path source = directory.resolve("source");
    if (Files.notExists(source)) {
      TestImage.layout(source, 1, 10 * FakeStore.SHARD);
    }
    assertThat(run("push", source.toString(), name)).isZero();
  }

  /** Who sees nothing shall know why. */
  @Test
  void images_whileNobodyIsSignedIn_sayHowToSignIn() throws IOException {
    FakeIdentity.at(store);
    assertThat(run("images")).isZero();
    assertThat(text(err))
        .isEqualTo(
            "lamella: nobody is signed in, and anonymous callers see no image here: sign in by"
                + " 'lamella"
                + " login --to %s -u ACCOUNT'\n".formatted(store.url()));
    assertThat(run("images", "--json")).isZero();
    assertThat(text(err)).isEmpty();
  }

  @Test
  void images_ofAnOpenStoreThatHasNone_sayNothingOfSigningIn() {
    assertThat(run("images")).isZero();
    assertThat(text(err)).isEmpty();
  }

  @Test
  void json_isAllThatIsPrinted() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 10 * FakeStore.SHARD);
    assertThat(run("push", source.toString(), "team/app:1", "--json")).isZero();
    assertThat(json().path("layers").get(1).path("shards").asInt()).isEqualTo(10);
    assertThat(run("inspect", "team/app:1", "--json")).isZero();
    assertThat(json().path("layers")).hasSize(1);
    assertThat(json().path("layers").get(0).path("placement").get(5).asString()).isEqualTo("s1");
    assertThat(json().path("config").path("shards").asInt()).isEqualTo(1);
    assertThat(run("images", "--json")).isZero();
    assertThat(json().path("images").get(0).path("name").asString()).isEqualTo("team/app");
    assertThat(run("pull", "team/app:1", directory.resolve("t").toString(), "--json")).isZero();
    assertThat(json().path("layers").get(1).path("fetched").asInt()).isEqualTo(10);
  }

  @Test
  void failures_haveTheirExitCodesAndOneLine() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 100);
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertFails(2, "push", source.toString(), "Team/App:1");
    assertFails(2, "push", source.toString(), "team/app@sha256:" + "0".repeat(64));
    assertFails(2, "pull", "team/app:1", "x", "--parallel", "0");
    assertFails(2, "pull", "team/app:1", "x", "--platform", "linux");
    assertFails(2, "agent", "--listen", "0.0.0.0:0");
    assertFails(2, "agent", "--listen", "[::]:0");
    assertFails(2, "agent", "--listen", "5001");
    assertFails(2, "agent", "--listen", "127.0.0.1:65536");
    assertFails(2, "agent", "--parallel", "0");
    assertFails(3, "push", file.toString(), "team/app:1");
    assertFails(3, "push", directory.resolve("missing").toString(), "team/app:1");
    assertFails(5, "inspect", "team/app:1");
    assertFails(5, "pull", "team/app:1", directory.resolve("x").toString());
    assertThat(run("push", source.toString(), "team/app:1")).isZero();
    assertFails(7, "pull", "team/app:1", file.toString());
    assertThat(file).hasContent("mine");
  }

  @Test
  void json_ofAFailure_isInThePlaceOfTheResult() {
    assertThat(run("inspect", "team/app:1", "--json")).isEqualTo(5);
    assertThat(json().path("error").path("exitCode").asInt()).isEqualTo(5);
    assertThat(json().path("error").path("code").asString()).isEqualTo("MANIFEST_UNKNOWN");
    String message = json().path("error").path("message").asString();
    assertThat(text(err)).isEqualTo("lamella: " + message + System.lineSeparator());
    assertThat(run("inspect", "--json")).isEqualTo(2);
    assertThat(json().path("error").path("exitCode").asInt()).isEqualTo(2);
    assertThat(json().path("error").path("reason").asString()).isNotEmpty();
  }

  @Test
  void command_thatIsNearlyOne_isSuggested() {
    assertThat(run("pus")).isEqualTo(2);
    assertThat(text(err)).contains("'pus'").contains("'push'");
    assertThat(run("images", "--jsn")).isEqualTo(2);
    assertThat(text(err)).contains("'--json'");
  }

  @Test
  void help_ofEachCommand_isInWholeSentences() {
    assertThat(Lamella.execute("--help")).isZero();
    String commands = text(out).replaceAll("(?s).*Commands:\\R(.*?)\\R\\R.*", "$1");
    assertThat(commands.lines()).hasSizeGreaterThan(6).allMatch(line -> line.matches(" .*[.)]"));
    assertThat(text(out)).contains("benchmark");
    assertThat(text(out).lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void answer_ofNoLamella_saysSo() {
    store.fail("GET /v1/images", 404, 1);
    assertThat(run("images")).isEqualTo(5);
    assertThat(text(err)).contains("is no Lamella").containsOnlyOnce("HTTP 404");
  }

  @Test
  void usageErrors_sayWhatToTry() {
    assertThat(run("push")).isEqualTo(2);
    assertThat(text(err)).contains("SOURCE").contains("Try 'lamella push --help'");
    assertThat(Lamella.execute()).isEqualTo(2);
    assertThat(Lamella.execute("images", "--to", "ftp://x")).isEqualTo(2);
  }

  @Test
  void store_thatDoesNotListen_isUnreachable() {
    store.close();
    assertFails(6, "images");
  }

  @Test
  void verbose_showsTheStackTrace() {
    assertThat(run("inspect", "team/app:1", "--verbose")).isEqualTo(5);
    assertThat(text(err)).contains("\tat dev.lamella.host");
  }

  @Test
  void help_listsCommandsAndExitCodes() {
    assertThat(Lamella.execute("--help")).isZero();
    assertThat(text(out)).contains("push", "pull", "images", "inspect", "Exit codes:", "Examples:");
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--to";
    all[arguments.length + 1] = store.url().toString();
    return Lamella.execute(all);
  }

  private void assertFails(int code, String... arguments) {
    assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(code);
    assertThat(text(err)).matches("lamella: [^\n]+\n").doesNotContain("secret");
    assertThat(text(out)).isEmpty();
  }

  private JsonNode json() {
    return Json.tree(out.toByteArray());
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
