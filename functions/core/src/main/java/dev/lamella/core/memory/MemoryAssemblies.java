package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.AssemblyIndex;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is assembled, over a map. */
public final class MemoryAssemblies implements AssemblyIndex {
  private final Map<LayerId, Assembly> assemblies = new HashMap<>();

  @Override
  public synchronized Assembly find(LayerId layer) {
    return assemblies.getOrDefault(layer, Assembly.NONE);
  }

  @Override
  public synchronized boolean claim(LayerId layer, Assembly seen, Instant now, Instant until) {
    Assembly assembly = find(layer);
    if (assembly.isClaimed(now) || !assembly.assembled().equals(seen.assembled())) {
      return false;
    }
    assemblies.put(layer, new Assembly(Optional.of(until), Optional.empty()));
    return true;
  }

  @Override
  public synchronized void assembled(LayerId layer, Instant at) {
    assemblies.put(layer, new Assembly(Optional.empty(), Optional.of(at)));
  }

  @Override
  public synchronized void release(LayerId layer, Instant until) {
    assemblies.computeIfPresent(
        layer, (_, was) -> was.claimed().equals(Optional.of(until)) ? Assembly.NONE : was);
  }
}
