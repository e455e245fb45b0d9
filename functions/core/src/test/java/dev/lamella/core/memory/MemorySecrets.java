package dev.lamella.core.memory;

import dev.lamella.core.port.Secrets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Secrets over a map, none of them written yet. */
public final class MemorySecrets implements Secrets {
  private final Map<Name, String> values = new EnumMap<>(Name.class);

  @Override
  public synchronized Optional<String> read(Name name) {
    return Optional.ofNullable(values.get(name));
  }

  @Override
  public synchronized void write(Name name, String value) {
    values.put(name, value);
  }
}
