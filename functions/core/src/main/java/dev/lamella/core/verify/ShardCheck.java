package dev.lamella.core.verify;

import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.report.Finding;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A look at shards of one layer, at each copy on its own. */
@FunctionalInterface
public interface ShardCheck {

  /**
   * What was seen.
   *
   * @param findings what is wrong, in no order
   * @param bytes that were read
   * @param requests that were made to the storage servers
   */
  record Looked(List<Finding> findings, long bytes, int requests) {
    public Looked {
      findings = List.copyOf(findings);
    }

    static Looked at(Optional<Finding> finding, long bytes, int requests) {
      return new Looked(finding.stream().toList(), bytes, requests);
    }

    static Looked sum(Collection<Looked> parts) {
      return new Looked(
          parts.stream().flatMap(part -> part.findings.stream()).toList(),
          parts.stream().mapToLong(Looked::bytes).sum(),
          parts.stream().mapToInt(Looked::requests).sum());
    }
  }

  Looked look(Layer layer, List<Shard> shards);

  /** Something wrong with a copy. */
  static Finding finding(Layer layer, StoredCopy of, Finding.Kind kind, String why) {
    return new Finding(
        layer.digest(), of.shard().index(), kind, of.copy().server(), of.copy().key(), why);
  }

  /** The result for copies whose storage server cannot be asked. */
  static Looked unknownServer(Layer layer, List<StoredCopy> copies) {
    return new Looked(
        copies.stream()
            .map(
                of ->
                    finding(
                        layer,
                        of,
                        Finding.Kind.UNKNOWN_SERVER,
                        "storage server " + of.copy().server() + " is not among those configured"))
            .toList(),
        0,
        0);
  }
}
