package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.Digest;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that attacks the host that talks to it. */
@Timeout(60)
@Isolated("it takes over standard output")
final class HostileStoreTest {
  private static final String EVIL =
      "a\u001b]0;b\u0007\u009b31mc\u202ed\u2028e\rf\ng\u200bh\u007fi";
  private static final int ENOUGH = 1000;

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

  @ParameterizedTest
  @ValueSource(strings = {"--store", "--verbose", "--json"})
  void error_withControlCharacters_isShownAsText(String option) {
    answer("/v1/images", 400, ErrorAnswer.of("EVIL" + EVIL, EVIL, Map.of("a", EVIL)));
    assertThat(option.equals("--store") ? run("images") : run("images", option)).isEqualTo(5);
    assertThat(text(err)).contains("\\u001b]0;b").contains("h");
    assertPlain();
    if (option.equals("--store")) {
      assertThat(text(err)).hasLineCount(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--store", "--json"})
  void answers_withControlCharacters_areShownAsText(String option) throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 10 * FakeStore.SHARD);
    assertThat(run("push", source.toString(), "team/app:1")).isZero();
    rewrite("/v1/layers/.*", text -> text.replace("\"s1\"", json(EVIL)));
    List<String> command = new ArrayList<>(List.of("inspect", "team/app:1"));
    if (option.equals("--json")) {
      command.add(option);
    }
    assertThat(run(command.toArray(String[]::new))).isZero();
    assertThat(text(out)).containsIgnoringCase("u001b]0;b");
    assertPlain();
  }

  @Test
  void collection_withControlCharacters_isShownAsText() {
    String run =
        """
        {"id": "0123456789abcdef0123456789abcdef", "dryRun": true, "full": true, "state": "DONE",
         "started": "2026-01-01T00:00:00Z", "step": "LAYERS", "revision": 1,
         "found": [{"of": "LAYERS", "count": 1, "bytes": 1, "finds": [{"name": %s, "bytes": 1}],
                    "kept": [%s]}]}
        """
            .formatted(json(EVIL), json(EVIL));
    store.troubles.add(
        exchange -> {
          FakeStore.send(exchange, 200, run.getBytes(StandardCharsets.UTF_8));
          return true;
        });
    assertThat(run("collect", "--dry-run")).isEqualTo(9);
    assertThat(text(out)).contains("kept: a\\u001b]0;b");
    assertPlain();
  }

  @Test
  void collection_thatNeverLooksAtEverything_isGivenUp() {
    String run =
        """
        {"id": "0123456789abcdef0123456789abcdef", "dryRun": true, "full": false, "state": "DONE",
         "started": "2026-01-01T00:00:00Z", "step": "LAYERS", "revision": 1, "found": []}
        """;
    store.troubles.add(
        exchange -> {
          FakeStore.send(exchange, 200, run.getBytes(StandardCharsets.UTF_8));
          return true;
        });
    assertThat(run("collect", "--dry-run")).isEqualTo(5);
    assertThat(text(err)).contains("came first 3 times: run this again");
  }

  /** The port of the store itself in all of them: what is refused would be answered. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/",
        "http://[::ffff:169.254.169.254]/latest/",
        "http://2852039166/latest/",
        "http://[fd00:ec2::254]/latest/",
        "http://[fe80::1]/",
        "http://224.0.0.1/",
        "http://0.0.0.0:PORT/staging/",
        "http://[::]:PORT/staging/",
        "http://user:secret@127.0.0.1:PORT/staging/",
        "ftp://127.0.0.1:PORT/staging/",
        "file:///etc/passwd"
      })
  void url_thatLeadsToNoStorageServer_isRefused(String elsewhere) throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 100);
    String port = String.valueOf(store.url().getPort());
    rewrite(
        "/v1/uploads.*",
        text ->
            text.replaceAll("http://127.0.0.1:[0-9]+/staging/", elsewhere.replace("PORT", port)));
    assertThat(run("push", source.toString(), "team/app:1")).isEqualTo(5);
    assertThat(text(err))
        .matches("lamella: [^\n]*the store names[^\n]+\n")
        .doesNotContain("secret");
    assertThat(store.count("PUT .*")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "Cookie",
        "Host",
        "X-aws-ec2-metadata-token",
        "x-amz-copy-source"
      })
  void header_thatNoPartNeeds_isRefused(String header) throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 100);
    rewrite("/v1/uploads.*", text -> text.replace("x-amz-meta-part", header));
    assertThat(run("push", source.toString(), "team/app:1")).isEqualTo(5);
    assertThat(text(err)).contains("header").contains(header.toLowerCase(java.util.Locale.ROOT));
    assertThat(store.count("PUT .*")).isZero();
  }

  @Test
  void redirect_ofAPart_isNotFollowed() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 100);
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/staging/")) {
            return false;
          }
          exchange.getResponseHeaders().set("Location", store.url() + "/elsewhere");
          FakeStore.send(exchange, 307, new byte[0]);
          return true;
        });
    assertThat(run("push", source.toString(), "team/app:1")).isEqualTo(6);
    assertThat(store.count(".* /elsewhere")).isZero();
  }

  @Test
  void password_ofTheStore_isNeverShown() {
    for (String url :
        List.of(
            "http://user:secret@127.0.0.1:1", "http://user:sec/ret@127.0.0.1:1", "user:secret@x")) {
      err.reset();
      assertThat(Lamella.execute("images", "--verbose", "--to", url)).isEqualTo(2);
      assertThat(text(err)).doesNotContain("secret").doesNotContain("sec/ret");
    }
  }

  @Test
  void images_inPagesThatGoInCircles_end() {
    AtomicInteger pages = new AtomicInteger();
    page(
        "/v1/images",
        () -> "{\"images\": [], \"next\": \"team/a" + pages.incrementAndGet() % 2 + "\"}");
    assertThat(run("images")).isEqualTo(5);
    assertThat(text(err)).contains("pages");
  }

  @Test
  void shardMap_inPagesThatStandStill_ends() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 10 * FakeStore.SHARD);
    assertThat(run("push", source.toString(), "team/app:1")).isZero();
    rewrite("/v1/layers/.*", text -> text.replace("\"next\":null", "\"next\":0"));
    AtomicInteger asked = new AtomicInteger();
    store.troubles.add(0, exchange -> asked.incrementAndGet() > ENOUGH && fail(exchange));
    assertThat(run("inspect", "team/app:1")).isEqualTo(4);
  }

  @Test
  void indexes_thatNameThemselvesOverAndOver_end() {
    String digest = "sha256:" + "0".repeat(64);
    String child =
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":1,\"digest\":\"%s\"}"
            .formatted(digest);
    AtomicInteger asked = new AtomicInteger();
    page("/v2/.*", () -> "{}");
    page(
        "/v1/images/.*",
        () -> {
          int number = asked.incrementAndGet();
          String other = child.replace("0000", "%04d".formatted(number % 10_000));
          return "{\"image\":\"a\",\"reference\":\"1\",\"digest\":\"%s\",\"mediaType\":\"x\",\"layers\":[],\"manifests\":[%s,%s]}"
              .formatted(
                  digest, other, child.replace("0000", "%04d".formatted(5000 + number % 4000)));
        });
    assertThat(run("inspect", "a:1")).isEqualTo(5);
    assertThat(text(err)).contains("manifests");
  }

  /** 480 MiB of them. */
  @Test
  void manifests_thatWouldFillTheMemory_areRefused() {
    int size = 4 << 20;
    StringBuilder index = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      index
          .append(i == 0 ? "" : ",")
          .append(
              "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":%d,\"digest\":\"%s\"}"
                  .formatted(size, digest(padded(i, size))));
    }
    byte[] root =
        ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
                + index
                + "]}")
            .getBytes(StandardCharsets.UTF_8);
    AtomicInteger asked = new AtomicInteger(-1);
    store.troubles.add(
        exchange -> {
          boolean isRoot = exchange.getRequestURI().getPath().endsWith("/1");
          exchange
              .getResponseHeaders()
              .set(
                  "Content-Type",
                  "application/vnd.oci.image." + (isRoot ? "index" : "manifest") + ".v1+json");
          FakeStore.send(exchange, 200, isRoot ? root : padded(asked.incrementAndGet(), size));
          return true;
        });
    assertThat(run("pull", "a:1", directory.resolve("to").toString())).isEqualTo(5);
    assertThat(text(err)).contains("bytes");
    assertThat(asked.get()).isLessThan(16);
  }

  @Test
  void error_thatNeverEnds_isCutOff() {
    AtomicInteger sent = new AtomicInteger();
    store.troubles.add(
        exchange -> {
          exchange.sendResponseHeaders(404, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            for (; sent.get() < ENOUGH; sent.incrementAndGet()) {
              body.write(new byte[100_000]);
            }
          } catch (IOException _) {
            // The host has had enough.
          }
          return true;
        });
    assertThat(run("images")).isEqualTo(5);
    assertThat(text(err)).contains("404");
    assertThat(sent.get()).isLessThan(ENOUGH / 2);
  }

  private static byte[] padded(int number, int size) {
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"x/%d\",\"size\":1,\"digest\":\"%s\"},\"layers\":[]}"
            .formatted(number, "sha256:" + "0".repeat(64));
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) ' ');
    byte[] text = manifest.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, bytes, 0, text.length);
    return bytes;
  }

  private static Digest digest(byte[] bytes) {
    return Digest.of(Digest.Algorithm.SHA256, bytes);
  }

  private static String json(String text) {
    return new String(Json.write(text), StandardCharsets.UTF_8);
  }

  /** Nothing but printable text and the ends of lines went to either stream. */
  private void assertPlain() {
    assertThat(text(out) + text(err))
        .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]");
  }

  private void answer(String path, int status, Object body) {
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals(path)) {
            return false;
          }
          FakeStore.answer(exchange, status, body);
          return true;
        });
  }

  /** Answers so many times, and then fails, so that a host that never ends does. */
  private void page(String regex, java.util.function.Supplier<String> body) {
    AtomicInteger asked = new AtomicInteger();
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().matches(regex)) {
            return false;
          }
          if (asked.incrementAndGet() > 50 * ENOUGH) {
            return fail(exchange);
          }
          FakeStore.send(exchange, 200, body.get().getBytes(StandardCharsets.UTF_8));
          return true;
        });
  }

  private static boolean fail(HttpExchange exchange) throws IOException {
    FakeStore.send(exchange, 500, new byte[0]);
    return true;
  }

  /** Gets the real answer by a request of its own, and changes it. */
  private void rewrite(String regex, UnaryOperator<String> change) {
    HttpClient http = HttpClient.newHttpClient();
    store.troubles.add(
        exchange -> {
          URI uri = exchange.getRequestURI();
          if (exchange.getRequestHeaders().containsKey("X-Real") || !uri.getPath().matches(regex)) {
            return false;
          }
          byte[] body = exchange.getRequestBody().readAllBytes();
          HttpRequest request =
              HttpRequest.newBuilder(store.url().resolve(uri))
                  .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                  .header("X-Real", "yes")
                  .build();
          try {
            var answer = http.send(request, BodyHandlers.ofString());
            byte[] changed = change.apply(answer.body()).getBytes(StandardCharsets.UTF_8);
            FakeStore.send(exchange, answer.statusCode(), changed);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return true;
        });
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--to";
    all[arguments.length + 1] = store.url().toString();
    return Lamella.execute(all);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
