package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssemblyIndex;
import java.time.Instant;
import java.util.Optional;

/** What is assembled, over a map. */
final class MemoryAssemblies implements AssemblyIndex {
  private final MemoryTables tables;

  MemoryAssemblies(MemoryTables tables) {
    this.tables = tables;
  }

  @Override
  public Assembly find(LayerId layer) {
    synchronized (tables) {
      return tables.assemblies.getOrDefault(layer, Assembly.NONE);
    }
  }

  @Override
  public boolean claim(LayerId layer, Assembly seen, Instant now, Instant until) {
    synchronized (tables) {
      Assembly assembly = find(layer);
      if (assembly.isClaimed(now) || !assembly.assembled().equals(seen.assembled())) {
        return false;
      }
      tables.assemblies.put(layer, new Assembly(Optional.of(until), Optional.empty()));
      return true;
    }
  }

  @Override
  public boolean assembled(LayerId layer, Instant until, Instant at) {
    synchronized (tables) {
      Assembly done = new Assembly(Optional.empty(), Optional.of(at));
      return hasClaim(layer, until) && tables.assemblies.put(layer, done) != null;
    }
  }

  @Override
  public void release(LayerId layer, Instant until) {
    synchronized (tables) {
      if (hasClaim(layer, until)) {
        tables.assemblies.remove(layer);
      }
    }
  }

  private boolean hasClaim(LayerId layer, Instant until) {
    return find(layer).claimed().equals(Optional.of(until));
  }
}
