package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.VerificationList;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What verification jobs found, and what became of it since. */
public final class VerificationReports {
  private static final int PAGE = 20;
  private static final int MOST_FINDINGS = 1_000;
  private static final int MOST_IMAGES = 100;

  /** Names of images in a report: at most 2.1 MB. */
  private static final int MOST_NAMES = 8_000;

  private final ReportIndex reports;
  private final LayerIndex layers;

  public VerificationReports(ReportIndex reports, LayerIndex layers) {
    this.reports = reports;
    this.layers = layers;
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
                        && layer.filter(now -> now.damaged().contains(finding.index())).isEmpty()))
        .toList();
  }
}
