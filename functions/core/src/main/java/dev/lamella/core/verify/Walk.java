package dev.lamella.core.verify;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.orphan.FindOrphans;
import dev.lamella.core.port.LayerIndex.Due;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.Orphan;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Report.Orphans;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Step;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import dev.lamella.core.verify.Stage.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Goes through all that a job looks at, takes layer after layer into work and hands their shards
 * out in batches. Each step is one conditional write that moves the job's cursor: an invocation
 * that is cut off is followed by another that goes on there, and two at once share the way.
 */
public final class Walk {
  /** Hand-overs at a time: each is a short request. */
  private static final int WIDTH = 64;

  /** Of a light look a shard costs less than a request: one batch has all that a layer can have. */
  private static final int LIGHT_BATCH = Slicing.MOST_SHARDS;

  /** So many orphans are named in a report, and as many ids without an owner; all are counted. */
  private static final int MOST_ORPHANS = 1_000;

  /** In this time the batches of a layer are handed out. */
  private static final Duration HANDING_OUT = Duration.ofMinutes(2);

  /** In a cursor among the records, instead of the last id without an owner. */
  private static final String NOBODY = "-";

  private static final Step END = Step.end(Stage.cursor(Kind.END, ""));

  private final ReportIndex reports;
  private final WorkIndex works;
  private final LayersInScope layers;
  private final FindOrphans orphans;
  private final ShardStore store;
  private final Verifiers verifiers;
  private final Settle settle;
  private final VerifySettings settings;
  private final InstantSource clock;

  public Walk(
      ReportIndex reports,
      WorkIndex works,
      LayersInScope layers,
      FindOrphans orphans,
      ShardStore store,
      Verifiers verifiers,
      Settle settle,
      VerifySettings settings,
      InstantSource clock) {
    this.reports = reports;
    this.works = works;
    this.layers = layers;
    this.orphans = orphans;
    this.store = store;
    this.verifiers = verifiers;
    this.settle = settle;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Goes on with a job until it has taken on all that it will, or until the deadline: then another
   * invocation goes on. Twice is as once.
   *
   * @throws dev.lamella.core.Refusal {@code VERIFICATION_UNKNOWN}
   */
  public void run(ReportId id, Instant deadline) {
    Report job = reports.find(id).orElseThrow(id::unknown);
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

  private void step(Report job, Instant deadline) {
    Stage stage = Stage.of(job);
    if (stage.kind() != Kind.LAYERS && !job.affords(0, clock.instant())) {
      move(job, cutOff(job));
      return;
    }
    switch (stage.kind()) {
      case LAYERS -> takeLayers(job, stage, deadline);
      case OBJECTS -> lookAtObjects(job, stage);
      case RECORDS -> lookAtRecords(job, stage);
      case END -> move(job, END);
    }
  }

  private void takeLayers(Report begin, Stage stage, Instant deadline) {
    List<Due> page = layers.after(begin, stage.at());
    if (page.isEmpty()) {
      move(begin, begin.looksBack() ? Step.to(Stage.cursor(Kind.OBJECTS, "")) : END);
      return;
    }
    Report job = begin;
    for (Due due : page) {
      Instant now = clock.instant();
      long bytes = due.layer().slicing().size();
      if (!job.affords(bytes, now)) {
        move(job, cutOff(job));
        return;
      }
      String cursor = Stage.cursor(Kind.LAYERS, due.place());
      if (!now.isBefore(deadline) || !take(job, due.layer(), cursor)) {
        return;
      }
      job = job.at(cursor, bytes);
    }
  }

  /** Whether the job's cursor has moved past the layer. */
  private boolean take(Report job, Layer layer, String cursor) {
    Instant now = clock.instant();
    boolean isProven =
        job.scope().deep() && layer.verified().filter(job.started()::isBefore).isPresent();
    if (isProven) {
      return move(job, Step.to(cursor)); // By this job, or by another one meanwhile.
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
      case NOT_FREE -> move(job, Step.past(cursor));
      case NOT_NEEDED -> move(job, Step.to(cursor));
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

  /** A page of one storage server's objects; after the last server, the records are next. */
  private void lookAtObjects(Report job, Stage stage) {
    List<String> servers = store.servers();
    String[] at = stage.at().orElse("").split(" ", 2);
    int server = Math.max(0, servers.indexOf(at[0]));
    if (servers.isEmpty()) {
      move(job, Step.to(Stage.cursor(Kind.RECORDS, "")));
      return;
    }
    Optional<String> from = at.length == 2 ? Optional.of(at[1]) : Optional.empty();
    Page<Orphan> page = orphans.objects(servers.get(server), from);
    name(page.items(), job.orphans().objects(), orphan -> reports.note(job.id(), orphan));
    Orphans found =
        new Orphans(page.items().size(), page.items().stream().mapToLong(Orphan::size).sum(), 0);
    boolean isLastServer = server == servers.size() - 1;
    String next =
        page.next()
            .map(cursor -> Stage.cursor(Kind.OBJECTS, servers.get(server) + " " + cursor))
            .orElseGet(
                () ->
                    isLastServer
                        ? Stage.cursor(Kind.RECORDS, "")
                        : Stage.cursor(Kind.OBJECTS, servers.get(server + 1)));
    move(job, new Step(next, false, 0, found, 1));
  }

  /** Names as many as there is room for beside those that are named already. */
  private static <T> void name(List<T> found, long named, Consumer<T> note) {
    long room = Math.max(0, MOST_ORPHANS - named);
    Parallel.map(
        found.stream().limit(room).toList(),
        WIDTH,
        one -> {
          note.accept(one);
          return one;
        });
  }

  private void lookAtRecords(Report job, Stage stage) {
    String[] at = stage.at().orElse(NOBODY).split(" ", 2);
    Page<LayerId> page = orphans.records(at.length == 2 ? Optional.of(at[1]) : Optional.empty());
    // The records of one id follow each other, and may be on two pages.
    List<LayerId> ownerless =
        page.items().stream().distinct().filter(id -> !id.value().equals(at[0])).toList();
    name(ownerless, job.orphans().ownerless(), id -> reports.note(job.id(), id));
    String last = page.items().isEmpty() ? at[0] : page.items().getLast().value();
    String next =
        page.next()
            .map(cursor -> Stage.cursor(Kind.RECORDS, last + " " + cursor))
            .orElse(Stage.cursor(Kind.END, ""));
    Orphans found = new Orphans(0, 0, ownerless.size());
    move(job, new Step(next, page.next().isEmpty(), 0, found, 0));
  }

  /** Where it is, the next job of its scope goes on. */
  private static Step cutOff(Report job) {
    return Step.end(job.cursor().orElse(Stage.cursor(Kind.LAYERS, "")));
  }

  private boolean move(Report job, Step step) {
    return works.move(job, step, clock.instant());
  }
}
