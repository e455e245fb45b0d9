package dev.lamella.tests;

import java.util.Random;

/**
 * One thing that happens to a store. Numbers are taken modulo what there is, so that each move
 * means something at any moment, and a run stays one when moves are left out of it.
 */
sealed interface Move {
  /** A host pushes an image of these layers, a bit each, and does not give up. */
  record Push(int image, int tag, int layers) implements Move {}

  /** A host begins to push a layer and is never seen again: it asked, sent parts, or announced. */
  record Abandon(int image, int layer, int stage) implements Move {}

  /** A client that believes the layers to be there puts a manifest that names them. */
  record PutManifest(int image, int tag, int layers) implements Move {}

  record Retag(int image, int from, int to) implements Move {}

  record DeleteTag(int image, int tag) implements Move {}

  record DeleteManifest(int image, int tag) implements Move {}

  record Pull(int image, int tag) implements Move {}

  /** The janitor runs, and what follows waits for its end or does not. */
  record Collect(boolean full, boolean awaited) implements Move {}

  /** The verifier runs, and what follows waits for its end or does not. */
  record Verify(boolean awaited) implements Move {}

  /** Time passes for the functions. */
  record Jump(int hours) implements Move {}

  /** All functions that run then are killed at one of the next requests that they make. */
  record Kill(int request) implements Move {}

  /** Some of the next requests to a service fail. */
  record Fail(Service service, Failure failure, int after, int count) implements Move {}

  /** An event that was delivered comes once more, however late. */
  record Repeat(int event) implements Move {}

  /** The whole store ends and is started again on its data. */
  record Restart() implements Move {}

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
    /** It is done, but nobody hears of it. */
    ANSWER_LOST
  }

  static Move by(Random random) {
    int image = random.nextInt(3);
    int tag = random.nextInt(3);
    int kind = random.nextInt(100);
    if (kind < 24) {
      return new Push(image, tag, layers(random));
    } else if (kind < 29) {
      return new Abandon(image, random.nextInt(6), random.nextInt(3));
    } else if (kind < 35) {
      return new PutManifest(image, tag, layers(random));
    } else if (kind < 40) {
      return new Retag(image, tag, random.nextInt(3));
    } else if (kind < 45) {
      return new DeleteTag(image, tag);
    } else if (kind < 53) {
      return new DeleteManifest(image, tag);
    } else if (kind < 61) {
      return new Pull(image, tag);
    } else if (kind < 71) {
      return new Collect(random.nextInt(4) == 0, random.nextBoolean());
    } else if (kind < 74) {
      return new Verify(random.nextBoolean());
    } else if (kind < 83) {
      return new Jump(1 + random.nextInt(200));
    } else if (kind < 90) {
      return new Kill(random.nextInt(25));
    } else if (kind < 96) {
      return new Fail(
          Service.values()[random.nextInt(3)],
          Failure.values()[random.nextInt(4)],
          random.nextInt(12),
          1 + random.nextInt(3));
    } else if (kind < 99) {
      return new Repeat(random.nextInt(1_000));
    }
    return new Restart();
  }

  /** Few of the large ones: the last two have several shards. */
  private static int layers(Random random) {
    int layers = 1 + random.nextInt(15);
    return random.nextInt(6) == 0 ? layers | (16 << random.nextInt(2)) : layers;
  }
}
