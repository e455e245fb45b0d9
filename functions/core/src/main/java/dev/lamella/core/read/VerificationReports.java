package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.VerificationList;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    Set<String> damaged = layers.find(digest).map(now -> damaged(now, findings)).orElse(Set.of());
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
                        && !damaged.contains(place(finding.index(), finding.server()))))
        .toList();
  }

  /** Of what was found, that which is so still: the shard is lost, or that copy is damaged. */
  private Set<String> damaged(Layer layer, List<Finding> findings) {
    Set<String> damaged = new HashSet<>();
    for (Finding finding : findings) {
      if (layer.damaged().contains(finding.index())) {
        damaged.add(place(finding.index(), finding.server()));
      }
    }
    findings.stream()
        .map(Finding::index)
        .distinct()
        .gather(Gatherers.windowFixed(ShardIndex.MOST_FOUND))
        .flatMap(some -> shards.find(layer.id(), some).stream())
        .forEach(
            shard ->
                shard.copies().stream()
                    .filter(Copy::isDamaged)
                    .forEach(copy -> damaged.add(place(shard.index(), copy.server()))));
    return damaged;
  }

  private static String place(int index, String server) {
    return index + " " + server;
  }
}
