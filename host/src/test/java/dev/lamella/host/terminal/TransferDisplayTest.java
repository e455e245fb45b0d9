package dev.lamella.host.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TransferDisplayTest {
  private static final Digest BLOB = Digest.parse("sha256:" + "ab".repeat(32));
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void bar_halfway_showsBytesSpeedAndTimeLeft() {
    try (TransferDisplay display = display(true)) {
      display.begin(BLOB, 20_000_000);
      display.moved(BLOB, 10_000_000);
      assertThat(display.bar(Duration.ofSeconds(2).toNanos()))
          .isEqualTo("[============            ] 10 MB of 20 MB sent, 5.0 MB/s, 2 s left");
    }
  }

  @Test
  void bar_whenTriesFailed_staysWithinItself() {
    try (TransferDisplay display = display(true)) {
      assertThat(display.bar(0)).isEqualTo("Finding out what is to be sent, 0 s");
      display.begin(BLOB, 10);
      assertThat(display.bar(0)).contains("? left");
      display.moved(BLOB, 25);
      assertThat(display.bar(1)).startsWith("[========================] 10 B of 10 B");
      display.moved(BLOB, -50);
      assertThat(display.bar(1)).contains(" 0 B of 10 B");
    }
  }

  @Test
  void bar_whenAllIsMoved_saysWhatItWaitsFor() {
    try (TransferDisplay display = display(true)) {
      display.begin(BLOB, 10);
      display.moved(BLOB, 10);
      assertThat(display.bar(1)).endsWith("waiting for 1 layer").doesNotContain("left");
      display.end(BLOB, "sent");
      assertThat(display.bar(1)).endsWith("ending");
    }
  }

  /** What is longer than a line could not be drawn over, and each time would be another line. */
  @Test
  void bar_ofANarrowTerminal_isLeftOutAndTheLineIsCutOff() {
    Terminal narrow =
        new Terminal(new PrintStream(written, true, StandardCharsets.UTF_8), true, false, 40);
    try (TransferDisplay display = TransferDisplay.on(narrow, "sent")) {
      display.begin(BLOB, 20_000_000);
      display.moved(BLOB, 10_000_000);
      assertThat(display.bar(Duration.ofSeconds(2).toNanos()))
          .isEqualTo("10 MB of 20 MB sent, 5.0 MB/s, 2 s left");
      new LiveLine(narrow).draw("x".repeat(100));
    }
    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("\u001b[?7l" + "x".repeat(100) + "\u001b[?7h")
        .doesNotContain("\n");
  }

  @Test
  void lines_withoutATerminal_arePlain() {
    try (TransferDisplay display = display(false)) {
      display.begin(BLOB, 10);
      display.moved(BLOB, 10);
      display.end(BLOB, "sent");
    }
    assertThat(written.toString(StandardCharsets.UTF_8)).matches("sha256:(ab){6}  sent\\R");
  }

  @ParameterizedTest
  @CsvSource({"0,0 B", "999,999 B", "1000,1.0 kB", "8388608,8.4 MB", "2147483648,2.1 GB"})
  void bytes_areReadable(long bytes, String text) {
    assertThat(Bytes.text(bytes)).isEqualTo(text);
  }

  private TransferDisplay display(boolean interactive) {
    PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    return TransferDisplay.on(new Terminal(out, interactive, false, 80), "sent");
  }
}
