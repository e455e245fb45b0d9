package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Assembled layers in memory. */
public final class MemoryAssembledLayers implements AssembledLayers {
  private final ShardStore store;
  private final Map<LayerId, byte[]> layers = new ConcurrentHashMap<>();

  public MemoryAssembledLayers(ShardStore store) {
    this.store = store;
  }

  /** The object of a layer. */
  public Optional<byte[]> find(LayerId layer) {
    return Optional.ofNullable(layers.get(layer));
  }

  /** What its expiry does to an object. */
  public void expire(LayerId layer) {
    layers.remove(layer);
  }

  @Override
  public boolean has(LayerId layer) {
    return layers.containsKey(layer);
  }

  @Override
  public SignedUrl sign(LayerId layer, SignedUrl.Access access) {
    return new SignedUrl(URI.create("memory://assembled/" + layer), Map.of());
  }

  @Override
  public void assemble(LayerId layer, List<Shard> shards) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Shard shard : shards) {
      try (InputStream in = store.read(shard)) {
        in.transferTo(all);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    layers.put(layer, all.toByteArray());
  }
}
