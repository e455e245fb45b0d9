package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.VerificationReport;
import dev.lamella.host.terminal.Terminal;
import dev.lamella.host.verify.AwaitVerification;
import dev.lamella.host.verify.Reports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AwaitVerificationTest {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final VerificationReport DONE = Reports.done(true, List.of());

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Deque<VerificationReport> answers = new ArrayDeque<>();
  @TempDir private Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(directory);
    bench.store.troubles.add(
        exchange -> {
          // The last one stays, for a call that is tried again on a slow machine.
          FakeStore.answer(
              exchange, 200, answers.size() > 1 ? answers.remove() : answers.element());
          return true;
        });
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void terminal_showsABarUntilItIsDone_andClearsIt() {
    answers.add(Reports.running(true, 3, 1));
    answers.add(DONE);
    assertThat(await(true, Reports.running(true, 0, 4))).isEqualTo(DONE);
    assertThat(written.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            CLEAR_LINE
                + "\u001b[?7l[                  ] 0 of 4 layers, 12 shards, 1.5 MB of 4.0 MB read,"
                + " 0 damaged\u001b[?7h"
                + CLEAR_LINE
                + "\u001b[?7l[=============     ] 3 of 4 layers, 12 shards, 1.5 MB of 4.0 MB read,"
                + " 0 damaged\u001b[?7h"
                + CLEAR_LINE);
  }

  @Test
  void terminal_lightJobThatHasTakenOnNothing_saysNothingOfBytes() {
    answers.add(DONE);
    await(true, Reports.running(false, 0, 0));
    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("[                        ] 0 of 0 layers, 12 shards, 0 damaged");
  }

  @Test
  void noTerminal_shortJob_showsNothing() {
    answers.add(DONE);
    assertThat(await(false, Reports.running(true, 0, 4))).isEqualTo(DONE);
    assertThat(written.size()).isZero();
  }

  private VerificationReport await(boolean interactive, VerificationReport begun) {
    PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    return new AwaitVerification(bench.client(), new Terminal(out, interactive, false, 80))
        .await(begun);
  }
}
