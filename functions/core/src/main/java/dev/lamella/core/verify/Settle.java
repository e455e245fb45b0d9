package dev.lamella.core.verify;

import dev.lamella.core.chain.Verdict;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Draws the sum: of a layer, once all its batches are done, and of a job, once its layers are. */
public final class Settle {
  private static final Tally ONE_DAMAGED = new Tally(0, 0, 0, 1, 0);

  private final LayerIndex layers;
  private final ShardIndex shards;
  private final ReportIndex reports;
  private final WorkIndex works;
  private final Coverage coverage;
  private final InstantSource clock;

  public Settle(
      LayerIndex layers,
      ShardIndex shards,
      ReportIndex reports,
      WorkIndex works,
      Coverage coverage,
      InstantSource clock) {
    this.layers = layers;
    this.shards = shards;
    this.reports = reports;
    this.works = works;
    this.coverage = coverage;
    this.clock = clock;
  }

  /**
   * Each shard's link was checked against its bytes; that the links join, from the initial value to
   * the digest, is checked here, from the records. So the layer is proven without having been put
   * together. For a sha512 layer, whose digest no chain ends in, this proves that every byte is as
   * it was when the digest was proven. Idempotent.
   *
   * @return what is counted beside the work's own tally
   */
  Tally settle(Report job, Work work) {
    Optional<Layer> layer =
        layers.find(work.digest()).filter(found -> found.id().equals(work.layer()));
    Tally more = Tally.NOTHING;
    Tally tally = work.tally();
    if (job.scope().deep() && layer.isPresent() && tally.damaged() == 0) {
      Optional<Finding> broken = broken(layer.get());
      if (broken.isPresent()
          && layers.damage(work.digest(), work.layer(), List.of(broken.get().index()))) {
        reports.note(job.id(), broken.get());
        more = ONE_DAMAGED;
      }
    }
    boolean isProven =
        layer.isPresent()
            && tally.plus(more).damaged() == 0
            && tally.unread() == 0
            && tally.shards() == work.shards();
    works.settle(job, work.with(tally.plus(more)), isProven, clock.instant());
    return more;
  }

  private Optional<Finding> broken(Layer layer) {
    List<Shard> records = shards.from(layer.id(), 0, layer.slicing().count());
    return switch (layer.verdict(records)) {
      case Verdict.Proven() -> Optional.empty();
      case Verdict.Broken(int index, String why) ->
          Optional.of(new Finding(layer.digest(), index, Finding.Kind.WRONG_RECORD, "", "", why));
    };
  }

  /** Ends a job that has looked at all that it took on; nothing otherwise. Idempotent. */
  public void finish(Report job) {
    if (job.isRunning() && job.isComplete()) {
      reports.finish(job.id(), coverage.warnings(job), clock.instant());
    }
  }
}
