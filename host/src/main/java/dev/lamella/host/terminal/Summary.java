package dev.lamella.host.terminal;

import dev.lamella.core.Counted;
import dev.lamella.core.Quoted;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.pull.LeftOut;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.pull.PullReport.AbsentLayer;
import dev.lamella.host.pull.PullReport.PulledLayer;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.PushReport.PushedLayer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was done, in one line, or one for each thing that the user should know. */
public final class Summary {
  private static final int MOST_URLS = 3;
  private static final int MOST_LEFT_OUT = 10;

  private Summary() {}

  public static String of(PushReport report) {
    long sent = report.layers().stream().filter(PushedLayer::sent).count();
    return Plain.line(
        "Pushed %s (%s): %s sent%s, %s in %s"
            .formatted(
                report.image(),
                report.digest(),
                Counted.of(sent, report.layers().size(), "blob"),
                referring(report.referrers()),
                Bytes.text(report.bytes()),
                seconds(report.millis())));
  }

  /** A line more for each layer that is not there, and for what refers to the image and is not. */
  public static String of(PullReport report) {
    long kept = report.layers().stream().filter(PulledLayer::kept).count();
    String pulled =
        "Pulled %s (%s) to %s: %s fetched%s, %s in %s, all proven"
            .formatted(
                report.image(),
                report.digest(),
                report.target(),
                Counted.of(
                    report.layers().size() - kept,
                    report.layers().size() + report.absent().size(),
                    "blob"),
                referring(report.referrers()),
                Bytes.text(report.bytes()),
                seconds(report.millis()));
    return Stream.of(
            Stream.of(pulled),
            report.absent().stream().map(Summary::line),
            report.leftOut().stream().limit(MOST_LEFT_OUT).map(Summary::line),
            more(report.leftOut().size()))
        .flatMap(lines -> lines)
        .map(Plain::line)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String line(LeftOut leftOut) {
    return "Left out: %s: %s".formatted(leftOut.what(), leftOut.reason());
  }

  private static Stream<String> more(int leftOut) {
    return leftOut > MOST_LEFT_OUT
        ? Stream.of("Left out: %d more; --json names them".formatted(leftOut - MOST_LEFT_OUT))
        : Stream.of();
  }

  private static String referring(int manifests) {
    return manifests == 0
        ? ""
        : ", with %d manifest%s that refer%s to it"
            .formatted(manifests, manifests == 1 ? "" : "s", manifests == 1 ? "s" : "");
  }

  private static String line(AbsentLayer layer) {
    return "Left out: layer %s (%s), which the store does not have; %s"
        .formatted(
            layer.digest(),
            Bytes.text(layer.size()),
            layer.urls().isEmpty()
                ? "its manifest does not say where it is"
                : "its manifest says it is at "
                    + layer.urls().stream()
                        .limit(MOST_URLS)
                        .map(Quoted::quoted)
                        .collect(Collectors.joining(", ")));
  }

  private static String seconds(long millis) {
    return "%d.%d s".formatted(millis / 1000, millis % 1000 / 100);
  }
}
