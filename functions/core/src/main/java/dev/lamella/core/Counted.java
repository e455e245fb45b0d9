package dev.lamella.core;

/** A number of things, as people say it: 1 shard, 2 shards. */
public final class Counted {
  private Counted() {}

  /**
   * @param thing one of them, such as "layer"
   */
  public static String of(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  /** What they were, or what became of them: 1 layer was, 2 layers were. */
  public static String were(long count, String thing) {
    return of(count, thing) + (count == 1 ? " was" : " were");
  }

  /** Some of several, such as 0 of 1 layer. */
  public static String of(long count, long all, String thing) {
    return count + " of " + of(all, thing);
  }
}
