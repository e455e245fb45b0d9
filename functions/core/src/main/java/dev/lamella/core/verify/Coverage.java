package dev.lamella.core.verify;

import dev.lamella.core.Counted;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a job did not look at, and whether jobs like it prove every layer in time. */
public final class Coverage {
  /** So many layers that were not looked at are counted. */
  private static final int MOST_LEFT = 1_000;

  /** For PiBs, with a budget of some bytes, there would be more than time can be counted in. */
  private static final long MOST_JOBS = 1_000_000_000;

  private final ReportIndex reports;
  private final LayersInScope layers;
  private final VerifySettings settings;
  private final InstantSource clock;

  public Coverage(
      ReportIndex reports, LayersInScope layers, VerifySettings settings, InstantSource clock) {
    this.reports = reports;
    this.layers = layers;
    this.settings = settings;
    this.clock = clock;
  }

  /** None of a job that has looked at all of its scope, and could. */
  List<String> warnings(Report job) {
    List<String> warnings = new ArrayList<>();
    if (job.tally().unread() > 0) {
      warnings.add(
          Counted.of(job.tally().unread(), "shard")
              + " could not be read: see the findings for their storage servers");
    }
    if (job.shared() > 0) {
      warnings.add(
          Counted.were(job.shared(), "layer") + " left to another job, which proves what it has");
    }
    if (reports.last(job.scope()).flatMap(Report::rest).isPresent()) {
      warnings.add(
          "it began where the last job's budget had ended, and did not look at what that one had");
    }
    if (job.isCutOff()) {
      warnings.add(
          "the budget ended: %s looked at, %s; the next job goes on there"
              .formatted(Counted.were(job.layers(), "layer"), left(job)));
    }
    if (job.scope().deep() && job.scope().name().isEmpty()) {
      warnAboutTime(job, warnings);
    }
    return warnings;
  }

  private String left(Report job) {
    long count = layers.left(job, job.cursor(), MOST_LEFT);
    return count < MOST_LEFT
        ? Counted.were(count, "other") + " not"
        : count + " or more others were not";
  }

  private void warnAboutTime(Report job, List<String> warnings) {
    Instant latest = clock.instant().minus(settings.within());
    long total = 0;
    long left = 0;
    long overdue = 0;
    for (Iterator<Layer> all = layers.all(clock.instant().plusMillis(1)).iterator();
        all.hasNext(); ) {
      Layer layer = all.next();
      Instant proven = layer.verified().orElse(layer.committed());
      total += layer.slicing().size();
      left += proven.isBefore(job.started()) ? 1 : 0;
      overdue += proven.isBefore(latest) && !layer.isDamaged() ? 1 : 0;
    }
    long days = settings.within().toDays();
    long jobs = Math.min(MOST_JOBS, Math.ceilDiv(total, Math.max(1, job.planned())));
    Duration needed = settings.every().multipliedBy(jobs);
    if (left > 0 && needed.compareTo(settings.within()) > 0) {
      warnings.add(
          "at %d bytes a job, proving all %d bytes takes %s, not %d: raise the budget"
              .formatted(
                  job.planned(),
                  total,
                  Counted.of(Math.ceilDiv(needed.toHours(), 24), "day"),
                  days));
    }
    if (overdue > 0) {
      warnings.add(
          Counted.were(overdue, "layer")
              + " last proven more than "
              + Counted.of(days, "day")
              + " ago");
    }
  }
}
