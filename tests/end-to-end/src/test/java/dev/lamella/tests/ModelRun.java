package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A store, and the model that it has to agree with. Each move ends with an answer that says what
 * became of it.
 */
final class ModelRun implements AutoCloseable {
  /** What DynamoDB removes by itself, some time after it has ended; and so it does ASSEMBLY. */
  private static final String EXPECTED = " EXPECTED#";

  /** All that a table has a while after the last of what was done. */
  private static final Pattern LASTING =
      Pattern.compile(
          "IMAGE#\\S+ (IMAGE|(MANIFEST|NAMED|TAG|TAGGED|LAYER|EXPECTED)#\\S+)|LAYER#\\S+"
              + " (LAYER|NAMED#\\S+)|SHARDS#\\S+ SHARD#\\d+|UPLOAD#\\S+ UPLOAD|COLLECTION#\\S+"
              + " COLLECTION|REPORTS LAST#.+|REPORT#\\S+"
              + " (REPORT|FINDING#.+)|ASSEMBLY#\\S+ ASSEMBLY|OPEN#\\S+ OPEN");

  private static final String[] IMAGES = {"team/one", "team/two", "other/three"};

  private final Model model = new Model();
  private final ModelStore store;
  private final ModelHost host;
  private final ModelDamage damage;

  ModelRun(Path data) throws IOException {
    this.store = new ModelStore(data);
    this.host = new ModelHost(store, model);
    this.damage = new ModelDamage(store, model, host);
  }

  /** Makes a move, and looks whether the store agrees with the model about what it touched. */
  void make(Move move) throws Exception {
    switch (move) {
      case Move.Push(int image, int tag, int layers, Move.Way way) ->
          host.push(IMAGES[image], tag(tag), layers, way);
      case Move.Abandon(int image, int layer, int stage) ->
          host.abandon(IMAGES[image], layer, stage);
      case Move.Mount(int image, int from, int layer) ->
          host.mount(IMAGES[image], IMAGES[from], layer);
      case Move.PutManifest(int image, int tag, int layers) ->
          host.putManifest(IMAGES[image], tag(tag), layers);
      case Move.PutIndex(int image, int tag, int one, int other) ->
          host.putIndex(IMAGES[image], tag(tag), List.of(tag(one), tag(other)));
      case Move.Retag(int image, int from, int to) -> host.retag(IMAGES[image], tag(from), tag(to));
      case Move.DeleteTag(int image, int tag) -> host.deleteTag(IMAGES[image], tag(tag));
      case Move.DeleteManifest(int image, int tag) -> deleteManifest(IMAGES[image], tag(tag));
      case Move.DeleteLayer(int image, int layer) -> host.deleteLayer(IMAGES[image], layer);
      case Move.Pull(int image, int tag, boolean isPlain) ->
          host.pull(IMAGES[image], tag(tag), isPlain);
      case Move.Collect(boolean full, boolean awaited) -> collect(full, awaited);
      case Move.Verify(boolean awaited) -> begin("schedule VerifierFunction", awaited);
      case Move.Damage(int image, int tag, int shard, Move.Harm harm, Move.Way way) ->
          damage.damage(IMAGES[image], tag(tag), shard, harm, way);
      case Move.Jump(int hours) -> store.jump(Duration.ofHours(hours));
      case Move.Kill(int request) -> store.tell("kill " + request);
      case Move.Fail(Move.Service service, Move.Failure failure, int after, int count) ->
          store.tell("fail %s %s %d %d".formatted(service, failure, after, count));
      case Move.Postpone(int events) -> store.tell("postpone " + events);
      case Move.Repeat(int event) -> store.tell("repeat " + event);
      case Move.Crash(int request) -> store.tell("crash " + request);
      case Move.Restart() -> store.tell("restart");
    }
  }

  private static String tag(int number) {
    return "t" + number;
  }

  private void deleteManifest(String image, String tag) throws Exception {
    Optional<Digest> digest = model.tagged(image, tag);
    if (digest.isPresent()) {
      host.deleteManifest(image, digest.get());
    }
  }

  private void collect(boolean full, boolean awaited) throws IOException {
    begin("invoke JanitorFunction {\"full\":" + full + "}", awaited);
  }

  private void begin(String order, boolean awaited) throws IOException {
    store.tell(order);
    if (awaited) {
      store.awaitIdle();
    }
  }

  /** How often the process of the store was killed. */
  int deaths() {
    return store.deaths();
  }

  /**
   * The store agrees with the model in all, whatever its clock says; after the grace period, it
   * holds nothing but that; and when all images are deleted, nothing at all.
   */
  void end() throws Exception {
    store.calm();
    store.awaitIdle();
    assertImages();
    assertCounts(store.inventory());
    settle();
    model.removeReleased();
    assertImages();
    Inventory rest = store.inventory();
    assertCounts(rest);
    assertNothingElse(rest);
    for (Map.Entry<String, Model.Image> image : model.images().entrySet()) {
      Set<Digest> manifests = image.getValue().manifests().keySet();
      while (!manifests.isEmpty()) {
        host.deleteManifest(image.getKey(), manifests.iterator().next());
      }
    }
    settle();
    model.removeReleased();
    Inventory nothing = store.inventory();
    assertCounts(nothing);
    assertNothingElse(nothing);
    assertThat(nothing.objects()).isEmpty();
    assertThat(nothing.keys("IMAGE#")).allMatch(key -> key.contains(EXPECTED));
  }

  /**
   * What a run that began before ends with is not yet all, nor what is in the way of others; then
   * go manifests that are released, a grace period later what only those named, and after another
   * one the layers.
   */
  private void settle() throws Exception {
    for (int i = 0; i < 5; i++) {
      store.jump(Duration.ofHours(2L * ModelStack.GRACE_HOURS));
      collect(true, true);
      begin("schedule VerifierFunction", true);
    }
  }

  private void assertImages() throws Exception {
    for (Map.Entry<String, Model.Image> image : model.images().entrySet()) {
      for (ModelManifest manifest : image.getValue().manifests().values()) {
        host.assertWhole(image.getKey(), manifest);
      }
      for (Map.Entry<String, Digest> tag : image.getValue().tags().entrySet()) {
        host.assertTagged(image.getKey(), tag.getKey(), tag.getValue());
      }
    }
  }

  private void assertCounts(Inventory inventory) {
    Set<String> entries = new TreeSet<>(inventory.keys("IMAGE#"));
    entries.removeIf(key -> !key.contains(" MANIFEST#") && !key.contains(" TAG#"));
    Model expected = model.with(entries);
    assertThat(entries).isEqualTo(expected.entries());
    Map<String, Long> counted = inventory.references();
    assertThat(counted).containsAllEntriesOf(expected.references());
    counted.keySet().removeAll(expected.references().keySet());
    assertThat(counted.values())
        .as("references of layers that nothing names")
        .allMatch(count -> count == 0);
  }

  private void assertNothingElse(Inventory inventory) {
    assertThat(inventory.references()).isEqualTo(model.references());
    assertThat(inventory.partitions("SHARDS#")).isEqualTo(inventory.layerIds());
    assertThat(inventory.partitions("UPLOAD#")).isEqualTo(inventory.layerIds());
    assertThat(inventory.objects()).isEqualTo(inventory.recorded());
    assertThat(inventory.staged()).isEmpty();
    assertThat(inventory.manifests()).isEmpty();
    assertThat(inventory.assembled()).isEmpty();
    assertThat(inventory.edges("IMAGE#")).containsExactlyInAnyOrderElementsOf(model.naming());
    assertThat(inventory.edges("LAYER#"))
        .hasSize(
            Math.toIntExact(model.references().values().stream().mapToLong(Long::longValue).sum()));
    Set<String> linked =
        inventory.keys("IMAGE#").stream()
            .filter(key -> key.contains(" LAYER#"))
            .map(key -> key.substring(key.indexOf(" LAYER#") + " LAYER#".length()))
            .collect(Collectors.toSet());
    assertThat(inventory.references().keySet())
        .as("layers that images may read")
        .containsAll(linked);
    assertThat(inventory.keys(""))
        .as("whether there is anything that nobody removes or ends")
        .allMatch(LASTING.asMatchPredicate());
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
