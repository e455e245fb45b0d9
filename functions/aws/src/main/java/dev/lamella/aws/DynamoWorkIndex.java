package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Advance;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What jobs have in work, in DynamoDB: under the job, and, as its claim, at the layer. */
public final class DynamoWorkIndex implements WorkIndex {
  /** More layers in work at a time than any job hands out before the first are done. */
  static final int MOST_WORKS = 100_000;

  private static final int JOB_STEP = 0;
  private static final int WORK_STEP = 1;
  private static final int LAYER_STEP = 2;

  private static final String IS_THERE = "#state = :running AND #walked = :zero AND #cursor = :was";
  private static final String TALLY =
      "#shards :shards, #bytes :bytes, #requests :requests, #damaged :damaged, #unread :unread";

  private final Table table;

  DynamoWorkIndex(Table table) {
    this.table = table;
  }

  @Override
  public Taken take(Report job, String cursor, Work work, long bytes, Instant now) {
    Map<String, AttributeValue> values = there(job);
    values.put(":cursor", Item.value(cursor));
    values.put(":now", Item.value(now));
    values.put(":one", Item.value(1));
    values.put(":bytes", Item.value(bytes));
    Transaction taking =
        table
            .transaction()
            .update(
                Key.report(job.id()),
                "SET #cursor = :cursor, #seen = :now ADD #open :one, #planned :bytes",
                IS_THERE,
                values)
            .putNew(ReportItem.of(job.id(), work));
    if (job.scope().deep()) {
      taking.update(
          Key.layer(work.digest()),
          "SET #claimant = :job, #claimed = :lease",
          "#layer = :layer AND (attribute_not_exists(#claimed) OR #claimed < :now"
              + " OR #claimant = :job)",
          Map.of(
              ":job", Item.value(job.id().value()),
              ":lease", Item.value(work.lease()),
              ":layer", Item.value(work.layer().value()),
              ":now", Item.value(now)));
    } else {
      taking.require(Key.layer(work.digest()));
    }
    Set<Integer> refused = taking.commit();
    if (refused.isEmpty()) {
      return Taken.TAKEN;
    }
    if (refused.contains(JOB_STEP)) {
      return Taken.MOVED;
    }
    boolean isNeeded = !refused.contains(WORK_STEP) && table.has(Key.layer(work.digest()));
    return isNeeded ? Taken.NOT_FREE : Taken.NOT_NEEDED;
  }

  @Override
  public boolean move(Report job, Advance advance, Instant now) {
    Map<String, AttributeValue> values = there(job);
    values.put(":cursor", Item.value(advance.cursor().orElse("")));
    values.put(":now", Item.value(now));
    values.put(":walked", Item.value(advance.isLast() ? 1 : 0));
    values.put(":shared", Item.value(advance.shared()));
    return table.update(
        Key.report(job.id()),
        "SET #cursor = :cursor, #seen = :now, #walked = :walked ADD #shared :shared",
        IS_THERE,
        values);
  }

  private static Map<String, AttributeValue> there(Report job) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":running", Item.value(Report.State.RUNNING.name()));
    values.put(":zero", Item.value(0));
    values.put(":was", Item.value(job.cursor().orElse("")));
    return values;
  }

  @Override
  public List<Work> works(ReportId id) {
    return table
        .query(Key.report(id).partition(), Key.WORKS, Key.WORKS + Key.LAST, MOST_WORKS)
        .stream()
        .map(ReportItem::work)
        .toList();
  }

  @Override
  public void lease(ReportId id, Digest digest, Instant until) {
    Map<String, AttributeValue> lease = Map.of(":until", Item.value(until));
    if (!table.update(Key.work(id, digest), "SET #lease = :until", Table.PRESENT, lease)) {
      return; // It is done already.
    }
    table.update(
        Key.layer(digest),
        "SET #claimed = :until",
        "#claimant = :job",
        Map.of(":until", Item.value(until), ":job", Item.value(id.value())));
  }

  @Override
  public Optional<Work> done(ReportId id, Digest digest, int batch, Tally tally) {
    Map<String, AttributeValue> values = values(tally);
    values.put(":batch", Item.value(batch));
    values.put(":batches", Item.numbers(Set.of(batch)));
    return table
        .updated(
            Key.work(id, digest),
            "ADD #done :batches, " + TALLY,
            Table.PRESENT + " AND NOT contains(#done, :batch)",
            values)
        .or(() -> table.get(Key.work(id, digest)))
        .map(ReportItem::work);
  }

  @Override
  public boolean settle(Report job, Work work, boolean proven, Instant now) {
    if (!job.scope().deep()) {
      return settling(job, work, now).commit().isEmpty();
    }
    Map<String, AttributeValue> values =
        Map.of(":now", Item.value(now), ":layer", Item.value(work.layer().value()));
    Set<Integer> refused =
        settling(job, work, now)
            .update(
                Key.layer(work.digest()),
                "SET #ISK = :now"
                    + (proven ? ", #verified = :now" : "")
                    + " REMOVE #claimant, #claimed",
                "#layer = :layer",
                values)
            .commit();
    // A layer that was collected, or replaced, in the meantime is left alone.
    return refused.equals(Set.of(LAYER_STEP))
        ? settling(job, work, now).commit().isEmpty()
        : refused.isEmpty();
  }

  private Transaction settling(Report job, Work work, Instant now) {
    Map<String, AttributeValue> values = values(work.tally());
    values.put(":now", Item.value(now));
    values.put(":one", Item.value(1));
    values.put(":less", Item.value(-1));
    return table
        .transaction()
        .delete(
            Key.work(job.id(), work.digest()),
            "#layer = :layer",
            Map.of(":layer", Item.value(work.layer().value())))
        .update(
            Key.report(job.id()),
            "SET #seen = :now ADD #open :less, #layers :one, " + TALLY,
            Table.PRESENT,
            values);
  }

  private static Map<String, AttributeValue> values(Tally tally) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":shards", Item.value(tally.shards()));
    values.put(":bytes", Item.value(tally.bytes()));
    values.put(":requests", Item.value(tally.requests()));
    values.put(":damaged", Item.value(tally.damaged()));
    values.put(":unread", Item.value(tally.unread()));
    return values;
  }
}
