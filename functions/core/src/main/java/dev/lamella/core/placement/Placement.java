package dev.lamella.core.placement;

import dev.lamella.core.Counted;
import dev.lamella.core.LayerId;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.StorageServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives each shard of a layer to one of the active storage servers: the same one in every process,
 * from the layer's id and the servers' ids and weights alone. Only for new shards; where a stored
 * shard is, its record says.
 *
 * <p>Weighted rendezvous hashing ranks the servers anew for each layer, and the layer's shards go
 * round that ranking ({@link Round}), from a place in the round that is hashed from the layer's id
 * too. So of any run of a layer's shards, servers of equal weight get numbers that differ by 1 at
 * most, and others numbers in proportion to their weights; and over many layers each index is
 * spread by weight as well, so that layers of a single shard are.
 */
public final class Placement implements ServerChoice {
  private final List<StorageServer> active;

  /**
   * @param servers all that there are; those that are not active get nothing
   * @throws IllegalArgumentException if two have the same id, or none is active
   */
  public Placement(List<StorageServer> servers) {
    Set<String> ids = new HashSet<>();
    for (StorageServer server : servers) {
      if (!ids.add(server.id())) {
        throw new IllegalArgumentException("two storage servers have the id " + server.id());
      }
    }
    active =
        servers.stream().filter(server -> server.state() == StorageServer.State.ACTIVE).toList();
    if (active.isEmpty()) {
      throw new IllegalArgumentException(
          "none of "
              + Counted.of(servers.size(), "storage server")
              + " is active: set the state of one to active");
    }
  }

  /**
   * @throws IllegalArgumentException for a negative index
   */
  @Override
  public String serverFor(LayerId layer, int index) {
    if (index < 0) {
      throw new IllegalArgumentException("a shard index is 0 or more, not " + index);
    }
    List<StorageServer> ranking = ranking(layer);
    Round round = new Round(ranking.stream().mapToInt(StorageServer::weight).toArray());
    long start = Long.remainderUnsigned(Hash.of(layer.value()), round.length());
    return ranking.get(round.at(start + index)).id();
  }

  /** The others follow in an order that goes round too: so all of them stand in for one. */
  @Override
  public List<String> serversFor(LayerId layer, int index) {
    String first = serverFor(layer, index);
    List<String> others =
        new ArrayList<>(
            ranking(layer).stream()
                .map(StorageServer::id)
                .filter(id -> !id.equals(first))
                .toList());
    Collections.rotate(others, -(index / active.size()));
    others.addFirst(first);
    return others;
  }

  @Override
  public boolean takes(String server) {
    return active.stream().anyMatch(one -> one.id().equals(server));
  }

  /**
   * The active servers, the best for this layer first. Adding or removing a server leaves the order
   * of the others as it is. A server is first for a share of the layers in proportion to its
   * weight.
   */
  List<StorageServer> ranking(LayerId layer) {
    return active.stream()
        .map(server -> new Scored(server, score(layer, server)))
        .sorted(
            Comparator.comparingDouble(Scored::score).thenComparing(scored -> scored.server.id()))
        .map(Scored::server)
        .toList();
  }

  private record Scored(StorageServer server, double score) {}

  /**
   * The logarithmic method of weighted rendezvous hashing (Schindelhauer and Schomaker, 2005):
   * -ln(h) / weight, the smallest first. StrictMath, since Math may differ in the last bit from one
   * processor to another.
   */
  private static double score(LayerId layer, StorageServer server) {
    double h = Hash.toUnitInterval(Hash.of(layer.value() + "/" + server.id()));
    return -StrictMath.log(h) / server.weight();
  }
}
