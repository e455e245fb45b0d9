package dev.lamella.core.upload;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.ServerChoice;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Limits;
import dev.lamella.core.access.Permissions;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryOpenUploads;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryShardWriters;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.write.WriteShards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The write side over ports in memory, with a host that does as it is told. */
final class MemoryStore {
  static final int SHARD = 256;
  static final RepositoryName IMAGE = new RepositoryName("team/app");

  final MemoryIndex index = MemoryIndex.create();
  final MemoryOpenUploads openUploads = new MemoryOpenUploads();
  final MemoryStaging staging = new MemoryStaging();
  final MemoryShardStore shardStore = new MemoryShardStore();
  final List<ShardBatch> dispatched = new ArrayList<>();

  /** Storage servers that take no shards any more. */
  final Set<String> readOnly = new HashSet<>();

  final Admission admission;
  final WriteShards writeShards;
  final RequestUpload request;
  final OpenUnsized openUnsized;
  final AcceptParts accept;
  final CompleteUpload complete;
  final EndUpload end;
  final ReportProgress progress;
  final OpenBlob openBlob;
  final ReceiveChunk receiveChunk;
  final PutSmallBlob putSmallBlob;
  final FinishBlob finishBlob;
  final PutManifest putManifest;
  final StagedWhole stagedWhole;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Who asks. */
  Caller caller = Caller.ANYBODY;

  /** What a host does while a shard-writer is about to read from staging. */
  Runnable meanwhile = () -> {};

  /** What others do while a shard-writer is about to remove a part that it has rejected. */
  Runnable beforeRemoval = () -> {};

  /** Storage servers that take no shards for now. */
  final Set<String> silent = new HashSet<>();

  /** Whether those do, and their answers do not arrive. */
  boolean losesAnswers;

  /** Whether the shard-writers of serial passes die before they write anything. */
  boolean losesSerialBatches;

  /** Where batches wait that no shard-writer has got yet; null where each comes at once. */
  @Nullable List<ShardBatch> holding;

  MemoryStore() {
    this(batch -> {});
  }

  /**
   * @param before sees each batch before it is worked on
   */
  MemoryStore(Consumer<ShardBatch> before) {
    this(before, () -> false);
  }

  /**
   * @param usual what every account may use at a time
   */
  MemoryStore(Allowance usual) {
    this(_ -> {}, () -> false, usual);
  }

  /**
   * @param areDead whether shard-writers die before they write anything
   */
  MemoryStore(Consumer<ShardBatch> before, BooleanSupplier areDead) {
    this(
        before,
        areDead,
        new Allowance(
            Slicing.LARGEST_LAYER, Limits.MOST_UPLOADS, Limits.MOST_BYTES, Limits.MOST_PER_MINUTE));
  }

  MemoryStore(Consumer<ShardBatch> before, BooleanSupplier areDead, Allowance usual) {
    UploadSettings settings = new UploadSettings(SHARD, 4, Duration.ofHours(1), Duration.ZERO);
    writeShards =
        new WriteShards(
            index.uploads(),
            index.shards(),
            index.layers(),
            new WatchedStaging(staging, () -> meanwhile.run(), () -> beforeRemoval.run()),
            failing(),
            new Servers(),
            ChainEngine.best(),
            () -> now,
            1 << 20);
    MemoryShardWriters writers =
        new MemoryShardWriters(
            batch -> {
              synchronized (dispatched) {
                dispatched.add(batch);
              }
              before.accept(batch);
              if (holding != null) {
                holding.add(batch);
              } else if (!areDead.getAsBoolean() && (!losesSerialBatches || !batch.isSerial())) {
                work(batch);
              }
            });
    FanOut fanOut =
        new FanOut(index.uploads(), new Servers(), writers, settings.shardsPerBatch(), () -> now);
    IntactShards intact = new IntactShards(index.shards(), index.layers());
    progress = new ReportProgress(index.uploads(), intact, staging);
    ReadableLayers readable = new ReadableLayers(index.layers(), () -> now);
    admission =
        new Admission(openUploads, index.uploads(), usual, settings.uploadLifetime(), () -> now);
    request =
        new RequestUpload(
            index.layers(),
            index.shards(),
            index.uploads(),
            progress,
            readable,
            admission,
            settings,
            () -> now);
    openUnsized = new OpenUnsized(index.uploads(), progress, admission, settings, () -> now);
    accept = new AcceptParts(index.uploads(), staging, intact, fanOut, admission, () -> now);
    SettleUpload settleUpload =
        new SettleUpload(
            index.layers(),
            index.uploads(),
            staging,
            intact,
            fanOut,
            ChainEngine.best(),
            settings.patience(),
            () -> now);
    complete = new CompleteUpload(index.uploads(), staging, settleUpload, progress, () -> now);
    end = new EndUpload(index.uploads(), staging, () -> now);
    openBlob = new OpenBlob(index.uploads(), Optional.of(staging), admission, settings, () -> now);
    receiveChunk =
        new ReceiveChunk(
            index.uploads(), staging, settleUpload, admission, ChainEngine.best(), () -> now);
    putSmallBlob =
        new PutSmallBlob(
            index.layers(),
            index.uploads(),
            fanOut,
            settleUpload,
            ChainEngine.best(),
            settings,
            () -> now);
    stagedWhole =
        new StagedWhole(index.layers(), index.uploads(), staging, fanOut, settleUpload, () -> now);
    putManifest = new PutManifest(index.images(), stagedWhole, admission, () -> now);
    finishBlob =
        new FinishBlob(
            index.uploads(),
            openBlob,
            putSmallBlob,
            receiveChunk,
            stagedWhole,
            settleUpload,
            end,
            admission,
            () -> now);
  }

  /** The caller of an asynchronous invocation is not told that it fails. */
  private void work(ShardBatch batch) {
    try {
      writeShards.write(batch);
    } catch (Unavailable e) {
      if (batch.bytes().isPresent()) {
        throw e;
      }
    }
  }

  /** The storage servers, some of which take nothing. */
  private ShardStore failing() {
    return (ShardStore)
        Proxy.newProxyInstance(
            ShardStore.class.getClassLoader(),
            new Class<?>[] {ShardStore.class},
            (_, method, arguments) -> {
              boolean isPut = method.getName().equals("put");
              boolean isSilent = isPut && silent.contains(((Copy) arguments[1]).server());
              if (isSilent && !losesAnswers) {
                throw new Unavailable("test", new IOException("silence"));
              }
              Object answer = method.invoke(shardStore, arguments);
              if (isSilent) {
                throw new Unavailable("test", new IOException("its answer is lost"));
              }
              return answer;
            });
  }

  /** A caller who may do everything to some repositories, and nothing else. */
  static Caller callerOf(RepositoryName... repositories) {
    return new Caller(
        "ci",
        new Permissions() {
          @Override
          public boolean allow(Action action, RepositoryName other) {
            return List.of(repositories).contains(other);
          }

          @Override
          public boolean allowOnStore(Action action) {
            return false;
          }

          @Override
          public List<NamePattern> pullable() {
            return Stream.of(repositories).map(NamePattern::of).toList();
          }
        });
  }

  static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Digest sha256(byte[] bytes) {
    return Digest.sha256(hash("SHA-256", bytes));
  }

  static byte[] hash(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Chain chain(byte[] layer) {
    return Chain.of(ChainEngine.best(), layer, SHARD);
  }

  UploadAnswer ask(RepositoryName image, Digest digest, long size, Optional<LayerId> resume) {
    return request.answer(
        caller,
        new UploadRequest(
            image, List.of(new UploadRequest.Wanted(digest, size, Optional.empty(), resume))));
  }

  /** Opens an upload for a layer that is not stored. */
  UploadProgress open(Digest digest, long size) {
    return ask(IMAGE, digest, size, Optional.empty()).missing().getFirst();
  }

  void stage(LayerId upload, byte[] layer, int... parts) {
    for (int part : parts) {
      staging.put(upload, part, part(layer, part));
    }
  }

  void stageAll(LayerId upload, byte[] layer) {
    stage(upload, layer, IntStream.range(0, chain(layer).count()).toArray());
  }

  /** Announces all parts. */
  PartsAnswer announceAll(LayerId upload, Chain chain) {
    List<Integer> all = IntStream.range(0, chain.count()).boxed().toList();
    return accept.accept(
        caller, upload, new PartsRequest(all, all.stream().map(chain::link).toList()));
  }

  void announce(LayerId upload, Chain chain, Integer... parts) {
    List<Integer> staged = Arrays.asList(parts);
    accept.accept(
        caller, upload, new PartsRequest(staged, staged.stream().map(chain::link).toList()));
  }

  Completion complete(LayerId upload, byte[] layer) {
    return complete.complete(
        caller, upload, new CompleteRequest(sha256(layer), layer.length, Optional.empty()));
  }

  Completion completeWith(LayerId upload, byte[] layer, Chain chain) {
    return complete.complete(
        caller,
        upload,
        new CompleteRequest(sha256(layer), layer.length, Optional.of(chain.states())));
  }

  /** Pushes a layer as a host does that sends its chain at the end. */
  LayerId push(byte[] layer) {
    LayerId upload = open(sha256(layer), layer.length).upload();
    stageAll(upload, layer);
    completeWith(upload, layer, chain(layer));
    return upload;
  }

  /** What the storage servers give back, merged by index. */
  byte[] stored(Digest digest) throws IOException {
    Layer layer = index.layers().find(digest).orElseThrow();
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    for (Shard shard : index.shards().from(layer.id(), 0, 10_000)) {
      try (InputStream in = shardStore.read(shard.copies().getFirst())) {
        in.transferTo(merged);
      }
    }
    return merged.toByteArray();
  }

  static byte[] part(byte[] layer, int part) {
    return Arrays.copyOfRange(layer, part * SHARD, Math.min(layer.length, (part + 1) * SHARD));
  }

  /** Three in turn, without those that take nothing. */
  private final class Servers implements ServerChoice {
    @Override
    public String serverFor(LayerId layer, int index) {
      return IntStream.range(index, index + 3)
          .mapToObj(next -> "s" + next % 3)
          .filter(this::takes)
          .findFirst()
          .orElseThrow();
    }

    @Override
    public List<String> serversFor(LayerId layer, int index) {
      return IntStream.range(index, index + 3)
          .mapToObj(next -> "s" + next % 3)
          .filter(this::takes)
          .toList();
    }

    @Override
    public boolean takes(String server) {
      return !readOnly.contains(server);
    }
  }
}
