package dev.lamella.host.verify;

import dev.lamella.core.Counted;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.terminal.Bytes;
import dev.lamella.host.terminal.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A verification's report, for people. */
public final class ReportText {
  private ReportText() {}

  public static String of(VerificationReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s verification %s of %s: %s, %s, %s read by %s in %d s"
            .formatted(
                report.deep() ? "Deep" : "Light",
                report.id(),
                report.name().map(NamePattern::toString).orElse("all images"),
                Counted.of(report.layers(), "layer"),
                Counted.of(report.looked().shards(), "shard"),
                Bytes.text(report.looked().bytes()),
                Counted.of(report.looked().requests(), "request"),
                seconds(report)));
    report.warnings().forEach(warning -> lines.add(Plain.line("Warning: " + warning)));
    if (!report.damage().isEmpty()) {
      lines.add(table(report.damage()).toString());
    }
    lines.add(end(report));
    return String.join(System.lineSeparator(), lines);
  }

  private static String end(VerificationReport report) {
    if (report.damage().stream().anyMatch(one -> one.kind().isDamage() && !one.repaired())) {
      return "Push the layers again to heal them: only what is damaged will be sent";
    }
    if (!report.warnings().isEmpty()) {
      return "All that was looked at is well";
    }
    if (!report.damage().isEmpty()) {
      return "All well by now";
    }
    return report.deep() ? "All well: every shard is proven" : "All well";
  }

  private static Table table(List<Damage> damages) {
    Table table = new Table("LAYER", "SHARD", "SERVER", "WHAT", "IMAGES", "WHY");
    for (Damage damage : damages) {
      String kind = damage.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      table.row(
          damage.layer().toString(),
          Integer.toString(damage.shard()),
          damage.server(),
          damage.repaired() ? kind + ", repaired since" : kind,
          damage.images().stream().map(RepositoryName::value).collect(Collectors.joining(", ")),
          damage.why());
    }
    return table;
  }

  private static long seconds(VerificationReport report) {
    return report
        .finished()
        .map(finished -> Duration.between(report.started(), finished).toSeconds())
        .orElse(0L);
  }
}
