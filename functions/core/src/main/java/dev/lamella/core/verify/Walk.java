package dev.lamella.core.verify;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex.Due;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Advance;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Goes through all that a job looks at, takes layer after layer into work and hands their shards
 * out in batches. Each step is one conditional write that moves the job's cursor: an invocation
 * that is cut off is followed by another that goes on there, and two at once share the way.
 */
public final class Walk {
  /** Hand-overs at a time: each is a short request. */
  private static final int WIDTH = 64;

  /** A light look at a shard costs less than a request: one batch has all that a layer can have. */
  private static final int LIGHT_BATCH = Slicing.MOST_SHARDS;

  /** In this time the batches of a layer are handed out. */
  private static final Duration HANDING_OUT = Duration.ofMinutes(2);

  private final ReportIndex reports;
  private final WorkIndex works;
  private final LayersInScope layers;
  private final Verifiers verifiers;
  private final Settle settle;
  private final VerifySettings settings;
  private final InstantSource clock;

  public Walk(
      ReportIndex reports,
      WorkIndex works,
      LayersInScope layers,
      Verifiers verifiers,
      Settle settle,
      VerifySettings settings,
      InstantSource clock) {
    this.reports = reports;
    this.works = works;
    this.layers = layers;
    this.verifiers = verifiers;
    this.settle = settle;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Goes on with a job until it has taken on all that it will, or until the deadline: then another
   * invocation goes on. Where a step fails, and not because something does not answer for now, the
   * job ends: the step would fail again. Idempotent.
   *
   * @throws dev.lamella.core.Refusal {@code VERIFICATION_UNKNOWN}
   */
  public void run(ReportId id, Instant deadline) {
    Report job = reports.find(id).orElseThrow(id::unknown);
    try {
      goOn(job, deadline);
    } catch (Unavailable e) {
      throw e; // Lambda tries again, and after that the next start does.
    } catch (RuntimeException e) {
      reports.fail(id, "given up: " + quoted(String.valueOf(e)), clock.instant());
      throw e;
    }
  }

  private void goOn(Report begun, Instant deadline) {
    ReportId id = begun.id();
    Report job = begun;
    if (job.isRunning()) {
      takeUp(job);
    }
    while (job.isRunning() && !job.walked()) {
      if (!clock.instant().isBefore(deadline)) {
        verifiers.run(id);
        return;
      }
      step(job, deadline);
      job = reports.find(id).orElseThrow(id::unknown);
    }
    settle.finish(job);
  }

  /** Hands out again what was handed out and has not come back in time, or never was. */
  private void takeUp(Report job) {
    for (Work work : works.works(job.id())) {
      if (work.isDone()) {
        var _ = settle.settle(job, work);
      } else if (work.lease().isBefore(clock.instant())) {
        handOut(job, work);
      }
    }
  }

  private void step(Report begin, Instant deadline) {
    List<Due> page = layers.after(begin, begin.cursor());
    if (page.isEmpty()) {
      move(begin, Advance.END);
      return;
    }
    Report job = begin;
    for (Due due : page) {
      Instant now = clock.instant();
      long bytes = due.layer().slicing().size();
      if (!job.affords(bytes, now)) {
        move(job, Advance.stop(job));
        return;
      }
      if (!now.isBefore(deadline) || !take(job, due.layer(), due.place())) {
        return;
      }
      job = job.at(due.place(), bytes);
    }
  }

  /** Whether the job's cursor has moved past the layer. */
  private boolean take(Report job, Layer layer, String cursor) {
    Instant now = clock.instant();
    boolean isProven =
        job.scope().deep() && layer.verified().filter(job.started()::isBefore).isPresent();
    if (isProven) {
      return move(job, Advance.to(cursor)); // By this job, or by another one meanwhile.
    }
    int perBatch =
        job.scope().deep()
            ? (int) Math.max(1, settings.bytesPerBatch() / layer.slicing().shardSize())
            : LIGHT_BATCH;
    Work work =
        new Work(
            layer.digest(),
            layer.id(),
            layer.slicing().count(),
            perBatch,
            now.plus(HANDING_OUT),
            Set.of(),
            Tally.NOTHING);
    return switch (works.take(job, cursor, work, layer.slicing().size(), now)) {
      case TAKEN -> {
        handOut(job, work);
        yield true;
      }
      case NOT_FREE -> move(job, Advance.past(cursor));
      case NOT_NEEDED -> move(job, Advance.to(cursor));
      case MOVED -> false;
    };
  }

  private void handOut(Report job, Work work) {
    Parallel.map(
        work.left().boxed().toList(),
        WIDTH,
        number -> {
          verifiers.verify(Batch.of(job.id(), work, number));
          return number;
        });
    works.lease(job.id(), work.digest(), clock.instant().plus(settings.lease()));
  }

  private boolean move(Report job, Advance advance) {
    return works.move(job, advance, clock.instant());
  }
}
