package dev.lamella.core.verify;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Scope;
import dev.lamella.core.report.VerifierEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Verification over ports in memory; events wait until a test lets them come. */
final class Jobs {
  static final int SHARD = 256;
  static final RepositoryName IMAGE = new RepositoryName("team/app");
  static final Duration LEASE = Duration.ofMinutes(20);
  private static final Duration INVOCATION = Duration.ofSeconds(60);
  static final Budget LARGE = new Budget(1L << 40, Budget.MOST_SECONDS);

  final MemoryIndex index = MemoryIndex.create();
  final MemoryShardStore store = new MemoryShardStore();
  final Deque<VerifierEvent> events = new ArrayDeque<>();

  /** How long it takes to hand a batch over. */
  Duration handingOver = Duration.ZERO;

  /** What becomes of handing a batch over. */
  Optional<RuntimeException> handingOverFails = Optional.empty();

  /** Whether no verifier can be invoked. */
  boolean isUnreachable;

  /** What happens between the reading of a layer's records and the first look at a shard; once. */
  Runnable beforeLooking = () -> {};

  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final StartVerification start;
  private final Walk walk;
  private final VerifyBatch verifyBatch;

  Jobs() {
    this(LARGE);
  }

  /** With storage servers that are not as they should be. */
  Jobs(UnaryOperator<ShardStore> servers) {
    this(LARGE, servers);
  }

  Jobs(Budget usual) {
    this(usual, store -> store);
  }

  private Jobs(Budget usual, UnaryOperator<ShardStore> servers) {
    ShardStore reached = servers.apply(store);
    VerifySettings settings =
        new VerifySettings(usual, Duration.ofHours(6), Duration.ofDays(30), LEASE, 2L * SHARD);
    Verifiers verifiers =
        new Verifiers() {
          @Override
          public void run(ReportId id) {
            if (isUnreachable) {
              throw new Unavailable("the verifier", new IOException("it is throttled"));
            }
            synchronized (events) {
              events.add(VerifierEvent.of(id));
            }
          }

          @Override
          public void verify(Batch batch) {
            handingOverFails.ifPresent(
                failure -> {
                  throw failure;
                });
            synchronized (events) {
              now = now.plus(handingOver);
              events.add(VerifierEvent.of(batch));
            }
          }
        };
    LayersInScope inScope = new LayersInScope(index.layers(), index.images());
    Settle settle =
        new Settle(
            index.layers(),
            index.shards(),
            index.reports(),
            index.works(),
            new Coverage(index.reports(), inScope, settings, () -> now),
            () -> now);
    start = new StartVerification(index.reports(), inScope, verifiers, settings, () -> now);
    walk =
        new Walk(index.reports(), index.works(), inScope, verifiers, settle, settings, () -> now);
    verifyBatch =
        new VerifyBatch(
            index.layers(),
            index.shards(),
            index.reports(),
            index.works(),
            after(new LightCheck(reached)),
            after(new DeepCheck(reached, ChainEngine.best())),
            settle);
  }

  private ShardCheck after(ShardCheck check) {
    return (layer, shards) -> {
      Runnable before = beforeLooking;
      beforeLooking = () -> {};
      before.run();
      return check.look(layer, shards);
    };
  }

  Report start(boolean deep) {
    return start(new Scope(deep, Optional.empty()));
  }

  Report start(Scope scope) {
    now = now.plusSeconds(1);
    return start.start(scope, Optional.empty());
  }

  /** Starts a job at this very time. */
  Report startNow(boolean deep) {
    return start.start(new Scope(deep, Optional.empty()), Optional.empty());
  }

  /** Starts a job and lets all come that it hands out. */
  Report run(boolean deep) {
    return run(new Scope(deep, Optional.empty()));
  }

  Report run(Scope scope) {
    ReportId id = start(scope).id();
    deliverAll();
    return report(id);
  }

  Report report(ReportId id) {
    return index.reports().find(id).orElseThrow();
  }

  void deliverAll() {
    while (!events.isEmpty()) {
      deliver(events.poll());
    }
  }

  void deliver(VerifierEvent event) {
    event.run().ifPresent(id -> walk.run(id, now.plus(INVOCATION)));
    event.batch().ifPresent(verifyBatch::verify);
  }

  Layer store(int seed, int size) {
    return store(IMAGE, seed, size);
  }

  /** A layer that was pushed as it should be. */
  Layer store(RepositoryName image, int seed, int size) {
    now = now.plusSeconds(1);
    byte[] bytes = bytes(seed, size);
    Slicing slicing = new Slicing(size, SHARD);
    Upload upload =
        Upload.open(
            LayerId.random(), image, sha256(bytes), slicing, now, now.plus(Duration.ofHours(1)));
    index.uploads().create(upload);
    Chain chain = Chain.of(ChainEngine.best(), bytes, SHARD);
    for (int i = 0; i < slicing.count(); i++) {
      Shard record =
          new Shard(
              image,
              upload.id(),
              i,
              slicing.offset(i),
              slicing.length(i),
              "s" + i % 3,
              Shard.keyOf(upload.id(), i, chain.link(i)),
              chain.link(i));
      index.shards().put(store.put(record, part(bytes, i)));
    }
    Layer layer =
        new Layer(upload.digest(), upload.id(), slicing, Map.of(), now, now, Optional.empty());
    index.layers().commit(upload, layer);
    return layer;
  }

  /** A layer of which there is a record, and nothing else. */
  void record(int seed, Slicing slicing) {
    Digest digest = Digest.parse("sha256:" + "%064x".formatted(seed));
    Upload upload =
        Upload.open(LayerId.random(), IMAGE, digest, slicing, now, now.plus(Duration.ofHours(1)));
    index.uploads().create(upload);
    index
        .layers()
        .commit(
            upload, new Layer(digest, upload.id(), slicing, Map.of(), now, now, Optional.empty()));
  }

  /** An image of this layer, so that the image is among those of the store. */
  void tag(RepositoryName image, Layer layer) {
    String blob =
        "{\"mediaType\":\"application/octet-stream\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(layer.digest(), layer.slicing().size());
    byte[] manifest =
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(blob, blob)
            .getBytes(StandardCharsets.UTF_8);
    index
        .images()
        .put(
            image,
            ManifestReader.read(sha256(manifest), ManifestReader.OCI_MANIFEST, manifest),
            Optional.of(new Reference.Tag("1")),
            true,
            now);
  }

  Layer layer(Layer layer) {
    return index.layers().find(layer.digest()).orElseThrow();
  }

  Shard shard(Layer layer, int shard) {
    return index.shards().from(layer.id(), shard, 1).getFirst();
  }

  Copy copy(Layer layer, int shard) {
    return shard(layer, shard).copies().getFirst();
  }

  static byte[] bytes(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] part(byte[] layer, int part) {
    return Arrays.copyOfRange(layer, part * SHARD, Math.min(layer.length, (part + 1) * SHARD));
  }

  private static Digest sha256(byte[] bytes) {
    try {
      return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
