package dev.lamella.core.verify;

import static java.util.stream.Collectors.groupingBy;

import dev.lamella.core.Parallel;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.ShardStore.ObjectFacts;
import dev.lamella.core.port.StoredObject;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Finding.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks storage servers what they keep of shards, and reads nothing: it finds what is gone, cut
 * short or overwritten, and not what a disk turned around under a checksum that was right.
 *
 * <p>Many shards are looked up in the storage server's list of a layer's objects, a thousand a
 * request: one that has its size there, and the entity tag under which its checksum was verified,
 * was not written since. Each of the others, and of few shards all, is asked for by itself.
 */
public final class LightCheck implements ShardCheck {
  private static final int MOST_LISTED = 1_000;
  private static final int WIDTH = 64;

  /** What S3 takes for one page of a list, it takes for so many questions for one object. */
  private static final int WORTH_A_LIST = 13;

  private final ShardStore store;

  public LightCheck(ShardStore store) {
    this.store = store;
  }

  @Override
  public Looked look(Layer layer, List<Shard> shards) {
    Map<String, List<StoredCopy>> byServer =
        StoredCopy.of(shards).stream().collect(groupingBy(of -> of.copy().server()));
    return Looked.sum(
        Parallel.map(
            byServer.entrySet(),
            Math.max(1, byServer.size()),
            of -> look(layer, of.getKey(), of.getValue())));
  }

  private Looked look(Layer layer, String server, List<StoredCopy> copies) {
    if (!store.reaches(server)) {
      return ShardCheck.unknownServer(layer, copies);
    }
    if (copies.size() < WORTH_A_LIST) {
      return ask(layer, copies);
    }
    try {
      Listing listing = list(server, copies);
      Looked asked = ask(layer, copies.stream().filter(copy -> !listing.vouchesFor(copy)).toList());
      return Looked.sum(List.of(new Looked(List.of(), 0, listing.requests()), asked));
    } catch (Unavailable e) {
      return Looked.sum(copies.stream().map(copy -> unread(layer, copy, e)).toList());
    }
  }

  private record Listing(Map<String, StoredObject> objects, int requests) {
    boolean vouchesFor(StoredCopy of) {
      return Optional.ofNullable(objects.get(of.copy().key()))
          .filter(object -> object.size() == of.shard().size())
          .filter(object -> !object.etag().isEmpty() && object.etag().equals(of.copy().etag()))
          .isPresent();
    }
  }

  /** The storage server's list, from the first of the shards to the last. */
  private Listing list(String server, List<StoredCopy> copies) {
    List<String> keys = copies.stream().map(of -> of.copy().key()).sorted().toList();
    String last = keys.getLast();
    Map<String, StoredObject> objects = new HashMap<>();
    int requests = 0;
    // A list begins after its cursor.
    Optional<String> cursor =
        Optional.of(keys.getFirst().substring(0, keys.getFirst().length() - 1));
    while (cursor.filter(at -> at.compareTo(last) < 0).isPresent()) {
      Page<StoredObject> page = store.list(server, cursor, Math.min(MOST_LISTED, copies.size()));
      page.items().forEach(object -> objects.put(object.key(), object));
      cursor = page.next();
      requests++;
    }
    return new Listing(objects, requests);
  }

  private Looked ask(Layer layer, List<StoredCopy> copies) {
    return Looked.sum(Parallel.map(copies, WIDTH, copy -> ask(layer, copy)));
  }

  private Looked ask(Layer layer, StoredCopy of) {
    try {
      return Looked.at(finding(layer, of, store.kept(of.copy())), 0, 1);
    } catch (Unavailable e) {
      return unread(layer, of, e);
    }
  }

  private static Looked unread(Layer layer, StoredCopy of, Unavailable e) {
    return Looked.at(
        Optional.of(ShardCheck.finding(layer, of, Kind.UNREAD, String.valueOf(e.getMessage()))),
        0,
        1);
  }

  private static Optional<Finding> finding(Layer layer, StoredCopy of, Optional<ObjectFacts> kept) {
    if (kept.isEmpty()) {
      return Optional.of(
          ShardCheck.finding(layer, of, Kind.MISSING, "its storage server has no such object"));
    }
    if (kept.get().size() != of.shard().size()) {
      return Optional.of(
          ShardCheck.finding(
              layer,
              of,
              Kind.WRONG_SIZE,
              "it has " + kept.get().size() + " bytes instead of " + of.shard().size()));
    }
    return kept.get()
        .checksum()
        .filter(checksum -> !checksum.equals(of.copy().checksum()))
        .map(
            checksum ->
                ShardCheck.finding(
                    layer,
                    of,
                    Kind.WRONG_CHECKSUM,
                    "its checksum is " + checksum + " instead of " + of.copy().checksum()));
  }
}
