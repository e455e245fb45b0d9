package dev.lamella.core.memory;

import dev.lamella.core.memory.MemoryTables.Job;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Verification jobs over maps. */
final class MemoryReports implements ReportIndex {
  private final MemoryTables tables;

  MemoryReports(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Report open(Report job) {
    synchronized (tables) {
      Optional<Report> running =
          tables.jobs.values().stream()
              .map(other -> other.report)
              .filter(other -> other.isRunning() && other.scope().equals(job.scope()))
              .findFirst();
      return running.orElseGet(
          () -> {
            tables.jobs.put(job.id(), new Job(job));
            return job;
          });
    }
  }

  @Override
  public Optional<Report> find(ReportId id) {
    synchronized (tables) {
      return job(id).map(job -> job.report);
    }
  }

  @Override
  public Optional<Report> last(Scope scope) {
    synchronized (tables) {
      return tables.jobs.descendingMap().values().stream()
          .map(job -> job.report)
          .filter(report -> !report.isRunning() && report.scope().equals(scope))
          .findFirst();
    }
  }

  @Override
  public Page<Report> list(Optional<String> cursor, int limit) {
    synchronized (tables) {
      List<Report> page =
          tables.jobs.descendingMap().values().stream()
              .map(job -> job.report)
              .filter(
                  report ->
                      cursor.map(last -> report.id().value().compareTo(last) < 0).orElse(true))
              .limit(limit)
              .toList();
      return new Page<>(
          page, page.size() < limit ? Optional.empty() : Optional.of(page.getLast().id().value()));
    }
  }

  @Override
  public boolean finish(ReportId id, List<String> warnings, Instant now) {
    synchronized (tables) {
      Optional<Job> job = job(id).filter(at -> at.report.isRunning() && at.report.isComplete());
      job.ifPresent(at -> at.report = at.report.finished(warnings, now));
      return job.isPresent();
    }
  }

  @Override
  public boolean fail(ReportId id, String why, Instant now) {
    synchronized (tables) {
      Optional<Job> job = job(id).filter(at -> at.report.isRunning());
      job.ifPresent(
          at -> {
            at.works.clear();
            at.report = at.report.failed(why, now);
          });
      return job.isPresent();
    }
  }

  @Override
  public boolean takeUp(Report read, Instant now) {
    synchronized (tables) {
      Optional<Job> job =
          job(read.id())
              .filter(at -> at.report.isRunning() && at.report.seen().equals(read.seen()));
      job.ifPresent(at -> at.report = at.report.takenUp(now));
      return job.isPresent();
    }
  }

  @Override
  public void note(ReportId id, Finding finding) {
    synchronized (tables) {
      job(id)
          .ifPresent(
              job ->
                  job.findings.put(
                      "%s %08d %s".formatted(finding.digest(), finding.index(), finding.server()),
                      finding));
    }
  }

  @Override
  public List<Finding> findings(ReportId id, int limit) {
    synchronized (tables) {
      return job(id).stream().flatMap(job -> job.findings.values().stream()).limit(limit).toList();
    }
  }

  private Optional<Job> job(ReportId id) {
    return Optional.ofNullable(tables.jobs.get(id));
  }
}
