package dev.lamella.core.verify;

import dev.lamella.core.LayerId;
import dev.lamella.core.Unavailable;
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

/** Storage servers of which one is not as the others. */
record OddServer(ShardStore store, String server, Oddity oddity) implements ShardStore {
  enum Oddity {
    /** It does not answer for now. */
    SILENT,
    /** It is not configured any more. */
    UNKNOWN,
    /** It answers something unexpected. */
    BROKEN
  }

  private void ask(String which) {
    if (which.equals(server) && oddity == Oddity.BROKEN) {
      throw new IllegalStateException("it answers 200 to everything");
    }
    if (which.equals(server)) {
      throw new Unavailable(server, new IOException("it is silent"));
    }
  }

  @Override
  public boolean reaches(String which) {
    return oddity != Oddity.UNKNOWN || !which.equals(server);
  }

  @Override
  public InputStream read(Copy copy) throws IOException {
    ask(copy.server());
    return store.read(copy);
  }

  @Override
  public Optional<ObjectFacts> kept(Copy copy) {
    ask(copy.server());
    return store.kept(copy);
  }

  @Override
  public List<String> servers() {
    return store.servers().stream().filter(this::reaches).toList();
  }

  @Override
  public Page<StoredObject> list(String which, Optional<String> cursor, int limit) {
    ask(which);
    return store.list(which, cursor, limit);
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
  public void remove(String which, List<String> keys) {
    store.remove(which, keys);
  }

  @Override
  public void remove(LayerId layer) {
    store.remove(layer);
  }
}
