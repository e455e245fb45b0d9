package dev.lamella.core.write;

import static dev.lamella.core.Quoted.line;

import dev.lamella.core.ServerChoice;
import dev.lamella.core.Unavailable;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.UploadIndex;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts proven bytes on a storage server and then writes the shard record: a record never stands
 * without its object. Where the chosen server does not take them, the next one of the shard's
 * ranking gets them; the record says which it was. What a server has taken all the same, and did
 * not say, is no record's object, and is collected. Idempotent: the same bytes have the same key.
 */
final class StoreShard {
  /** Characters of a reason in the log. */
  private static final int LONGEST_REASON = 500;

  private static final Logger LOG = System.getLogger(StoreShard.class.getName());

  /** For so long a server that did not take a shard is asked after the others. */
  private static final Duration AVOIDED = Duration.ofSeconds(30);

  private final ShardStore store;
  private final ShardIndex index;
  private final LayerIndex layers;
  private final UploadIndex uploads;
  private final ServerChoice servers;
  private final InstantSource clock;
  private final Map<String, Instant> avoided = new ConcurrentHashMap<>();

  StoreShard(
      ShardStore store,
      ShardIndex index,
      LayerIndex layers,
      UploadIndex uploads,
      ServerChoice servers,
      InstantSource clock) {
    this.store = store;
    this.index = index;
    this.layers = layers;
    this.uploads = uploads;
    this.servers = servers;
    this.clock = clock;
  }

  /**
   * @param server that is asked first
   * @return a rejection where the shard is recorded already with another link
   * @throws Unavailable where no storage server takes it; that is noted of the upload
   */
  Optional<Rejection> store(Upload upload, int shard, Link link, String server, byte[] bytes) {
    if (upload.repairs().isPresent()) {
      return repair(upload, shard, link, server, bytes);
    }
    Shard record =
        new Shard(
            upload.image(),
            upload.id(),
            shard,
            upload.slicing().offset(shard),
            upload.slicing().length(shard),
            server,
            Shard.keyOf(upload.id(), shard, link),
            link);
    Copy planned = record.copies().getFirst();
    Copy written = put(upload, record, planned, bytes);
    return switch (index.put(record.with(planned, written))) {
      case WRITTEN -> Optional.empty();
      case OTHER_LINK -> Optional.of(new Rejection(shard, Reason.OTHER_CHAIN));
    };
  }

  /**
   * Writes the bytes that were there before, to where each damaged copy was or to another server;
   * then the record; then the shard is damaged no more, also where another copy is not taken.
   */
  private Optional<Rejection> repair(
      Upload upload, int shard, Link link, String server, byte[] bytes) {
    Optional<Shard> recorded = index.find(upload.layer(), List.of(shard)).stream().findFirst();
    if (recorded.isEmpty() || !recorded.get().link().equals(link)) {
      return Optional.of(new Rejection(shard, Reason.OTHER_CHAIN));
    }
    Shard now = recorded.get();
    for (Copy was : now.toRepair()) {
      Copy planned = now.on(server).isPresent() ? was : was.on(server);
      Shard next = now.with(was, put(upload, now, planned, bytes));
      if (!index.change(now, next)) {
        break; // Another shard-writer is at it, or the layer was collected.
      }
      layers.repaired(upload.digest(), upload.layer(), shard);
      now = next;
    }
    return Optional.empty();
  }

  private Copy put(Upload upload, Shard shard, Copy copy, byte[] bytes) {
    List<String> untaken = new ArrayList<>();
    List<Unavailable> causes = new ArrayList<>();
    for (String server : inOrder(shard, copy)) {
      try {
        return store.put(shard, copy.on(server), bytes);
      } catch (Unavailable e) {
        avoided.put(server, clock.instant().plus(AVOIDED));
        untaken.add(server);
        causes.add(e);
        LOG.log(
            Level.WARNING,
            "%s is not taken by storage server %s: %s"
                .formatted(copy.key(), server, line(String.valueOf(e.getCause()), LONGEST_REASON)));
      }
    }
    uploads.reject(upload.id(), Rejection.untaken(shard.index(), untaken));
    Unavailable none = Unavailable.storageServers(untaken, causes.removeFirst());
    causes.forEach(none::addSuppressed);
    throw none;
  }

  /**
   * The one it is for first, and none that has another copy; but those that lately took nothing
   * last.
   */
  private List<String> inOrder(Shard shard, Copy copy) {
    Instant now = clock.instant();
    Set<String> all = new LinkedHashSet<>(List.of(copy.server()));
    servers.serversFor(shard.layer(), shard.index()).stream()
        .filter(server -> shard.on(server).isEmpty())
        .forEach(all::add);
    return all.stream()
        .sorted(
            Comparator.comparing(
                (String server) -> avoided.getOrDefault(server, Instant.MIN).isAfter(now)))
        .toList();
  }
}
