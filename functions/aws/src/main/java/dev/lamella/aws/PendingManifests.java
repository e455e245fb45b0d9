package dev.lamella.aws;

import dev.lamella.aws.ReferenceCounts.Named;
import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.port.ImageIndex.Unfinished;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Manifests on their way in or out that one transaction cannot move: their bytes are in S3, or what
 * they name is too much to be counted at once.
 *
 * <p>While such a manifest is not visible, an item {@code PENDING#<manifest>} names its object in
 * S3 and says how much of what it names, in the manifest's order, is counted. Each transaction that
 * counts some moves that number, under the condition that it is still what it was; the last one on
 * the way in deletes the item and makes the manifest visible, the first one on the way out does the
 * reverse. So each is counted once, however often it is tried and by however many at once. A crash
 * in between leaves layers counted for a manifest that is not there: they are kept too long, never
 * collected too early. Putting the manifest again goes on from there. Where nobody does, the item
 * is found in the secondary index under {@code PENDING}, by time.
 *
 * <p>Who puts the manifest takes a turn first, and who takes it back goes on only as long as nobody
 * has taken one since.
 */
final class PendingManifests {
  private static final String INDEX = "PENDING";

  /** Instead of a count: nobody may go on with this item, for its object is being deleted. */
  private static final int CLOSING = -1;

  private final Table table;
  private final LargeManifests large;
  private final ReferenceCounts counts;

  PendingManifests(Table table, LargeManifests large, ReferenceCounts counts) {
    this.table = table;
    this.large = large;
    this.counts = counts;
  }

  /**
   * Puts the bytes in S3 and counts all that the manifest names.
   *
   * @return the object with the bytes; empty where others were in the way: try again
   */
  Optional<String> prepare(RepositoryName image, Manifest manifest, Instant now) {
    return turn(image, manifest, now)
        .filter(pending -> count(image, manifest, pending, now))
        .map(pending -> pending.text("object"));
  }

  private Optional<Item> turn(RepositoryName image, Manifest manifest, Instant now) {
    Key key = Key.pending(image, manifest.digest());
    Optional<Item> found = table.get(key);
    if (found.isEmpty()) {
      Item created = item(image, manifest, LargeManifests.name(image, manifest.digest()), 0, now);
      return table
              .transaction()
              .putNew(created)
              .requireAbsent(Key.manifest(image, manifest.digest()))
              .commit()
              .isEmpty()
          ? Optional.of(created)
          : Optional.empty();
    }
    Item pending = found.get();
    if (pending.number("counted") == CLOSING) {
      delete(key, pending.text("object"));
      return Optional.empty();
    }
    boolean taken =
        table.update(
            key,
            "SET #turn = #turn + :one, #ISK = :now",
            "#counted = :counted AND #turn = :turn",
            Map.of(
                ":one", Item.value(1),
                ":now", Item.value(now),
                ":counted", pending.get("counted"),
                ":turn", pending.get("turn")));
    return taken ? found : Optional.empty();
  }

  private boolean count(RepositoryName image, Manifest manifest, Item pending, Instant now) {
    Key key = Key.pending(image, manifest.digest());
    List<Named> named = ReferenceCounts.named(manifest);
    int counted = (int) pending.number("counted");
    if (counted == 0) {
      large.put(pending.text("object"), manifest.bytes());
    }
    while (counted < named.size()) {
      int next = Math.min(named.size(), counted + ReferenceCounts.MOST);
      Transaction transaction =
          table
              .transaction()
              .update(
                  key,
                  "SET #counted = :next",
                  "#counted = :counted AND #object = :object",
                  Map.of(
                      ":next", Item.value(next),
                      ":counted", Item.value(counted),
                      ":object", pending.get("object")));
      counts.add(transaction, image, manifest, named.subList(counted, next), now);
      if (!transaction.commit().isEmpty()) {
        return false;
      }
      counted = next;
    }
    return true;
  }

  /** Ends the way in: a step of the transaction that makes the manifest visible. */
  void arrive(Transaction last, RepositoryName image, Manifest manifest, String object) {
    last.delete(
        Key.pending(image, manifest.digest()),
        "#counted = :all AND #object = :object",
        Map.of(
            ":all", Item.value(ReferenceCounts.named(manifest).size()),
            ":object", Item.value(object)));
  }

  /** Begins the way out: a step of the transaction that makes the manifest invisible. */
  Item leave(
      Transaction first, RepositoryName image, Manifest manifest, String object, Instant now) {
    int all = ReferenceCounts.named(manifest).size();
    Item pending = item(image, manifest, object, all, now);
    first.putNew(pending);
    return pending;
  }

  /**
   * Takes references back until none is counted, and deletes the object.
   *
   * @return false where somebody else has gone on with this manifest
   */
  boolean takeBack(RepositoryName image, Manifest manifest, Item pending, Instant now) {
    Key key = Key.pending(image, manifest.digest());
    List<Named> named = ReferenceCounts.named(manifest);
    int counted = (int) pending.number("counted");
    while (counted > 0) {
      int next = Math.max(0, counted - ReferenceCounts.MOST);
      Transaction transaction = moving(table.transaction(), key, pending, counted, next);
      counts.takeOff(transaction, image, manifest, named.subList(next, counted), now);
      if (!transaction.commit().isEmpty()) {
        return false;
      }
      counted = next;
    }
    return end(key, pending, counted);
  }

  /**
   * The same for an item that was left before {@code before}, and of which is not known yet what it
   * names.
   */
  private boolean takeBack(Item entry, Instant before, Instant now) {
    RepositoryName image = new RepositoryName(entry.text("image"));
    Digest digest = Digest.parse(entry.text("digest"));
    Key key = Key.pending(image, digest);
    Optional<Item> pending =
        table.get(key).filter(item -> item.text("ISK").compareTo(Item.sortable(before)) < 0);
    if (pending.isEmpty()) {
      return false;
    }
    Item item = pending.get();
    int counted = (int) item.number("counted");
    if (counted <= 0) {
      return end(key, item, counted);
    }
    // Where it is gone, somebody else has closed this item meanwhile.
    return large
        .find(item.text("object"))
        .map(bytes -> ManifestReader.read(digest, item.text("mediaType"), bytes))
        .filter(manifest -> takeBack(image, manifest, item, now))
        .isPresent();
  }

  private boolean end(Key key, Item pending, int counted) {
    if (counted == 0
        && !moving(table.transaction(), key, pending, counted, CLOSING).commit().isEmpty()) {
      return false;
    }
    delete(key, pending.text("object"));
    return true;
  }

  /**
   * @return how many were taken back
   */
  int takeBack(Instant before, int limit, Instant now) {
    return (int) left(before, limit).stream().filter(entry -> takeBack(entry, before, now)).count();
  }

  /** Those that {@link #takeBack(Instant, int, Instant)} would look at. */
  List<Unfinished> unfinished(Instant before, int limit) {
    return left(before, limit).stream()
        .filter(entry -> entry.text("ISK").compareTo(Item.sortable(before)) < 0)
        .map(
            entry ->
                new Unfinished(
                    new RepositoryName(entry.text("image")), Digest.parse(entry.text("digest"))))
        .toList();
  }

  private List<Item> left(Instant before, int limit) {
    return table.queryIndex(INDEX, Key.FIRST, Item.sortable(before), limit);
  }

  private void delete(Key key, String object) {
    large.delete(object);
    table
        .transaction()
        .delete(
            key,
            "#counted = :closing AND #object = :object",
            Map.of(":closing", Item.value(CLOSING), ":object", Item.value(object)))
        .commit();
  }

  private static Transaction moving(
      Transaction transaction, Key key, Item pending, int counted, int next) {
    return transaction.update(
        key,
        "SET #counted = :next",
        "#counted = :counted AND #object = :object AND #turn = :turn",
        Map.of(
            ":next", Item.value(next),
            ":counted", Item.value(counted),
            ":object", pending.get("object"),
            ":turn", pending.get("turn")));
  }

  private static Item item(
      RepositoryName image, Manifest manifest, String object, int counted, Instant now) {
    return Item.at(Key.pending(image, manifest.digest()))
        .indexed(INDEX, Item.sortable(now))
        .with("image", image.value())
        .with("digest", manifest.digest().toString())
        .with("mediaType", manifest.mediaType())
        .with("object", object)
        .with("counted", counted)
        .with("turn", 0);
  }
}
