package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Instant;

/** Items of verification jobs: the job, what it has in work, what it found. */
final class ReportItem {
  static final String REPORTS = "REPORTS";

  private ReportItem() {}

  static Item of(Report job) {
    Item item =
        Item.at(Key.report(job.id()))
            .indexed(REPORTS, job.id().value())
            .with("id", job.id().value())
            .with("deep", job.scope().deep() ? 1 : 0)
            .with("budgetBytes", job.budget().bytes())
            .with("budgetSeconds", job.budget().seconds())
            .with("state", job.state().name())
            .with("started", job.started())
            .with("seen", job.seen())
            .with("walked", job.walked() ? 1 : 0)
            .with("open", job.open())
            .with("planned", job.planned())
            .with("layers", job.layers())
            .with("shared", job.shared())
            .with("warnings", Item.texts(job.warnings()));
    job.scope().name().ifPresent(name -> item.with("name", name.value()));
    job.finished().ifPresent(finished -> item.with("finished", finished));
    // Absent, there is one that every condition can compare with.
    return tallied(item.with("cursor", job.cursor().orElse("")), job.tally());
  }

  static Report report(Item item) {
    return new Report(
        new ReportId(item.text("id")),
        new Scope(item.number("deep") == 1, item.find("name").map(NamePattern::new)),
        Budget.recorded(item.number("budgetBytes"), item.number("budgetSeconds")),
        Report.State.valueOf(item.text("state")),
        item.time("started"),
        item.time("seen"),
        item.find("finished").map(Instant::parse),
        item.find("cursor").filter(cursor -> !cursor.isEmpty()),
        item.number("walked") == 1,
        item.number("open"),
        item.number("planned"),
        item.number("layers"),
        item.number("shared"),
        tally(item),
        item.texts("warnings"));
  }

  static Item of(ReportId id, Work work) {
    Item item =
        Item.at(Key.work(id, work.digest()))
            .with("digest", work.digest().toString())
            .with("layer", work.layer().value())
            .with("count", work.shards())
            .with("perBatch", work.perBatch())
            .with("lease", work.lease());
    return tallied(item, work.tally());
  }

  static Work work(Item item) {
    return new Work(
        Digest.parse(item.text("digest")),
        new LayerId(item.text("layer")),
        (int) item.number("count"),
        (int) item.number("perBatch"),
        item.time("lease"),
        item.numbers("done"),
        tally(item));
  }

  static Item of(ReportId id, Finding finding) {
    return Item.at(Key.finding(id, finding.digest(), finding.index(), finding.server()))
        .with("digest", finding.digest().toString())
        .with("index", finding.index())
        .with("kind", finding.kind().name())
        .with("server", finding.server())
        .with("key", finding.key())
        .with("why", finding.why());
  }

  static Finding finding(Item item) {
    return new Finding(
        Digest.parse(item.text("digest")),
        (int) item.number("index"),
        Finding.Kind.valueOf(item.text("kind")),
        item.text("server"),
        item.text("key"),
        item.text("why"));
  }

  private static Item tallied(Item item, Tally tally) {
    return item.with("shards", tally.shards())
        .with("bytes", tally.bytes())
        .with("requests", tally.requests())
        .with("damaged", tally.damaged())
        .with("unread", tally.unread());
  }

  private static Tally tally(Item item) {
    return new Tally(
        item.number("shards"),
        item.number("bytes"),
        item.number("requests"),
        item.number("damaged"),
        item.number("unread"));
  }
}
