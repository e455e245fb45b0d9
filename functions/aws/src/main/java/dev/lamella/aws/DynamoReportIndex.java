package dev.lamella.aws;

import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Verification jobs in DynamoDB, one partition each. Which job of a scope runs, and which ended
 * last, are items of their own. All are in the secondary index under {@code REPORTS} by their ids,
 * so by time.
 */
public final class DynamoReportIndex implements ReportIndex {
  private static final String IS_RUNNING = "#state = :running";

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
    return find(id)
        .map(job -> job.finished(warnings, now))
        .filter(
            job ->
                end(
                    job,
                    "#state = :running AND #walked = :one AND #open = :zero",
                    Map.of(":one", Item.value(1), ":zero", Item.value(0))))
        .isPresent();
  }

  @Override
  public boolean fail(ReportId id, String why, Instant now) {
    Optional<Report> running = find(id).filter(Report::isRunning);
    if (running.isEmpty()) {
      return false;
    }
    // First its works: nothing looks for those of a job that ended. Taking one moves the cursor.
    table.delete(
        within(id, Key.WORKS, DynamoWorkIndex.MOST_WORKS).stream()
            .map(item -> Key.work(id, ReportItem.work(item).digest()))
            .toList());
    return end(
        running.get().failed(why, now),
        IS_RUNNING + " AND #cursor = :was",
        Map.of(":was", Item.value(running.get().cursor().orElse(""))));
  }

  private boolean end(Report job, String condition, Map<String, AttributeValue> values) {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.put(":ended", Item.value(job.state().name()));
    all.put(":running", Item.value(Report.State.RUNNING.name()));
    all.put(":now", Item.value(job.seen()));
    all.put(":warnings", Item.texts(job.warnings()));
    Transaction ending =
        table
            .transaction()
            .update(
                Key.report(job.id()),
                "SET #state = :ended, #finished = :now, #seen = :now, #warnings = :warnings",
                condition,
                all)
            .put(Item.at(last(job.scope().key())).with("id", job.id().value()));
    return OneAtATime.end(ending, running(job), job.id().value()).commit().isEmpty();
  }

  @Override
  public boolean takeUp(Report job, Instant now) {
    return table.update(
        Key.report(job.id()),
        "SET #seen = :now",
        IS_RUNNING + " AND #seen = :was",
        Map.of(
            ":running", Item.value(Report.State.RUNNING.name()),
            ":was", Item.value(job.seen()),
            ":now", Item.value(now)));
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
  public List<Finding> findings(ReportId id, int limit) {
    return within(id, Key.FINDINGS, limit).stream().map(ReportItem::finding).toList();
  }

  private List<Item> within(ReportId id, String prefix, int limit) {
    return table.query(Key.report(id).partition(), prefix, prefix + Key.LAST, limit);
  }
}
