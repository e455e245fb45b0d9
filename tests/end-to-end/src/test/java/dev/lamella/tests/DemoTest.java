package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.host.Lamella;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says to try first. */
class DemoTest {
  private static final Pattern SAME = Pattern.compile("Every one of (\\d+) digests is the same\\.");

  /** A layer's line: the digest, bytes, shards, and how many are on each storage server. */
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^([0-9a-f]{12}|together) +[\\d,]+ +(\\d+) +(\\d+) +(\\d+) +(\\d+) +(\\d+)$");

  @TempDir Path directory;

  @Test
  void demo_s3Near_comparesEveryDigestAndShowsWhereTheShardsAre() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path output = directory.resolve("output");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "-Dlamella.home=" + StackTest.ROOT,
                "-cp",
                System.getProperty("java.class.path"),
                Lamella.class.getName(),
                "demo",
                "--s3-bandwidth=0",
                "--s3-latency=0")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(demo.waitFor(5, TimeUnit.MINUTES)).as("whether it ends").isTrue();
    } finally {
      demo.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(demo.exitValue()).as(said).isZero();

    // Three layers and their config.
    MatchResult same = SAME.matcher(said).results().findFirst().orElseThrow();
    assertThat(Integer.parseInt(same.group(1))).as(said).isEqualTo(4);
    assertThat(said).contains("shards on s0  s1  s2  s3\n");
    List<MatchResult> rows = ROW.matcher(said).results().toList();
    assertThat(rows).as(said).hasSize(5);
    assertThat(rows.getLast().group(1)).isEqualTo("together");
    assertThat(rows)
        .allSatisfy(row -> assertThat(number(row, 2)).isEqualTo(onServers(row)).isPositive());
    assertThat(number(rows.getLast(), 2))
        .isEqualTo(rows.stream().limit(4).mapToInt(row -> number(row, 2)).sum());
    for (int server = 3; server <= 6; server++) {
      assertThat(number(rows.getLast(), server)).as("on each storage server").isPositive();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("lamella"));
    }
  }

  private static int onServers(MatchResult row) {
    return IntStream.rangeClosed(3, 6).map(server -> number(row, server)).sum();
  }

  private static int number(MatchResult row, int group) {
    return Integer.parseInt(row.group(group));
  }
}
