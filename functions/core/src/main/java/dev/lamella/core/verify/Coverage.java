package dev.lamella.core.verify;

import dev.lamella.core.layer.Layer;
import dev.lamella.core.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a job could not do, and whether jobs like it prove every layer in time. */
public final class Coverage {
  private final LayersInScope layers;
  private final VerifySettings settings;
  private final InstantSource clock;

  public Coverage(LayersInScope layers, VerifySettings settings, InstantSource clock) {
    this.layers = layers;
    this.settings = settings;
    this.clock = clock;
  }

  List<String> warnings(Report job) {
    List<String> warnings = new ArrayList<>();
    if (job.tally().unread() > 0) {
      warnings.add(
          job.tally().unread()
              + " shards could not be read: see the findings for their storage servers");
    }
    if (job.shared() > 0) {
      warnings.add(job.shared() + " layers were left to another job, which proves them");
    }
    if (Stage.rest(job).isPresent()) {
      warnings.add("the budget ended before all was looked at: the next job goes on there");
    }
    if (job.scope().deep() && job.scope().name().isEmpty()) {
      warnAboutTime(job, warnings);
    }
    return warnings;
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
    Duration needed =
        settings.every().multipliedBy(Math.ceilDiv(total, Math.max(1, job.planned())));
    if (left > 0 && needed.compareTo(settings.within()) > 0) {
      warnings.add(
          "at %d bytes a job, proving all %d bytes takes %d days, not %d: raise the budget"
              .formatted(job.planned(), total, Math.ceilDiv(needed.toHours(), 24), days));
    }
    if (overdue > 0) {
      warnings.add(overdue + " layers were last proven more than " + days + " days ago");
    }
  }
}
