package dev.lamella.core.verify;

import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.ShardStore.Kept;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Finding.Kind;
import java.util.Optional;

/**
 * Asks a shard's storage server what it keeps of it, and reads nothing: it finds what is gone, cut
 * short or overwritten, and not what a disk turned around under a checksum that was right.
 */
public final class LightCheck implements ShardCheck {
  private final ShardStore store;

  public LightCheck(ShardStore store) {
    this.store = store;
  }

  @Override
  public Looked look(Layer layer, Shard shard) {
    if (!store.reaches(shard.server())) {
      return new Looked(Optional.of(unknownServer(layer, shard)), 0, 0);
    }
    try {
      return new Looked(finding(layer, shard, store.kept(shard)), 0, 1);
    } catch (Unavailable e) {
      Finding unread =
          ShardCheck.finding(layer, shard, Kind.UNREAD, String.valueOf(e.getMessage()));
      return new Looked(Optional.of(unread), 0, 1);
    }
  }

  private static Optional<Finding> finding(Layer layer, Shard shard, Optional<Kept> kept) {
    if (kept.isEmpty()) {
      return Optional.of(
          ShardCheck.finding(layer, shard, Kind.MISSING, "its storage server has no such object"));
    }
    if (kept.get().size() != shard.size()) {
      return Optional.of(
          ShardCheck.finding(
              layer,
              shard,
              Kind.WRONG_SIZE,
              "it has " + kept.get().size() + " bytes instead of " + shard.size()));
    }
    return kept.get()
        .checksum()
        .filter(checksum -> !checksum.equals(shard.checksum()))
        .map(
            checksum ->
                ShardCheck.finding(
                    layer,
                    shard,
                    Kind.WRONG_CHECKSUM,
                    "its checksum is " + checksum + " instead of " + shard.checksum()));
  }

  static Finding unknownServer(Layer layer, Shard shard) {
    return ShardCheck.finding(
        layer,
        shard,
        Kind.UNKNOWN_SERVER,
        "storage server " + shard.server() + " is not among those configured");
  }
}
