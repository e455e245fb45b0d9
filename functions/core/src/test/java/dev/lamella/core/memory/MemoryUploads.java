package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Proven;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.State;
import dev.lamella.core.memory.MemoryTables.Pass;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.UploadIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Uploads over maps. */
final class MemoryUploads implements UploadIndex {
  private static final Duration CLAIM = Duration.ofSeconds(15);

  private final MemoryTables tables;

  MemoryUploads(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public void create(Upload upload) {
    synchronized (tables) {
      Upload first = tables.uploads.putIfAbsent(upload.id(), upload);
      if (first != null && !first.equals(upload)) {
        throw new IllegalStateException("upload " + upload.id() + " exists already");
      }
    }
  }

  @Override
  public Optional<Upload> find(LayerId id) {
    synchronized (tables) {
      return Optional.ofNullable(tables.uploads.get(id));
    }
  }

  @Override
  public boolean receive(
      Upload before, Upload after, List<Piece> pieces, Map<Integer, ChainState> states) {
    synchronized (tables) {
      LayerId id = before.id();
      boolean isAsRead =
          find(id)
              .filter(now -> now.state() == State.OPEN && now.claimed().isEmpty())
              .filter(now -> now.slicing().equals(before.slicing()))
              .isPresent();
      if (isAsRead) {
        tables.uploads.put(id, after);
        NavigableMap<Long, Piece> all = tables.pieces.computeIfAbsent(id, _ -> new TreeMap<>());
        pieces.forEach(piece -> all.put(piece.offset(), piece));
        tables.states.computeIfAbsent(id, _ -> new TreeMap<>()).putAll(states);
      }
      return isAsRead;
    }
  }

  @Override
  public void expectWhole(Upload upload) {
    synchronized (tables) {
      tables.expected.computeIfAbsent(upload.image(), _ -> new HashSet<>()).add(upload.id());
    }
  }

  @Override
  public List<LayerId> expectedWhole(RepositoryName image, int limit) {
    synchronized (tables) {
      return tables.expected.getOrDefault(image, Set.of()).stream().limit(limit).toList();
    }
  }

  @Override
  public void expectNoMore(RepositoryName image, LayerId id) {
    synchronized (tables) {
      tables.expected.getOrDefault(image, new HashSet<>()).remove(id);
    }
  }

  @Override
  public List<Piece> pieces(LayerId id, long from, long to) {
    synchronized (tables) {
      return List.copyOf(tables.pieces.getOrDefault(id, new TreeMap<>()).subMap(from, to).values());
    }
  }

  @Override
  public SortedMap<Integer, ChainState> states(LayerId id, int from) {
    synchronized (tables) {
      return new TreeMap<>(tables.states.getOrDefault(id, new TreeMap<>()).tailMap(from));
    }
  }

  @Override
  public void markChained(LayerId id) {
    changeOpen(id, Upload::withChain);
  }

  @Override
  public void prove(LayerId id, Proven proven) {
    changeOpen(id, was -> was.withProven(proven));
  }

  @Override
  public boolean takePass(LayerId id, PassId pass, Instant now) {
    synchronized (tables) {
      Optional<Pass> other =
          Optional.ofNullable(tables.passes.get(id))
              .filter(taken -> !taken.id().equals(pass) && !taken.until().isBefore(now));
      if (!tables.state(id).equals(Optional.of(State.OPEN)) || other.isPresent()) {
        return false;
      }
      tables.passes.put(id, new Pass(pass, now.plus(PASS)));
      return true;
    }
  }

  @Override
  public void givePass(LayerId id, PassId pass) {
    synchronized (tables) {
      tables.passes.computeIfPresent(id, (_, taken) -> taken.id().equals(pass) ? null : taken);
    }
  }

  @Override
  public boolean end(LayerId id) {
    synchronized (tables) {
      changeOpen(id, was -> was.with(State.ENDED));
      return tables.state(id).equals(Optional.of(State.ENDED));
    }
  }

  @Override
  public void reject(LayerId id, Rejection rejection) {
    synchronized (tables) {
      if (tables.state(id).equals(Optional.of(State.OPEN))) {
        tables
            .rejections
            .computeIfAbsent(id, _ -> new TreeMap<>())
            .put(rejection.index(), rejection);
      }
    }
  }

  @Override
  public Set<Integer> forgive(LayerId id, Collection<Integer> indexes) {
    synchronized (tables) {
      Set<Integer> standing = tables.rejections.getOrDefault(id, new TreeMap<>()).keySet();
      Set<Integer> forgiven = new HashSet<>(indexes);
      forgiven.retainAll(standing);
      standing.removeAll(forgiven);
      return forgiven;
    }
  }

  @Override
  public Set<Integer> claim(LayerId id, Collection<Integer> indexes, Instant now) {
    synchronized (tables) {
      Map<Integer, Instant> claims = tables.handed.computeIfAbsent(id, _ -> new HashMap<>());
      claims.values().removeIf(claimed -> claimed.plus(CLAIM).isBefore(now));
      Set<Integer> mine = new HashSet<>(indexes);
      mine.removeAll(claims.keySet());
      mine.forEach(index -> claims.put(index, now));
      return mine;
    }
  }

  @Override
  public void unclaim(LayerId id, Collection<Integer> indexes, Instant now) {
    synchronized (tables) {
      indexes.forEach(tables.handed.getOrDefault(id, new HashMap<>())::remove);
    }
  }

  @Override
  public List<Rejection> rejections(LayerId id) {
    synchronized (tables) {
      return List.copyOf(tables.rejections.getOrDefault(id, new TreeMap<>()).values());
    }
  }

  @Override
  public Page<Upload> expired(Instant before, Optional<String> cursor, int limit) {
    synchronized (tables) {
      List<Upload> expired =
          tables.uploads.values().stream()
              .filter(upload -> upload.expires().isBefore(before))
              .filter(upload -> !tables.settled.contains(upload.id()))
              .filter(upload -> cursor.map(last -> place(upload).compareTo(last) > 0).orElse(true))
              .sorted(Comparator.comparing(MemoryUploads::place))
              .limit(limit)
              .toList();
      return new Page<>(
          expired,
          expired.size() < limit ? Optional.empty() : Optional.of(place(expired.getLast())));
    }
  }

  private static String place(Upload upload) {
    return "%019d %s".formatted(upload.expires().toEpochMilli(), upload.id());
  }

  @Override
  public void settle(LayerId id) {
    synchronized (tables) {
      if (tables.state(id).equals(Optional.of(State.COMMITTED))) {
        forgetRest(id);
        tables.settled.add(id);
      }
    }
  }

  @Override
  public boolean remove(LayerId id) {
    synchronized (tables) {
      Optional<State> state = tables.state(id);
      if (state.isPresent() && !state.equals(Optional.of(State.ENDED))) {
        return false;
      }
      forgetRest(id);
      tables.uploads.remove(id);
      return true;
    }
  }

  private void forgetRest(LayerId id) {
    tables.rejections.remove(id);
    tables.passes.remove(id);
    tables.pieces.remove(id);
    tables.states.remove(id);
    tables.handed.remove(id);
  }

  private void changeOpen(LayerId id, UnaryOperator<Upload> change) {
    synchronized (tables) {
      tables.change(id, was -> was.state() == State.OPEN ? change.apply(was) : was);
    }
  }
}
