package dev.lamella.contract;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Storage servers, of which one is no longer configured. */
record Lacking(ShardStore store, String server) implements ShardStore {
  @Override
  public boolean reaches(String id) {
    return !server.equals(id) && store.reaches(id);
  }

  @Override
  public Copy put(Shard shard, Copy copy, byte[] bytes) {
    return store.put(shard, copy, bytes);
  }

  @Override
  public SignedUrl sign(Copy copy, SignedUrl.Access access) {
    return store.sign(copy, access);
  }

  @Override
  public InputStream read(Copy copy) throws IOException {
    return store.read(copy);
  }

  @Override
  public Optional<ObjectFacts> kept(Copy copy) {
    return store.kept(copy);
  }

  @Override
  public List<String> servers() {
    return store.servers().stream().filter(this::reaches).toList();
  }

  @Override
  public Page<StoredObject> list(String id, Optional<String> cursor, int limit) {
    return store.list(id, cursor, limit);
  }

  @Override
  public void remove(String id, List<String> keys) {
    store.remove(id, keys);
  }

  @Override
  public void remove(LayerId layer) {
    store.remove(layer);
  }
}
