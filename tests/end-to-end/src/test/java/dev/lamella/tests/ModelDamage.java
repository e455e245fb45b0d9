package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.report.Finding.Kind;
import dev.lamella.core.report.Report.State;
import dev.lamella.core.report.ReportId;
import dev.lamella.tests.Move.Harm;
import dev.lamella.tests.Move.Way;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Damages a shard of a store; then verification names it and no other, and a push heals it. */
final class ModelDamage {
  private static final int ATTEMPTS = 5;

  /** Longer than a job waits for batches that were lost. */
  private static final Duration LEASE = Duration.ofHours(1);

  /** A shard that is there. */
  private record Target(Digest layer, ShardMap.Entry shard) {}

  private final ModelStore store;
  private final Model model;
  private final ModelHost host;

  ModelDamage(ModelStore store, Model model, ModelHost host) {
    this.store = store;
    this.model = model;
    this.host = host;
  }

  /**
   * @param shard number of one of all shards of the image, modulo how many they are
   */
  void damage(String image, String tag, int shard, Harm harm, Way way) throws Exception {
    int layers = model.at(image, tag).map(ModelManifest::layers).orElse(0);
    List<Target> targets = store.insist(() -> targets(image, layers));
    if (targets.isEmpty()) {
      return;
    }
    store.awaitIdle();
    Target target = targets.get(shard % targets.size());
    harm(store.object(target.shard().url().getPath()), harm);

    boolean isSeen = harm != Harm.FLIPPED;
    assertDamage(verify(image, false), target, isSeen ? List.of(kind(harm)) : List.of());
    assertDamage(verify(image, true), target, List.of(kind(harm)));
    assertDamage(verify(image, false), target, List.of(isSeen ? kind(harm) : Kind.KNOWN_DAMAGE));
    HttpResponse<byte[]> refused =
        store.insist(
            () -> store.host().call("GET", "/v1/layers/" + target.layer() + "?image=" + image, ""),
            409);
    assertThat(RawHost.text(refused))
        .contains("LAYER_DAMAGED", target.layer().toString(), "shard " + target.shard().index());

    host.push(image, tag, layers, way);
    host.assertWhole(image, ModelManifest.image(layers));
    assertDamage(verify(image, true), target, List.of());
  }

  private List<Target> targets(String image, int layers) throws IOException {
    List<Target> targets = new ArrayList<>();
    for (int index : Model.indexes(layers).toArray()) {
      Digest layer = Model.digest(index);
      store.host().map(image, layer).map().stream()
          .filter(shard -> shard.size() > 0)
          .forEach(shard -> targets.add(new Target(layer, shard)));
    }
    return targets;
  }

  private static void harm(Path object, Harm harm) throws IOException {
    byte[] bytes = Files.readAllBytes(object);
    switch (harm) {
      case DELETED -> Files.delete(object);
      case CUT_SHORT ->
          Files.write(
              object,
              RawHost.slice(bytes, 0, bytes.length - 1),
              StandardOpenOption.TRUNCATE_EXISTING);
      case FLIPPED -> {
        bytes[bytes.length / 3] ^= 0x20;
        // In place, so that the checksum that the server keeps beside the bytes stays.
        Files.write(object, bytes, StandardOpenOption.WRITE);
      }
    }
  }

  private static Kind kind(Harm harm) {
    return switch (harm) {
      case FLIPPED -> Kind.WRONG_BYTES;
      case DELETED -> Kind.MISSING;
      case CUT_SHORT -> Kind.WRONG_SIZE;
    };
  }

  /** What a job says that began now, and left nothing out. */
  private VerificationReport verify(String image, boolean deep) throws Exception {
    String request = "{\"deep\":%s,\"name\":\"%s\"}".formatted(deep, image);
    for (int i = 0; i < ATTEMPTS; i++) {
      ReportId id = store.insist(() -> Verifications.start(store.host(), request)).id();
      store.awaitIdle();
      VerificationReport report = store.insist(() -> Verifications.get(store.host(), id));
      if (report.state() == State.DONE && report.warnings().isEmpty()) {
        return report;
      }
      store.calm();
      store.jump(LEASE);
    }
    throw new AssertionError("no verification of " + image + " gets done");
  }

  private void assertDamage(VerificationReport report, Target target, List<Kind> kinds) {
    assertThat(report.damage())
        .extracting(Damage::layer, Damage::shard, Damage::kind)
        .containsExactlyElementsOf(
            kinds.stream()
                .map(kind -> tuple(target.layer(), target.shard().index(), kind))
                .toList());
    assertThat(report.damage())
        .allSatisfy(
            damage ->
                assertThat(damage.images())
                    .extracting("value")
                    .containsAll(model.imagesOf(target.layer())));
  }
}
