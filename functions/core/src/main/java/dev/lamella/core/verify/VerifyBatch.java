package dev.lamella.core.verify;

import static dev.lamella.core.Quoted.quoted;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.lamella.core.Parallel;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Copy.State;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import dev.lamella.core.verify.ShardCheck.Looked;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Looks at a batch of shards of one layer. */
public final class VerifyBatch {
  /** Records at a time that are changed: each is a short request. */
  private static final int WIDTH = 64;

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final ReportIndex reports;
  private final WorkIndex works;
  private final CopyStates states;
  private final ShardCheck light;
  private final ShardCheck deep;
  private final Settle settle;

  public VerifyBatch(
      LayerIndex layers,
      ShardIndex shards,
      ReportIndex reports,
      WorkIndex works,
      ShardCheck light,
      ShardCheck deep,
      Settle settle) {
    this.layers = layers;
    this.shards = shards;
    this.reports = reports;
    this.works = works;
    this.states = new CopyStates(shards);
    this.light = light;
    this.deep = deep;
    this.settle = settle;
  }

  /**
   * Idempotent, but for the reading. Whoever is last with a layer, or with the job, draws its sum.
   *
   * @return what this invocation looked at
   * @throws dev.lamella.core.Refusal {@code VERIFICATION_UNKNOWN}
   */
  public Tally verify(Batch batch) {
    Report job = reports.find(batch.report()).orElseThrow(batch.report()::unknown);
    if (!job.isRunning()) {
      return Tally.NOTHING;
    }
    Tally tally =
        layers
            .find(batch.digest())
            .filter(layer -> layer.id().equals(batch.layer()))
            .map(layer -> look(job, layer, batch))
            .orElse(Tally.NOTHING);
    Optional<Work> work = works.done(job.id(), batch.digest(), batch.number(), tally);
    if (work.filter(Work::isDone).isPresent()) {
      tally = tally.plus(settle.settle(job, work.get()));
      settle.finish(reports.find(job.id()).orElse(job));
    }
    return tally;
  }

  private Tally look(Report job, Layer layer, Batch batch) {
    List<Shard> records = shards.from(layer.id(), batch.from(), batch.shards());
    Set<Integer> recorded = records.stream().map(Shard::index).collect(Collectors.toSet());
    boolean isDeep = job.scope().deep();
    Looked looked = look(isDeep ? deep : light, layer, records);
    List<Finding> findings =
        Stream.concat(
                looked.findings().stream(),
                IntStream.range(batch.from(), batch.from() + batch.shards())
                    .filter(index -> !recorded.contains(index))
                    .mapToObj(index -> withoutRecord(layer, index)))
            .sorted(Comparator.comparingInt(Finding::index))
            .toList();
    Seen seen = Seen.of(findings, isDeep);
    List<Shard> now =
        Parallel.map(records, WIDTH, read -> states.note(read, seen.states(read))).stream()
            .flatMap(Optional::stream)
            .toList();
    Set<Integer> lost =
        Stream.concat(
                now.stream().filter(shard -> shard.whole().isEmpty()).map(Shard::index),
                IntStream.range(batch.from(), batch.from() + batch.shards())
                    .filter(index -> !recorded.contains(index))
                    .boxed())
            .collect(Collectors.toSet());
    boolean isNew = !now.equals(records) || !layer.damaged().containsAll(lost);
    if (isNew && !layers.damage(layer.digest(), layer.id(), lost)) {
      return Tally.NOTHING; // It was collected while it was looked at.
    }
    findings.forEach(finding -> reports.note(job.id(), finding));
    List<Finding> known = isDeep ? List.of() : known(layer, records, seen);
    known.forEach(finding -> reports.note(job.id(), finding));
    if (isDeep) {
      // What was lost before it was read, and is whole: somebody repaired it.
      records.stream()
          .filter(shard -> layer.damaged().contains(shard.index()))
          .filter(shard -> shard.copies().stream().anyMatch(copy -> seen.isWell(shard, copy)))
          .forEach(shard -> layers.repaired(layer.digest(), layer.id(), shard.index()));
    }
    long damaged = findings.stream().filter(one -> one.kind().isDamage()).count();
    return new Tally(
        batch.shards(),
        looked.bytes(),
        looked.requests(),
        damaged + known.size(),
        findings.size() - damaged);
  }

  /**
   * What a look tells of copies.
   *
   * @param wrong what was found, by index and storage server
   * @param isDeep whether a copy of which nothing was found is proven to be whole
   */
  private record Seen(Map<Integer, Map<String, Finding>> wrong, boolean isDeep) {
    static Seen of(List<Finding> findings, boolean isDeep) {
      return new Seen(
          findings.stream()
              .collect(groupingBy(Finding::index, toMap(Finding::server, finding -> finding))),
          isDeep);
    }

    boolean isWell(Shard shard, Copy copy) {
      return find(shard, copy).isEmpty();
    }

    Map<Copy, State> states(Shard shard) {
      Map<Copy, State> states = new HashMap<>();
      for (Copy copy : shard.copies()) {
        if (find(shard, copy).filter(finding -> finding.kind().isDamage()).isPresent()) {
          states.put(copy, State.DAMAGED);
        } else if (isDeep && isWell(shard, copy)) {
          states.put(copy, State.WHOLE);
        }
      }
      return states;
    }

    private Optional<Finding> find(Shard shard, Copy copy) {
      return Optional.ofNullable(wrong.getOrDefault(shard.index(), Map.of()).get(copy.server()));
    }
  }

  /** What cannot be looked at, whatever the reason, must not keep a job from its end. */
  private static Looked look(ShardCheck check, Layer layer, List<Shard> records) {
    try {
      return check.look(layer, records);
    } catch (Unavailable e) {
      throw e; // Lambda tries again.
    } catch (RuntimeException e) {
      String why = "it could not be looked at: " + quoted(String.valueOf(e));
      return new Looked(
          StoredCopy.of(records).stream()
              .map(copy -> ShardCheck.finding(layer, copy, Finding.Kind.UNREAD, why))
              .toList(),
          0,
          0);
    }
  }

  /** What is recorded as damaged, and what a light look cannot tell from what is whole. */
  private static List<Finding> known(Layer layer, List<Shard> records, Seen seen) {
    return StoredCopy.of(records).stream()
        .filter(of -> of.copy().isDamaged() || layer.damaged().contains(of.shard().index()))
        .filter(of -> seen.isWell(of.shard(), of.copy()))
        .map(
            of ->
                ShardCheck.finding(
                    layer,
                    of,
                    Finding.Kind.KNOWN_DAMAGE,
                    "an earlier verification found it damaged, and nothing has proven it since"))
        .toList();
  }

  private static Finding withoutRecord(Layer layer, int index) {
    return new Finding(
        layer.digest(), index, Finding.Kind.WRONG_RECORD, "", "", "it has no record");
  }
}
