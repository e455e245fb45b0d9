package dev.lamella.benchmarks.transfer;

import dev.lamella.aws.Adapters;
import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.transfer.Plain.Piece;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl.Access;
import dev.lamella.embedded.Shaping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What verification costs beside plain parallel code: that gets and hashes the same shards, or that
 * asks S3 for the same shards.
 */
final class Verified {
  /** As many as a layer can have. */
  static final int SHARDS = 10_000;

  private static final double DEEP_TARGET = 0.8;
  private static final double LIGHT_TARGET = 1.2;

  /** Too small for S3 to assemble; to be asked for, a shard needs no bytes. */
  private static final int SMALL = 64;

  /** The verifier asks for so many shards at a time. */
  private static final int HEADS = 64;

  private static final int WARM_UPS = 2;

  private static final String READ = "read";
  private static final RepositoryName LOOKED_AT = new RepositoryName("looked-at");

  private final Path template;
  private final Workspace workspace;
  private final Timer timer;

  Verified(Path template, Workspace workspace, Timer timer) {
    this.template = template;
    this.workspace = workspace;
    this.timer = timer;
  }

  /**
   * @param size of the layer that is read, in bytes
   */
  List<Comparison> run(long size, int rounds) throws IOException {
    RandomImage image = RandomImage.make(workspace.make("image"), 1, size);
    try (Store store = Store.start(template, workspace.make("verified"), Shaping.NONE)) {
      store.push(image, READ);
      List<Piece> shards =
          store.shards(READ, image.layer()).stream()
              .map(entry -> new Piece(entry.url(), entry.offset(), entry.size()))
              .toList();
      List<Piece> small = manyShards(store.adapters());
      warmUp(store, small);
      Comparison deep =
          compare(
              "deep verification",
              "get and hash",
              Goal.TIMES_AS_FAST,
              DEEP_TARGET,
              rounds,
              () -> store.verify(READ, true),
              () -> Plain.hash(shards, Store.CONNECTIONS));
      Comparison light =
          compare(
              "light, 10,000 shards",
              "HEAD",
              Goal.TIMES_AS_LONG,
              LIGHT_TARGET,
              rounds,
              () -> store.verify(LOOKED_AT.value(), false),
              () -> Plain.head(small, HEADS));
      return List.of(deep, light);
    }
  }

  /**
   * Java compiles what is called often, and so only then: a request a shard, many times over, as of
   * a stack that has run for a while.
   */
  private static void warmUp(Store store, List<Piece> small) throws IOException {
    for (int round = 0; round < WARM_UPS; round++) {
      store.verify(LOOKED_AT.value(), true);
      Plain.head(small, HEADS);
    }
  }

  /** The first round warms up, and does not count. */
  private Comparison compare(
      String name,
      String other,
      Goal goal,
      double target,
      int rounds,
      Timer.Timed ours,
      Timer.Timed others)
      throws IOException {
    List<Double> own = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      String label = round == 0 ? " warm-up" : " " + round;
      double one = timer.time(name + label, ours);
      double two = timer.time("plain parallel " + other + label, others);
      if (round > 0) {
        own.add(one);
        theirs.add(two);
      }
    }
    return new Comparison(
        name, "lamella verify", "plain parallel " + other, goal, target, own, theirs);
  }

  /** A layer of the most shards there can be, and where to ask for each. */
  private static List<Piece> manyShards(Adapters adapters) {
    byte[] bytes = new byte[SHARDS * SMALL];
    new Random(SHARDS).nextBytes(bytes);
    List<Link> links = links(bytes);
    Digest digest = Digest.parse("sha256:" + links.getLast().after().hex());
    Instant now = Instant.now();
    Upload upload =
        Upload.open(
            LayerId.random(),
            LOOKED_AT,
            digest,
            new Slicing(bytes.length, SMALL),
            now,
            now.plus(Duration.ofHours(1)));
    adapters.uploads().create(upload);
    ShardStore store = adapters.shardStore();
    ShardIndex index = adapters.shards();
    List<Piece> pieces =
        Parallel.map(
            IntStream.range(0, SHARDS).boxed().toList(),
            HEADS,
            number -> {
              Shard shard = put(store, index, upload, links.get(number), bytes, number);
              return new Piece(
                  store.sign(shard.copies().getFirst(), Access.HEAD).uri(), shard.offset(), SMALL);
            });
    LayerIndex layers = adapters.layers();
    var _ =
        layers.commit(
            upload,
            new Layer(digest, upload.id(), upload.slicing(), Map.of(), now, now, Optional.empty()));
    return pieces;
  }

  private static List<Link> links(byte[] bytes) {
    List<Link> links = new ArrayList<>();
    ChainHash hash = ChainEngine.best().start();
    ChainState before = ChainState.INITIAL;
    for (int number = 0; number < SHARDS; number++) {
      hash.update(bytes, number * SMALL, SMALL);
      ChainState after = number == SHARDS - 1 ? hash.finish() : hash.state();
      links.add(new Link(before, after));
      before = after;
    }
    return links;
  }

  private static Shard put(
      ShardStore store, ShardIndex index, Upload upload, Link link, byte[] bytes, int number) {
    byte[] part = new byte[SMALL];
    System.arraycopy(bytes, number * SMALL, part, 0, SMALL);
    Shard shard =
        new Shard(
            LOOKED_AT,
            upload.id(),
            number,
            (long) number * SMALL,
            SMALL,
            "s" + number % 4,
            Shard.keyOf(upload.id(), number, link),
            link);
    Copy planned = shard.copies().getFirst();
    Shard stored = shard.with(planned, store.put(shard, planned, part));
    var _ = index.put(stored);
    return stored;
  }
}
