package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Assembled layers in memory. */
public final class MemoryAssembledLayers implements AssembledLayers {
  private final ShardStore store;
  private final NavigableMap<String, byte[]> layers = new ConcurrentSkipListMap<>();

  public MemoryAssembledLayers(ShardStore store) {
    this.store = store;
  }

  /** The object of a layer. */
  public Optional<byte[]> find(LayerId layer) {
    return Optional.ofNullable(layers.get(layer.value()));
  }

  @Override
  public boolean has(LayerId layer) {
    return layers.containsKey(layer.value());
  }

  @Override
  public SignedUrl sign(LayerId layer, SignedUrl.Access access) {
    return new SignedUrl(URI.create("memory://assembled/" + layer), Map.of());
  }

  @Override
  public void assemble(LayerId layer, List<Shard> shards) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Shard shard : shards) {
      try (InputStream in = store.read(shard.requireWhole())) {
        in.transferTo(all);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    layers.put(layer.value(), all.toByteArray());
  }

  @Override
  public Page<AssembledObject> list(Optional<String> cursor, int limit) {
    List<AssembledObject> rest =
        layers.tailMap(cursor.orElse(""), false).entrySet().stream()
            .limit(limit + 1L)
            .map(entry -> new AssembledObject(new LayerId(entry.getKey()), entry.getValue().length))
            .toList();
    return Page.of(rest, limit, kept -> kept.layer().value());
  }

  @Override
  public void remove(LayerId layer) {
    layers.remove(layer.value());
  }
}
