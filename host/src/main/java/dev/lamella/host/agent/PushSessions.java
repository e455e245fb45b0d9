package dev.lamella.host.agent;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.BlobUploads;
import dev.lamella.host.transfer.PushStream;
import dev.lamella.host.transfer.UploadMemory;
import dev.lamella.host.work.Permits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The uploads that clients have begun. One that no request goes on with expires. Thread-safe. */
final class PushSessions implements AutoCloseable {
  /** Each holds half a MiB before it holds of the budget. */
  private static final int MOST = 200;

  private final StoreClient store;
  private final Permits connections;
  private final MemoryBudget memory;
  private final long patience;
  private final Map<String, PushSession> sessions = new ConcurrentHashMap<>();
  private final Thread expiring = Thread.ofVirtual().unstarted(this::expire);

  private PushSessions(
      StoreClient store, Permits connections, MemoryBudget memory, Duration patience) {
    this.store = store;
    this.connections = connections;
    this.memory = memory;
    this.patience = patience.toNanos();
  }

  static PushSessions start(
      StoreClient store, Permits connections, MemoryBudget memory, Duration patience) {
    PushSessions sessions = new PushSessions(store, connections, memory, patience);
    sessions.expiring.start();
    return sessions;
  }

  /**
   * Asks the store whether the client may push, so that it knows before it sends.
   *
   * @throws dev.lamella.host.store.StoreRefusal where it may not, or is to sign in
   */
  void requireAllowed(RepositoryName image, Optional<String> authorization) {
    var _ = store.onBehalfOf(() -> authorization).request(new UploadRequest(image, List.of()));
  }

  /**
   * @param authorization by which the client says who it is, if it does
   * @throws Refusal {@code TOOMANYREQUESTS}
   */
  PushSession open(RepositoryName image, Optional<String> authorization) {
    if (sessions.size() >= MOST) {
      throw new Refusal(
          ErrorCode.TOOMANYREQUESTS, "the agent has " + MOST + " uploads already: try again");
    }
    ClientSignIn client = new ClientSignIn(authorization, Duration.ofNanos(patience));
    StoreClient asking = store.onBehalfOf(client);
    TransferCount count = new TransferCount();
    MemoryBudget.Holder held = memory.holder();
    PushStream stream =
        new PushStream(
            asking,
            new BlobUploads(asking, image, UploadMemory.NONE),
            connections,
            count,
            held::take);
    PushSession session =
        new PushSession(UUID.randomUUID().toString(), image, client, count, stream, held);
    sessions.put(session.id(), session);
    return session;
  }

  /**
   * @throws Refusal {@code BLOB_UPLOAD_UNKNOWN}
   */
  PushSession require(RepositoryName image, String id) {
    return Optional.ofNullable(sessions.get(id))
        .filter(session -> session.image().equals(image))
        .orElseThrow(() -> PushSession.unknown(id));
  }

  /** Ends one; nothing where another request goes on with it. */
  void close(PushSession session) {
    if (session.close()) {
      sessions.remove(session.id());
    }
  }

  private void expire() {
    try {
      while (true) {
        Thread.sleep(Duration.ofNanos(Math.max(1, patience / 10)));
        sessions.values().stream().filter(one -> one.isIdle(patience)).forEach(this::close);
      }
    } catch (InterruptedException _) {
      // The end.
    }
  }

  /** Ends all that no request goes on with. */
  @Override
  public void close() {
    expiring.interrupt();
    sessions.values().forEach(this::close);
  }
}
