package dev.lamella.host.terminal;

import dev.lamella.host.outcome.Plain;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.PushReport.PushedLayer;

/** What was done, in one line. */
public final class Report {
  private Report() {}

  public static String of(PushReport report) {
    long sent = report.layers().stream().filter(PushedLayer::sent).count();
    return Plain.line(
        "Pushed %s:%s (%s): %s sent, %s in %s"
            .formatted(
                report.image(),
                report.tag(),
                report.digest(),
                Counted.of(sent, report.layers().size(), "blob"),
                Bytes.text(report.bytes()),
                seconds(report.millis())));
  }

  public static String of(PullReport report) {
    long kept = report.layers().stream().filter(PulledLayer::kept).count();
    return Plain.line(
        "Pulled %s (%s) to %s: %s fetched, %s in %s, all proven"
            .formatted(
                report.image(),
                report.digest(),
                report.target(),
                Counted.of(report.layers().size() - kept, report.layers().size(), "blob"),
                Bytes.text(report.bytes()),
                seconds(report.millis())));
  }

  private static String seconds(long millis) {
    return "%d.%d s".formatted(millis / 1000, millis % 1000 / 100);
  }
}
