package dev.lamella.host.verify;

import dev.lamella.core.Counted;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.report.Report.State;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.terminal.Bytes;
import dev.lamella.host.terminal.LiveLine;
import dev.lamella.host.terminal.Terminal;
import java.time.Duration;

/**
 * Asks for a verification until it is done, and shows how far it is: on a terminal by a bar, else
 * by a line now and then.
 */
public final class AwaitVerification {
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  /** Longer than one invocation of the verifier takes. */
  private static final Duration STANDSTILL = Duration.ofMinutes(10);

  private final StoreClient store;
  private final LiveLine line;
  private long lastLine = System.nanoTime();

  public AwaitVerification(StoreClient store, Terminal terminal) {
    this.store = store;
    this.line = new LiveLine(terminal);
  }

  /**
   * @throws HostFailure {@code UNREACHABLE} where the store does not get on with it
   */
  public VerificationReport await(VerificationReport begun) {
    VerificationReport report = begun;
    long moved = System.nanoTime();
    while (report.state() == State.RUNNING) {
      show(report);
      pause();
      VerificationReport next = store.verification(report.id());
      if (!next.equals(report)) {
        moved = System.nanoTime();
      } else if (System.nanoTime() - moved > STANDSTILL.toNanos()) {
        throw new HostFailure(
            ExitCode.UNREACHABLE,
            "the verifier has not gone on with verification %s for %d minutes: see its log; running"
                    .formatted(report.id(), STANDSTILL.toMinutes())
                + " this again, or its schedule, goes on with it");
      }
      report = next;
    }
    line.clear();
    return report;
  }

  private void show(VerificationReport report) {
    if (line.isPossible()) {
      line.draw(line.bar(report.layers(), report.layers() + report.open(), state(report)));
    } else if (System.nanoTime() - lastLine > BETWEEN_LINES.toNanos()) {
      line.above(state(report));
      lastLine = System.nanoTime();
    }
  }

  private static String state(VerificationReport report) {
    String read =
        report.deep()
            ? ", %s of %s read"
                .formatted(Bytes.text(report.looked().bytes()), Bytes.text(report.planned()))
            : "";
    return "%s, %s%s, %d damaged"
        .formatted(
            Counted.of(report.layers(), report.layers() + report.open(), "layer"),
            Counted.of(report.looked().shards(), "shard"),
            read,
            report.looked().damaged());
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }
}
