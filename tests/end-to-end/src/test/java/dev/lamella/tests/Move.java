package dev.lamella.tests;

import java.util.Random;
import java.util.stream.Stream;

/**
 * One thing that happens to a store. Numbers are taken modulo what there is, so that each move
 * means something at any moment, and a run stays one when moves are left out of it.
 */
sealed interface Move {
  /** A host pushes an image of these layers, a bit each, and does not give up. */
  record Push(int image, int tag, int layers, Way way) implements Move {}

  /** A host begins to push a layer and is never seen again: it asked, sent parts, or announced. */
  record Abandon(int image, int layer, int stage) implements Move {}

  /** A client asks whether an image may have a layer of another, and for an upload where not. */
  record Mount(int image, int from, int layer) implements Move {}

  /** A client that believes the layers to be there puts a manifest that names them. */
  record PutManifest(int image, int tag, int layers) implements Move {}

  /** An index is put of the images that two tags point to. */
  record PutIndex(int image, int tag, int one, int other) implements Move {}

  record Retag(int image, int from, int to) implements Move {}

  record DeleteTag(int image, int tag) implements Move {}

  record DeleteManifest(int image, int tag) implements Move {}

  record DeleteLayer(int image, int layer) implements Move {}

  /** Shard by shard, or as a plain client does. */
  record Pull(int image, int tag, boolean isPlain) implements Move {}

  /** The janitor runs, and what follows waits for its end or does not. */
  record Collect(boolean full, boolean awaited) implements Move {}

  /** The verifier runs, and what follows waits for its end or does not. */
  record Verify(boolean awaited) implements Move {}

  /** A shard of an image is damaged, found by verification, not served, and healed by a push. */
  record Damage(int image, int tag, int shard, Harm harm, Way way) implements Move {}

  /** Time passes for the functions. */
  record Jump(int hours) implements Move {}

  /** All functions that run then are killed at one of the next requests that they make. */
  record Kill(int request) implements Move {}

  /** Some of the next requests to a service fail. */
  record Fail(Service service, Failure failure, int after, int count) implements Move {}

  /** So many of the next events come after others, in another order. */
  record Postpone(int events) implements Move {}

  /** An event that was delivered comes once more, however late. */
  record Repeat(int event) implements Move {}

  /** The process of the whole store is killed at one of the next requests of its functions. */
  record Crash(int request) implements Move {}

  /** The whole store ends and is started again on its data. */
  record Restart() implements Move {}

  /** How layers are sent. */
  enum Way {
    /** In parallel, by {@code /v1/}. */
    PARTS,
    /** One after the other by {@code /v2/}: POST, PATCH, PUT. */
    CHUNKS
  }

  /** What becomes of a shard's object. */
  enum Harm {
    FLIPPED,
    DELETED,
    CUT_SHORT
  }

  /** What functions call. */
  enum Service {
    S3,
    DYNAMODB,
    LAMBDA
  }

  /** How a request fails. */
  enum Failure {
    UNAVAILABLE,
    THROTTLED,
    BROKEN,
    /** It is done, but its answer is lost. */
    ANSWER_LOST,
    /** No answer comes for as long as anybody waits for one. */
    TIMEOUT;

    private static final Failure[] QUICK = {UNAVAILABLE, THROTTLED, BROKEN, ANSWER_LOST};
  }

  /** Moves by how often they are made. */
  enum Kind {
    PUSH(220),
    ABANDON(50),
    MOUNT(40),
    PUT_MANIFEST(50),
    PUT_INDEX(40),
    RETAG(45),
    DELETE_TAG(40),
    DELETE_MANIFEST(80),
    DELETE_LAYER(20),
    PULL(75),
    COLLECT(90),
    VERIFY(30),
    DAMAGE(30),
    JUMP(80),
    KILL(60),
    FAIL(45),
    TIME_OUT(3),
    POSTPONE(18),
    REPEAT(20),
    CRASH(8),
    RESTART(4);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    private static Kind by(Random random) {
      int at = random.nextInt(Stream.of(values()).mapToInt(kind -> kind.weight).sum());
      for (Kind kind : values()) {
        at -= kind.weight;
        if (at < 0) {
          return kind;
        }
      }
      throw new AssertionError("the sum of the weights is less than " + at);
    }
  }

  static Move by(Random random) {
    int image = random.nextInt(3);
    int tag = random.nextInt(3);
    return switch (Kind.by(random)) {
      case PUSH -> new Push(image, tag, layers(random), way(random));
      case ABANDON -> new Abandon(image, random.nextInt(6), random.nextInt(3));
      case MOUNT -> new Mount(image, random.nextInt(3), random.nextInt(6));
      case PUT_MANIFEST -> new PutManifest(image, tag, layers(random));
      case PUT_INDEX -> new PutIndex(image, tag, random.nextInt(3), random.nextInt(3));
      case RETAG -> new Retag(image, tag, random.nextInt(3));
      case DELETE_TAG -> new DeleteTag(image, tag);
      case DELETE_MANIFEST -> new DeleteManifest(image, tag);
      case DELETE_LAYER -> new DeleteLayer(image, random.nextInt(6));
      case PULL -> new Pull(image, tag, random.nextInt(4) == 0);
      case COLLECT -> new Collect(random.nextInt(4) == 0, random.nextBoolean());
      case VERIFY -> new Verify(random.nextBoolean());
      case DAMAGE ->
          new Damage(image, tag, random.nextInt(100), any(random, Harm.values()), way(random));
      case JUMP -> new Jump(1 + random.nextInt(200));
      case KILL -> new Kill(random.nextInt(25));
      case FAIL -> fail(random);
      case TIME_OUT ->
          new Fail(any(random, Service.values()), Failure.TIMEOUT, random.nextInt(12), 1);
      case POSTPONE -> new Postpone(1 + random.nextInt(4));
      case REPEAT -> new Repeat(random.nextInt(1_000));
      case CRASH -> new Crash(random.nextInt(40));
      case RESTART -> new Restart();
    };
  }

  /** But for timeouts, which take long. */
  private static Fail fail(Random random) {
    return new Fail(
        any(random, Service.values()),
        any(random, Failure.QUICK),
        random.nextInt(12),
        1 + random.nextInt(3));
  }

  private static Way way(Random random) {
    return random.nextInt(3) == 0 ? Way.CHUNKS : Way.PARTS;
  }

  private static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Few of the large ones: the last two have several shards. */
  private static int layers(Random random) {
    int layers = 1 + random.nextInt(15);
    return random.nextInt(6) == 0 ? layers | (16 << random.nextInt(2)) : layers;
  }
}
