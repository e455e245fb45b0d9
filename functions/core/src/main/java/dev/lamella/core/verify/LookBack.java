package dev.lamella.core.verify;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.orphan.FindOrphans;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Orphan;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Report.Orphans;
import dev.lamella.core.report.Step;
import dev.lamella.core.verify.Stage.Kind;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The steps of a job that look from what is stored to what should lead there, a page each. */
final class LookBack {
  /** Notes at a time: each is a short request. */
  private static final int WIDTH = 64;

  /** So many orphans are named in a report, and as many ids without an owner; all are counted. */
  private static final int MOST_ORPHANS = 1_000;

  /** In a cursor among the records, instead of the last id without an owner. */
  private static final String NOBODY = "-";

  private final FindOrphans orphans;
  private final ShardStore store;
  private final ReportIndex reports;
  private final WorkIndex works;
  private final InstantSource clock;

  LookBack(
      FindOrphans orphans,
      ShardStore store,
      ReportIndex reports,
      WorkIndex works,
      InstantSource clock) {
    this.orphans = orphans;
    this.store = store;
    this.reports = reports;
    this.works = works;
    this.clock = clock;
  }

  /** A page of one storage server's objects; after the last server, the records are next. */
  void atObjects(Report job, Stage stage) {
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

  void atRecords(Report job, Stage stage) {
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

  private void move(Report job, Step step) {
    works.move(job, step, clock.instant());
  }
}
