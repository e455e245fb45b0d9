package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.host.pull.LeftOut;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.terminal.Summary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that lies about what refers to an image: it takes no memory, and the image comes. */
@Timeout(60)
final class HostileReferrersTest {
  private static final String EVIL = "a\u001b]0;b\u0007\rf\ng\u202e";
  private static final int MOST = 1_000;

  /** The image's own layer: it is there already. */
  private static final String CONFIG =
      "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"%s\",\"size\":%d}"
          .formatted(
              Digest.of(Algorithm.SHA256, text("{\"os\":\"linux\",\"layers\":1}")),
              "{\"os\":\"linux\",\"layers\":1}".length());

  /** Far more than a host may ask for: then the store has no more, and the test fails. */
  private static final int ENOUGH = 20 * MOST;

  private final Map<String, byte[]> made = new ConcurrentHashMap<>();

  @TempDir private Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(directory);
    bench.push(TestImage.layout(directory.resolve("layout"), 1, 1000));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void list_thatGoesInCircles_isLeft() {
    AtomicInteger pages = new AtomicInteger();
    answer(
        "/referrers/",
        _ -> index(pages.incrementAndGet() % 2 == 0 ? List.of() : List.of(made("x", 1))),
        "?last=a");
    assertThat(pulled().leftOut()).hasSize(1);
    assertThat(pages).hasValueLessThan(10);
  }

  @Test
  void list_ofPagesThatEachBringOne_isLeft() {
    AtomicInteger pages = new AtomicInteger();
    answer("/referrers/", _ -> index(List.of(made("" + pages.incrementAndGet(), 1))), "?last=a");
    assertThat(pulled().leftOut()).hasSize(1);
    assertThat(pages).hasValueLessThan(100);
  }

  @Test
  void list_ofFarTooMany_isReadToALimitAndNamedInAFewLines() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      many.add(descriptor(Digest.of(Algorithm.SHA256, text("" + i)), 100));
    }
    answer("/referrers/", _ -> index(many), "");
    PullReport report = pulled();
    assertThat(report.leftOut()).hasSize(MOST + 1);
    assertThat(report.leftOut().getLast().what()).isEqualTo("what else refers to the image");
    assertThat(Summary.of(report)).hasLineCount(12);
    assertThat(bench.store.count("GET .*/manifests/.*")).isLessThan(MOST + 10);
  }

  @Test
  void referrers_thatAlwaysHaveReferrers_end() {
    answer(
        "/referrers/",
        path -> index(List.of(made(path.substring(path.lastIndexOf('/') + 1), 1))),
        "");
    PullReport report = pulled();
    assertThat(report.leftOut()).hasSize(1);
    assertThat(report.referrers()).isLessThanOrEqualTo(100);
  }

  @Test
  void tags_thatAlwaysHaveTags_end() {
    bench.store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.contains("/manifests/sha256-")) {
            String subject = path.replaceAll(".*sha256-([0-9a-f]+).*", "sha256:$1");
            made(subject, 1);
            return sends(
                exchange, made.getOrDefault("of " + subject, new byte[0]), TestImage.MANIFEST);
          }
          return false;
        });
    bench.store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith("/tags/list")) {
            return false;
          }
          String prefix = exchange.getRequestURI().getQuery().replaceAll(".*last=([^&]*).*", "$1");
          List<String> tags = new ArrayList<>();
          for (char last : "0123456789abcdef".toCharArray()) {
            tags.add("\"" + prefix + last + ".sig\"");
          }
          String list = "{\"name\":\"team/app\",\"tags\":[" + String.join(",", tags) + "]}";
          return sends(exchange, text(list), "application/json");
        });
    assertThat(pulled().leftOut()).hasSize(1);
  }

  /** 4 GB of them. */
  @Test
  void referrers_thatWouldFillTheMemory_areLeft() {
    List<String> many = new ArrayList<>();
    byte[] large = new byte[4 << 20];
    Arrays.fill(large, (byte) ' ');
    AtomicInteger sent = new AtomicInteger();
    for (int i = 0; i < MOST; i++) {
      many.add(descriptor(Digest.of(Algorithm.SHA256, text("" + i)), large.length));
    }
    answer("/referrers/", _ -> index(many), "");
    bench.store.troubles.add(
        exchange ->
            exchange.getRequestURI().getPath().contains("/manifests/sha256:")
                && sent.incrementAndGet() > 0
                && sends(exchange, large, TestImage.MANIFEST));
    assertThat(pulled().leftOut().getLast().reason()).contains("bytes");
    assertThat(sent).hasValueLessThan(20);
  }

  @Test
  void list_whereEachEntryIsNone_isLeft() {
    answer("/referrers/", _ -> "{\"manifests\":[{\"digest\":\"../../etc\"}]}", "");
    assertThat(pulled().leftOut()).hasSize(1);
  }

  @Test
  void reason_withControlCharacters_isShownAsText() {
    bench.store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().contains("/referrers/")) {
            return false;
          }
          FakeStore.answer(exchange, 403, ErrorAnswer.of("DENIED" + EVIL, EVIL, Map.of()));
          return true;
        });
    PullReport report = pulled();
    assertThat(report.leftOut()).extracting(LeftOut::reason).first().asString().contains("u001b");
    assertThat(Summary.of(report)).doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\n]]").hasLineCount(2);
  }

  /** Whatever refers to it, the image is there. */
  private PullReport pulled() {
    Path target = directory.resolve("target");
    PullReport report = bench.pull(target);
    assertThat(report.isWhole()).isFalse();
    assertThat(bench.push(target).digest()).isEqualTo(report.digest());
    return report;
  }

  private void answer(String path, Function<String, String> body, String next) {
    AtomicInteger asked = new AtomicInteger();
    bench.store.troubles.add(
        exchange -> {
          String asking = exchange.getRequestURI().getPath();
          if (!asking.contains(path) || asked.incrementAndGet() > ENOUGH) {
            return false;
          }
          if (!next.isEmpty()) {
            exchange.getResponseHeaders().set("Link", "<" + asking + next + ">; rel=\"next\"");
          }
          return sends(exchange, text(body.apply(asking)), "application/json");
        });
    bench.store.troubles.add(
        exchange -> {
          String asking = exchange.getRequestURI().getPath();
          Optional<byte[]> manifest =
              Optional.ofNullable(made.get(asking.substring(asking.lastIndexOf('/') + 1)));
          return manifest.isPresent() && sends(exchange, manifest.get(), TestImage.MANIFEST);
        });
  }

  private static boolean sends(HttpExchange exchange, byte[] body, String type) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    FakeStore.send(exchange, 200, body);
    return true;
  }

  /** Makes a manifest that refers to this, and whose only blob is the image's config. */
  private String made(String subject, long size) {
    String about =
        subject.startsWith("sha256:")
            ? ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(TestImage.MANIFEST, subject, size)
            : ",\"annotations\":{\"a\":\"" + subject + "\"}";
    byte[] manifest =
        text(
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[]%s}"
                .formatted(TestImage.MANIFEST, CONFIG, about));
    Digest digest = Digest.of(Algorithm.SHA256, manifest);
    made.put(digest.toString(), manifest);
    made.put("of " + subject, manifest);
    return descriptor(digest, manifest.length);
  }

  private static String index(List<String> manifests) {
    return "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
        + String.join(",", manifests)
        + "]}";
  }

  private static String descriptor(Digest digest, long size) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(TestImage.MANIFEST, digest, size);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
