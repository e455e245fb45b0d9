package dev.lamella.aws;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Orphan;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Verification jobs in DynamoDB, one partition each. Which job of a scope runs, and which ended
 * last, are items of their own. All are in the secondary index under {@code REPORTS} by their ids,
 * so by time.
 */
public final class DynamoReportIndex implements ReportIndex {
  private final Table table;

  DynamoReportIndex(Table table) {
    this.table = table;
  }

  @Override
  public Report open(Report job) {
    return new OneAtATime<>(table, id -> find(new ReportId(id)).filter(Report::isRunning))
        .start(running(job), job.id().value(), ReportItem.of(job), job);
  }

  @Override
  public Optional<Report> find(ReportId id) {
    return table.get(Key.report(id)).map(ReportItem::report);
  }

  @Override
  public Optional<Report> last(Scope scope) {
    return table.get(last(scope.key())).flatMap(item -> find(new ReportId(item.text("id"))));
  }

  @Override
  public Page<Report> list(Optional<String> cursor, int limit) {
    List<Report> page =
        table.lastOfIndex(ReportItem.REPORTS, cursor.orElse(Key.LAST), limit).stream()
            .map(ReportItem::report)
            .toList();
    return new Page<>(
        page, page.size() < limit ? Optional.empty() : Optional.of(page.getLast().id().value()));
  }

  @Override
  public boolean finish(ReportId id, List<String> warnings, Instant now) {
    Optional<Report> job = find(id);
    if (job.isEmpty()) {
      return false;
    }
    Transaction finishing =
        table
            .transaction()
            .update(
                Key.report(id),
                "SET #state = :done, #finished = :now, #seen = :now, #warnings = :warnings",
                "#state = :running AND #walked = :one AND #open = :zero",
                Map.of(
                    ":done", Item.value(Report.State.DONE.name()),
                    ":running", Item.value(Report.State.RUNNING.name()),
                    ":now", Item.value(now),
                    ":warnings", Item.texts(warnings),
                    ":one", Item.value(1),
                    ":zero", Item.value(0)))
            .put(Item.at(last(job.get().scope().key())).with("id", id.value()));
    return OneAtATime.end(finishing, running(job.get()), id.value()).commit().isEmpty();
  }

  private static Key last(String scope) {
    return new Key(ReportItem.REPORTS, "LAST#" + scope);
  }

  private static Key running(Report job) {
    return new Key(ReportItem.REPORTS, "RUNNING#" + job.scope().key());
  }

  @Override
  public void note(ReportId id, Finding finding) {
    table.put(ReportItem.of(id, finding));
  }

  @Override
  public void note(ReportId id, Orphan orphan) {
    table.put(ReportItem.of(id, orphan));
  }

  @Override
  public void note(ReportId id, LayerId ownerless) {
    table.put(ReportItem.of(id, ownerless));
  }

  @Override
  public List<Finding> findings(ReportId id, int limit) {
    return within(id, Key.FINDINGS, limit).stream().map(ReportItem::finding).toList();
  }

  @Override
  public List<Orphan> orphans(ReportId id, int limit) {
    return within(id, Key.ORPHANS, limit).stream().map(ReportItem::orphan).toList();
  }

  @Override
  public List<LayerId> ownerless(ReportId id, int limit) {
    return within(id, Key.OWNERLESS, limit).stream().map(ReportItem::ownerless).toList();
  }

  private List<Item> within(ReportId id, String prefix, int limit) {
    return table.query(Key.report(id).partition(), prefix, prefix + Key.LAST, limit);
  }
}
