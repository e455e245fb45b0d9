package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.transfer.BlobSource;
import dev.lamella.host.transfer.BlobUploads;
import dev.lamella.host.transfer.MemoryBlob;
import dev.lamella.host.transfer.PassingSource;
import dev.lamella.host.transfer.ProvenStream;
import dev.lamella.host.transfer.PullBlob;
import dev.lamella.host.transfer.PushBlob;
import dev.lamella.host.transfer.PushStream;
import dev.lamella.host.transfer.UploadMemory;
import dev.lamella.host.work.Permits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One blob to a store and back, with no file: at any offset, and as streams that pass by once, as
 * whoever stands between a client and a store has them.
 */
@Timeout(60)
final class TransferTest {
  private static final int SHARD = FakeStore.SHARD;
  private static final int SHARDS = 40;
  private static final int WINDOW = 4 * SHARD;
  private static final int CONNECTIONS = 8;
  private static final RepositoryName NAME = new RepositoryName("team/app");
  private static final String PUT_PART = "PUT /staging/.*";
  private static final String GET_SHARD = "GET /servers/.*";
  private static final Pattern PART = Pattern.compile("/staging/[^/]+/(\\d+)");

  private final UploadMemory memory = new Remembered();
  private final byte[] content = content();
  private final Descriptor blob = blob(Algorithm.SHA256);
  private FakeStore store;

  @BeforeEach
  void start() throws IOException {
    store = new FakeStore();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void memory_isPushedAndPulled() {
    assertThat(push(MemoryBlob.of(content)).digest()).isEqualTo(blob.digest());
    MemoryBlob pulled = MemoryBlob.empty(blob.size());
    PullBlob.Pulled done = pull(blob).into(pulled);
    assertThat(pulled.bytes()).isEqualTo(content);
    assertThat(done.fetched()).isEqualTo(done.shards()).isEqualTo(SHARDS + 1);
  }

  @Test
  void memory_ofOtherContent_isRefusedAndSaysWhere() {
    content[SHARD] ^= 1;
    assertThatThrownBy(() -> push(MemoryBlob.of(content)))
        .hasMessageContaining("bytes of memory")
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT));
    assertThat(store.count("DELETE /v1/uploads/.*")).isOne();
  }

  @Test
  void streams_throughWindows_areTheSameByteForByte() throws IOException {
    push(passing(new ByteArrayInputStream(content)));
    try (ProvenStream stream = ProvenStream.of(pull(blob), WINDOW)) {
      assertThat(stream.readAllBytes()).isEqualTo(content);
      assertThat(stream.read()).isEqualTo(-1);
    }
  }

  @Test
  void streams_ofNothing_end() throws IOException {
    Descriptor nothing = new Descriptor("t", Digest.of(Algorithm.SHA256, new byte[0]), 0);
    push(nothing, passing(InputStream.nullInputStream()));
    try (ProvenStream stream = ProvenStream.of(pull(nothing), WINDOW)) {
      assertThat(stream.read()).isEqualTo(-1);
    }
  }

  /** The first part is taken only when the window is full: nothing behind it may come meanwhile. */
  @Test
  void push_ofStream_readsNoFurtherThanItsWindow() {
    BitSet asked = new BitSet();
    CountDownLatch full = new CountDownLatch(1);
    AtomicLong given = new AtomicLong();
    AtomicLong most = new AtomicLong();
    store.troubles.add(
        exchange -> {
          Matcher part = PART.matcher(exchange.getRequestURI().getPath());
          if (part.matches()) {
            if (part.group(1).equals("0")) {
              await(full);
            }
            synchronized (asked) {
              asked.set(Integer.parseInt(part.group(1)));
            }
          }
          return false;
        });
    InputStream counted =
        new ByteArrayInputStream(content) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            synchronized (asked) {
              long staged = (long) asked.nextClearBit(0) * SHARD;
              most.accumulateAndGet(given.get() + length - staged, Math::max);
            }
            int read = super.read(into, offset, length);
            if (given.addAndGet(read) >= WINDOW) {
              full.countDown();
            }
            return read;
          }
        };
    push(passing(counted));
    assertThat(most).hasValue(WINDOW);
    assertThat(given).hasValue(blob.size());
  }

  /** The same of one whose size is not known, more than is held before it is sent. */
  @Test
  void push_ofFastWriter_takesNoMoreThanItsWindow() {
    int window = 16 * SHARD;
    int piece = 1000;
    BitSet asked = new BitSet();
    CountDownLatch full = new CountDownLatch(1);
    long most = 0;
    store.troubles.add(
        exchange -> {
          Matcher part = PART.matcher(exchange.getRequestURI().getPath());
          if (part.matches()) {
            if (part.group(1).equals("0")) {
              await(full);
            }
            synchronized (asked) {
              asked.set(Integer.parseInt(part.group(1)));
            }
          }
          return false;
        });
    StoreClient client = client();
    BlobUploads uploads = new BlobUploads(client, NAME, memory);
    try (PushStream stream =
        new PushStream(client, uploads, new Permits(CONNECTIONS), Progress.NONE, _ -> window)) {
      for (int at = 0; at < content.length; at += piece) {
        int end = Math.min(content.length, at + piece);
        stream.write(content, at, end - at);
        synchronized (asked) {
          most = Math.max(most, end - (long) asked.nextClearBit(0) * SHARD);
        }
        if (end + piece > window) {
          full.countDown();
        }
      }
      assertThat(stream.finish(blob.digest()).size()).isEqualTo(blob.size());
    }
    assertThat(most).isBetween((long) window - piece, (long) window);
  }

  @Test
  void pull_forSlowReader_fetchesNoFurtherThanItsWindow() throws Exception {
    push(MemoryBlob.of(content));
    int buffer = 1000;
    AtomicLong taken = new AtomicLong();
    Set<String> asked = ConcurrentHashMap.newKeySet();
    AtomicLong most = new AtomicLong();
    CountDownLatch full = new CountDownLatch(WINDOW / SHARD);
    onGet(
        path -> {
          asked.add(path);
          long fetched = (long) asked.size() * SHARD;
          most.accumulateAndGet(fetched - taken.get(), Math::max);
          full.countDown();
        });
    try (ProvenStream stream = ProvenStream.of(pull(blob), WINDOW)) {
      full.await();
      byte[] piece = new byte[buffer];
      for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
        int from = Math.toIntExact(taken.getAndAdd(read));
        assertThat(Arrays.equals(piece, 0, read, content, from, from + read)).isTrue();
      }
    }
    assertThat(taken).hasValue(blob.size());
    assertThat(most.get()).isBetween((long) WINDOW, (long) WINDOW + buffer);
  }

  @Test
  void pull_whenShardIsWrongOnce_getsItAgain() throws IOException {
    push(MemoryBlob.of(content));
    spoil(7, 1);
    MemoryBlob pulled = MemoryBlob.empty(blob.size());
    var _ = pull(blob).into(pulled);
    assertThat(pulled.bytes()).isEqualTo(content);
    spoil(9, 1);
    store.requests.clear();
    try (ProvenStream stream = ProvenStream.of(pull(blob), WINDOW)) {
      assertThat(stream.readAllBytes()).isEqualTo(content);
    }
    assertThat(store.count(GET_SHARD + "/0*9-[^/]*")).isEqualTo(2);
  }

  @Test
  void pull_whenShardIsAlwaysWrong_givesOutNoneOfIt() throws IOException {
    push(MemoryBlob.of(content));
    spoil(7, 100);
    try (ProvenStream stream = ProvenStream.of(pull(blob), WINDOW)) {
      byte[] given = new byte[content.length];
      AtomicInteger count = new AtomicInteger();
      assertThatThrownBy(
              () -> {
                while (true) {
                  count.addAndGet(stream.read(given, count.get(), 1000));
                }
              })
          .hasMessageContainingAll("shard 7 of " + blob.digest(), "is wrong on storage server")
          .cause()
          .isInstanceOfSatisfying(
              HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT));
      assertThat(count.get()).isLessThanOrEqualTo(7 * SHARD);
      assertThat(Arrays.equals(given, 0, count.get(), content, 0, count.get())).isTrue();
    }
  }

  /** The storage servers answer nothing more: only an end at once ends it at all. */
  @Test
  void pull_whenReaderGoesAway_endsAtOnce() throws Exception {
    push(MemoryBlob.of(content));
    CountDownLatch came = new CountDownLatch(WINDOW / SHARD);
    CountDownLatch closed = new CountDownLatch(1);
    onGet(
        _ -> {
          came.countDown();
          await(closed);
        });
    try {
      ProvenStream stream = ProvenStream.of(pull(blob), WINDOW);
      came.await();
      stream.close();
      assertThatThrownBy(stream::read).hasMessageContaining("closed");
      assertThat(store.requests.stream().filter(request -> request.matches(GET_SHARD)).distinct())
          .hasSize(WINDOW / SHARD);
    } finally {
      closed.countDown();
    }
  }

  @Test
  void pull_intoWindowSmallerThanShard_isRefused() {
    push(MemoryBlob.of(content));
    PullBlob pull = pull(blob);
    assertThatThrownBy(() -> ProvenStream.of(pull, SHARD - 1))
        .hasMessageContaining("does not fit a window");
  }

  @Test
  void push_whenStreamBreaksOff_saysSoAndGoesOnNextTime() {
    int there = 20 * SHARD;
    InputStream broken =
        new ByteArrayInputStream(content, 0, there) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            // The parts that came are staged before it ends.
            while (available() == 0 && store.count(PUT_PART) < there / SHARD) {
              Thread.onSpinWait();
            }
            return super.read(into, offset, length);
          }
        };
    assertThatThrownBy(() -> push(passing(broken)))
        .hasMessage("the request's body ended after " + there + " bytes")
        .isInstanceOfSatisfying(
            HostFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_SOURCE));
    store.requests.clear();
    push(passing(new ByteArrayInputStream(content)));
    // Those that were on their way may have to be sent again.
    assertThat(store.count(PUT_PART))
        .isBetween(SHARDS + 1L - there / SHARD, SHARDS + 1L - there / SHARD + WINDOW / SHARD);
  }

  /** Its bytes are not held for ever: the client has to send them again. */
  @Test
  void push_ofStreamWhosePartIsRejected_failsAndSucceedsNextTime() {
    AtomicBoolean spoiled = new AtomicBoolean();
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/staging/[^/]+/3") || spoiled.getAndSet(true)) {
            return false;
          }
          byte[] bytes = exchange.getRequestBody().readAllBytes();
          bytes[0] ^= 1;
          store.staging.put(new LayerId(path.split("/", -1)[2]), 3, bytes);
          FakeStore.send(exchange, 200, new byte[0]);
          return true;
        });
    assertThatThrownBy(() -> push(passing(new ByteArrayInputStream(content))))
        .hasMessageContaining("has passed by: send it again");
    store.requests.clear();
    push(passing(new ByteArrayInputStream(content)));
    assertThat(store.count(PUT_PART + "/3")).isPositive();
    assertThat(store.count(PUT_PART + "/(?!3$)\\d+")).isZero();
  }

  @Test
  void sha512_inStreams_isTheSame() throws IOException {
    Descriptor other = blob(Algorithm.SHA512);
    push(other, passing(new ByteArrayInputStream(content)));
    try (ProvenStream stream = ProvenStream.of(pull(other), WINDOW)) {
      assertThat(stream.readAllBytes()).isEqualTo(content);
    }
  }

  /** Its links hold, and prove nothing of a sha512: the last bytes are kept back. */
  @Test
  void sha512_thatIsNotTheContents_isNotGivenOutWhole() throws IOException {
    Descriptor real = blob(Algorithm.SHA512);
    push(real, MemoryBlob.of(content));
    Descriptor lie =
        new Descriptor("t", Digest.of(Algorithm.SHA512, new byte[] {1}), content.length);
    store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith(lie.digest().toString())) {
            return false;
          }
          ShardMap map = client().shards(NAME, real.digest(), 0);
          FakeStore.answer(
              exchange,
              200,
              new ShardMap(
                  lie.digest(), map.size(), map.shardSize(), map.shards(), map.map(), map.next()));
          return true;
        });
    try (ProvenStream stream = ProvenStream.of(pull(lie), WINDOW)) {
      assertThatThrownBy(stream::readAllBytes).hasMessageContaining("does not match its content");
      assertThatThrownBy(stream::read).hasMessageContaining("does not match its content");
    }
    assertThatThrownBy(() -> pull(lie).into(MemoryBlob.empty(lie.size())))
        .hasMessageContaining("does not match its content");
  }

  private static byte[] content() {
    byte[] content = new byte[SHARDS * SHARD + 123];
    new Random(1).nextBytes(content);
    return content;
  }

  private Descriptor blob(Algorithm algorithm) {
    return new Descriptor("t", Digest.of(algorithm, content), content.length);
  }

  private static BlobSource passing(InputStream in) {
    return new PassingSource(in, "the request's body", WINDOW);
  }

  private StoredLayer push(BlobSource source) {
    return push(blob, source);
  }

  private StoredLayer push(Descriptor what, BlobSource source) {
    StoreClient client = client();
    BlobUploads uploads = new BlobUploads(client, NAME, memory);
    return new PushBlob(client, uploads, new Permits(CONNECTIONS), Progress.NONE)
        .run(what, uploads.request(List.of(what)).missing().getFirst(), source);
  }

  private PullBlob pull(Descriptor what) {
    return new PullBlob(client(), NAME, what, new Permits(CONNECTIONS), Progress.NONE);
  }

  /** Gives nothing up by itself while a test runs. */
  private StoreClient client() {
    return new StoreClient(
        store.url(),
        new Retries(5, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMinutes(5)));
  }

  private interface Action {
    void run(String path) throws IOException;
  }

  private void onGet(Action action) {
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.startsWith("/servers/")) {
            action.run(path);
          }
          return false;
        });
  }

  /** Answers the first times that a shard is asked for with as many bytes that are wrong. */
  private void spoil(int shard, int times) {
    AtomicInteger left = new AtomicInteger(times);
    store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.matches("/servers/.*/0*" + shard + "-[^/]*") || left.getAndDecrement() <= 0) {
            return false;
          }
          FakeStore.send(exchange, 200, new byte[SHARD]);
          return true;
        });
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  /** In memory, as in a process that goes on. */
  private static final class Remembered implements UploadMemory {
    private final Map<Digest, LayerId> uploads = new ConcurrentHashMap<>();

    @Override
    public Optional<LayerId> find(Digest blob) {
      return Optional.ofNullable(uploads.get(blob));
    }

    @Override
    public void keep(Digest blob, LayerId upload) {
      uploads.put(blob, upload);
    }

    @Override
    public void forget(Digest blob) {
      uploads.remove(blob);
    }
  }
}
