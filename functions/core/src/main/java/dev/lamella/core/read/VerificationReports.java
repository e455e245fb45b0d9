package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.VerificationList;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/** What verification jobs found, and what became of it since. */
public final class VerificationReports {
  private static final int PAGE = 20;
  private static final int MOST_FINDINGS = 1_000;
  private static final int MOST_IMAGES = 100;

  /** Names of images in a report: at most 2.1 MB. */
  private static final int MOST_NAMES = 8_000;

  private final ReportIndex reports;
  private final LayerIndex layers;
  private final ShardIndex shards;

  public VerificationReports(ReportIndex reports, LayerIndex layers, ShardIndex shards) {
    this.reports = reports;
    this.layers = layers;
    this.shards = shards;
  }

  public VerificationList list(Optional<ReportId> last) {
    Page<Report> page = reports.list(last.map(ReportId::value), PAGE);
    return new VerificationList(
        page.items().stream().map(VerificationReport::of).toList(), page.next());
  }

  /**
   * @throws dev.lamella.core.Refusal {@code VERIFICATION_UNKNOWN}
   */
  public VerificationReport find(ReportId id) {
    Report job = reports.find(id).orElseThrow(id::unknown);
    List<Finding> all = reports.findings(id, MOST_FINDINGS);
    int images = Math.min(MOST_IMAGES, MOST_NAMES / Math.max(1, all.size()));
    Map<String, List<Finding>> byLayer =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    finding -> finding.digest().toString(), TreeMap::new, Collectors.toList()));
    List<Damage> damage = new ArrayList<>();
    byLayer.values().forEach(findings -> damage.addAll(damage(findings, images)));
    return VerificationReport.of(job, damage);
  }

  private List<Damage> damage(List<Finding> findings, int most) {
    Digest digest = findings.getFirst().digest();
    Optional<Layer> layer = layers.find(digest);
    Map<Integer, Shard> records = layer.map(stored -> records(stored, findings)).orElse(Map.of());
    List<RepositoryName> images = layers.imagesOf(digest, Optional.empty(), most);
    return findings.stream()
        .map(
            finding ->
                new Damage(
                    digest,
                    finding.index(),
                    finding.kind(),
                    finding.server(),
                    finding.why(),
                    images,
                    finding.kind().isDamage()
                        && layer.filter(stored -> isSo(stored, records, finding)).isEmpty()))
        .toList();
  }

  private Map<Integer, Shard> records(Layer layer, List<Finding> findings) {
    return findings.stream()
        .map(Finding::index)
        .distinct()
        .gather(Gatherers.windowFixed(ShardIndex.MOST_FOUND))
        .flatMap(some -> shards.find(layer.id(), some).stream())
        .collect(Collectors.toMap(Shard::index, shard -> shard));
  }

  /** Whether what was found is so still: the shard is lost, or that copy of it is damaged. */
  private static boolean isSo(Layer layer, Map<Integer, Shard> records, Finding finding) {
    return layer.damaged().contains(finding.index())
        || Optional.ofNullable(records.get(finding.index()))
            .flatMap(shard -> shard.on(finding.server()))
            .filter(Copy::isDamaged)
            .isPresent();
  }
}
