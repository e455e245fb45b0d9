package dev.lamella.host.verify;

import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.report.Report.State;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.terminal.Bytes;
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

  private static final int BAR = 24;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final StoreClient store;
  private final Terminal terminal;
  private long lastLine = System.nanoTime();

  public AwaitVerification(StoreClient store, Terminal terminal) {
    this.store = store;
    this.terminal = terminal;
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
    if (terminal.interactive()) {
      terminal.out().print(CLEAR_LINE);
      terminal.out().flush();
    }
    return report;
  }

  private void show(VerificationReport report) {
    if (terminal.interactive()) {
      terminal.out().print(CLEAR_LINE + bar(report));
      terminal.out().flush();
    } else if (System.nanoTime() - lastLine > BETWEEN_LINES.toNanos()) {
      terminal.out().println(state(report));
      lastLine = System.nanoTime();
    }
  }

  private static String bar(VerificationReport report) {
    long all = Math.max(1, report.layers() + report.open());
    int full = (int) (BAR * report.layers() / all);
    return "[%s%s] %s".formatted("=".repeat(full), " ".repeat(BAR - full), state(report));
  }

  private static String state(VerificationReport report) {
    String read =
        report.deep()
            ? ", %s of %s read"
                .formatted(Bytes.text(report.looked().bytes()), Bytes.text(report.planned()))
            : "";
    return "%d of %d layers, %d shards%s, %d damaged"
        .formatted(
            report.layers(),
            report.layers() + report.open(),
            report.looked().shards(),
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
