package dev.lamella.core.memory;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.memory.MemoryTables.Claim;
import dev.lamella.core.memory.MemoryTables.Job;
import dev.lamella.core.port.WorkIndex;
import dev.lamella.core.report.Advance;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import dev.lamella.core.report.Work;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What jobs have in work, over maps. */
final class MemoryWorks implements WorkIndex {
  private final MemoryTables tables;

  MemoryWorks(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Taken take(Report job, String cursor, Work work, long bytes, Instant now) {
    synchronized (tables) {
      Optional<Job> stored = at(job);
      if (stored.isEmpty()) {
        return Taken.MOVED;
      }
      Optional<Layer> layer =
          Optional.ofNullable(tables.layers.get(work.digest()))
              .filter(found -> found.id().equals(work.layer()));
      if (layer.isEmpty() || stored.get().works.containsKey(work.digest())) {
        return Taken.NOT_NEEDED;
      }
      if (job.scope().deep() && isClaimed(job, work.layer(), now)) {
        return Taken.NOT_FREE;
      }
      if (job.scope().deep()) {
        tables.claims.put(work.layer(), new Claim(job.id(), work.lease()));
      }
      stored.get().works.put(work.digest(), work);
      stored.get().report = stored.get().report.at(cursor, bytes).opened(now);
      return Taken.TAKEN;
    }
  }

  private boolean isClaimed(Report job, LayerId layer, Instant now) {
    return Optional.ofNullable(tables.claims.get(layer))
        .filter(claim -> !claim.job().equals(job.id()) && claim.until().isAfter(now))
        .isPresent();
  }

  @Override
  public boolean move(Report job, Advance advance, Instant now) {
    synchronized (tables) {
      Optional<Job> stored = at(job);
      stored.ifPresent(found -> found.report = found.report.moved(advance, now));
      return stored.isPresent();
    }
  }

  /** The job as it is stored, where its cursor is still the one that was read. */
  private Optional<Job> at(Report job) {
    return Optional.ofNullable(tables.jobs.get(job.id()))
        .filter(
            stored ->
                stored.report.isRunning()
                    && !stored.report.walked()
                    && stored.report.cursor().equals(job.cursor()));
  }

  @Override
  public List<Work> works(ReportId id) {
    synchronized (tables) {
      return Optional.ofNullable(tables.jobs.get(id)).stream()
          .flatMap(job -> job.works.values().stream())
          .toList();
    }
  }

  @Override
  public void lease(ReportId id, Digest digest, Instant until) {
    synchronized (tables) {
      Optional.ofNullable(tables.jobs.get(id))
          .map(job -> job.works.computeIfPresent(digest, (_, was) -> was.until(until)))
          .ifPresent(
              work ->
                  tables.claims.computeIfPresent(
                      work.layer(),
                      (_, claim) -> claim.job().equals(id) ? new Claim(id, until) : claim));
    }
  }

  @Override
  public Optional<Work> done(ReportId id, Digest digest, int batch, Tally tally) {
    synchronized (tables) {
      return Optional.ofNullable(tables.jobs.get(id))
          .flatMap(
              job ->
                  Optional.ofNullable(
                      job.works.computeIfPresent(digest, (_, was) -> counted(was, batch, tally))));
    }
  }

  private static Work counted(Work was, int batch, Tally tally) {
    if (was.done().contains(batch)) {
      return was;
    }
    Set<Integer> done = new HashSet<>(was.done());
    done.add(batch);
    return new Work(
        was.digest(),
        was.layer(),
        was.shards(),
        was.perBatch(),
        was.lease(),
        done,
        was.tally().plus(tally));
  }

  @Override
  public boolean settle(Report job, Work work, boolean proven, Instant now) {
    synchronized (tables) {
      Optional<Job> stored = Optional.ofNullable(tables.jobs.get(job.id()));
      if (stored.isEmpty() || stored.get().works.remove(work.digest()) == null) {
        return false;
      }
      stored.get().report = stored.get().report.settled(work.tally(), now);
      if (job.scope().deep()) {
        tables.claims.remove(work.layer());
        tables.layers.computeIfPresent(
            work.digest(),
            (_, layer) -> {
              if (!layer.id().equals(work.layer())) {
                return layer;
              }
              tables.checked.put(work.layer(), now);
              return proven ? layer.verified(now) : layer;
            });
      }
      return true;
    }
  }
}
