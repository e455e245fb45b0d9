package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.bytes;
import static dev.lamella.contract.Samples.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.aws.Adapters;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.api.Json;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AuditQuery;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Put;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.LayerIndex.Unlink;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.TrustIndex;
import dev.lamella.embedded.LogFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The ports on DynamoDB Local and s3proxy, and what only they can do wrong. */
class AwsTest {
  private static final boolean IS_FULL = Boolean.getBoolean("lamella.full");

  private static final AwsServices SERVICES = AwsServices.started();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Map<String, String> own = SERVICES.newStore();
  private final String logGroup = "logs-" + UUID.randomUUID();

  @Nested
  class Layers extends LayerIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class Shards extends ShardIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class Uploads extends UploadIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class ExternalLayers extends ExternalLayersContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class ReleasedOnes extends ReleasedContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }

    /** Two writes are its edges, thirty touch what they lead to, and one makes it visible. */
    @Test
    void put_indexThatDied_leavesReleasedManifestsSo() throws Exception {
      for (int writes : IS_FULL ? List.of(1, 2, 20, 32) : List.of(2, 20)) {
        List<Digest> children = children(30);
        Manifest first = Samples.index(children);
        images.put(image, first, Optional.empty(), true, NOW);
        images.delete(image, new Reference.ByDigest(first.digest()), NOW);
        Manifest index = Samples.index(children.reversed());
        assertThat(dies(writes, dying -> dying.put(image, index, Optional.empty(), true, NOW)))
            .isTrue();

        removeLeftovers(images, LATER);

        assertThat(released()).hasSize(30);
        assertThat(all(LATER)).allMatch(released -> images.remove(released, LATER));
      }
    }

    /** Thirty writes release the manifests, one makes the index invisible, two are its edges. */
    @Test
    void put_whatAnIndexNamedWhoseDeletionDied_keepsIt() throws Exception {
      for (int writes : IS_FULL ? List.of(0, 15, 30, 31, 32) : List.of(15, 31)) {
        List<Digest> children = children(30);
        Manifest index = Samples.index(children);
        images.put(image, index, Optional.of(ONE), true, NOW);
        Reference reference = new Reference.ByDigest(index.digest());
        assertThat(dies(writes, dying -> dying.delete(image, reference, NOW))).isTrue();
        Manifest kept =
            images.find(image, new Reference.ByDigest(children.getLast())).orElseThrow();
        boolean isThere = images.find(image, reference).isPresent();
        assertThat(isThere).isEqualTo(writes <= 30);

        images.put(image, kept, Optional.empty(), true, NOW);
        removeLeftovers(images, LATER);

        if (isThere) {
          assertThat(released()).isEmpty();
          images.delete(image, reference, NOW);
        } else {
          assertThat(released()).hasSize(29).doesNotContain(kept.digest());
        }
        all(LATER).forEach(released -> images.remove(released, LATER));
        images.delete(image, new Reference.ByDigest(kept.digest()), NOW);
        assertThat(images.exists(image)).isFalse();
      }
    }

    @Test
    void delete_tagThatPointsNowhere_removesIt() {
      Tag tag = new Tag("nowhere");
      SERVICES.putTags(own, image, Samples.digest(), List.of(tag));

      assertThat(images.delete(image, tag, NOW)).isTrue();
      assertThat(images.delete(image, tag, NOW)).isFalse();
      assertThat(images.tags(image, Optional.empty(), 10)).isEmpty();
    }
  }

  /** A step is one request to DynamoDB. */
  @Nested
  class ReleasedRaces extends ReleasedRacesContract {
    private final SteppingAdapters stepping = new SteppingAdapters(SERVICES, own);

    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }

    @Override
    ImageIndex stepping(int actor, Runnable step) throws Exception {
      return stepping.before(actor, step).images();
    }

    @Override
    List<Integer> schedules() {
      return Schedules.of("released.schedules", ROUND, 4);
    }

    @AfterEach
    void close() {
      stepping.close();
    }
  }

  @Nested
  class Images extends ImageIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }

    /**
     * One write is its edges, three touch what they lead to, one makes it visible, and one enters
     * the image.
     */
    @Test
    void put_processDiesAfterAnyWrite_isVisibleWithAllItNamesOrNotAtAll() throws Exception {
      for (int writes = 0; writes <= 6; writes++) {
        RepositoryName image = image();
        List<Digest> blobs = Stream.generate(() -> indexes.store(image)).limit(3).toList();
        Manifest manifest = manifest(blobs, "dies after " + writes);
        boolean dies =
            dies(writes, dying -> dying.put(image, manifest, Optional.of(LATEST), true, NOW));
        assertThat(dies).isEqualTo(writes < 6);
        boolean isVisible = writes >= 5;
        assertThat(images.find(image, LATEST).equals(Optional.of(manifest))).isEqualTo(isVisible);
        assertThat(blobs).allMatch(blob -> indexes.isNamed(blob) == isVisible);

        removeLeftovers(images, LATER);

        assertThat(blobs).allMatch(blob -> indexes.layers().isNamed(blob, NOW) == isVisible);
        assertThat(images.put(image, manifest, Optional.of(LATEST), true, NOW)).isEqualTo(STORED);
        assertThat(images.find(image, LATEST)).contains(manifest);
        assertThat(blobs).allMatch(indexes::isNamed);
        Eventually.equal(true, () -> images.images(Optional.empty(), 10_000).contains(image));
      }
    }

    /** What such a put was about to name is kept for as long as it may still be at work. */
    @Test
    void put_processDied_keepsWhatItNamedForAWhile() throws Exception {
      Digest blob = indexes.store(image);
      Manifest manifest = manifest(List.of(blob), "dies after its edge");
      assertThat(dies(1, dying -> dying.put(image, manifest, Optional.empty(), true, LATER)))
          .isTrue();

      Layer layer = indexes.layers().find(blob).orElseThrow();
      assertThat(indexes.layers().condemn(layer, LATER)).isFalse();
      assertThat(indexes.layers().unlink(image, blob, LATER)).isEqualTo(Unlink.IN_USE);
      Instant past = LATER.plus(ImageIndex.LONGEST_PUT).plusSeconds(1);
      assertThat(indexes.layers().unlink(image, blob, past)).isEqualTo(Unlink.UNLINKED);
      assertThat(indexes.layers().condemn(layer, past)).isTrue();
    }

    @Test
    void put_largeManifestWhoseProcessDied_leavesAnObjectThatIsFound() throws Exception {
      Manifest manifest = manifest(stored(1), "n".repeat(300_000));
      assertThat(dies(2, dying -> dying.put(image, manifest, Optional.empty(), true, NOW)))
          .isTrue();
      assertThat(objects(image, manifest)).hasSize(1);
      images.put(image, manifest, Optional.empty(), true, NOW);
      assertThat(objects(image, manifest)).hasSize(2);

      removeLeftovers(images, Instant.now().plusSeconds(60));

      assertThat(objects(image, manifest)).hasSize(1);
      assertThat(images.find(image, new Reference.ByDigest(manifest.digest()))).contains(manifest);
    }

    /**
     * Three writes note the use of its layers, one makes it invisible, one removes its edges, and
     * one the image's entry.
     */
    @Test
    void delete_processDiesAfterAnyWrite_isDoneByTheNext() throws Exception {
      for (int writes = 0; writes <= 6; writes++) {
        RepositoryName image = image();
        List<Digest> blobs = Stream.generate(() -> indexes.store(image)).limit(3).toList();
        Manifest manifest = manifest(blobs, "deleted in " + writes);
        images.put(image, manifest, Optional.of(LATEST), true, NOW);
        Reference reference = new Reference.ByDigest(manifest.digest());

        boolean dies = dies(writes, dying -> dying.delete(image, reference, NOW));

        assertThat(dies).isEqualTo(writes < 6);
        boolean isThere = writes <= 3;
        assertThat(images.find(image, reference).isPresent()).isEqualTo(isThere);
        assertThat(images.find(image, LATEST).isPresent()).isEqualTo(isThere);
        assertThat(blobs).allMatch(blob -> indexes.isNamed(blob) == isThere);
        if (writes % 2 == 0) {
          // Who puts it in the meantime has it, with all that it names.
          images.put(image, manifest, Optional.of(LATEST), true, NOW);
          removeLeftovers(images, LATER);
          assertThat(images.find(image, LATEST)).contains(manifest);
          assertThat(blobs).allMatch(indexes::isNamed);
        }
        images.delete(image, reference, NOW);
        removeLeftovers(images, LATER);
        assertThat(blobs).noneMatch(blob -> indexes.layers().isNamed(blob, NOW));
        Eventually.equal(false, () -> images.images(Optional.empty(), 10_000).contains(image));
      }
    }

    @Test
    void leftovers_dryRun_namesThemAndLeavesThem() throws Exception {
      Manifest manifest = manifest(stored(2), "dies");
      assertThat(dies(1, dying -> dying.put(image, manifest, Optional.empty(), true, NOW)))
          .isTrue();

      assertThat(leftovers(images, NOW, false)).noneMatch(name -> name.contains(image.value()));
      for (int i = 0; i < 2; i++) {
        assertThat(leftovers(images, LATER, false))
            .filteredOn(name -> name.contains(image.value()))
            .hasSize(2);
      }
      assertThat(leftovers(images, LATER, true))
          .filteredOn(name -> name.contains(image.value()))
          .hasSize(2);
      assertThat(leftovers(images, LATER, false)).noneMatch(name -> name.contains(image.value()));
    }

    /** What somebody else put into the bucket must not keep the rest. */
    @Test
    void leftovers_objectsWithNamesThatNoManifestHas_areKeptAndNamedBesideTheOthers()
        throws Exception {
      Manifest manifest = manifest(stored(1), "n".repeat(300_000));
      assertThat(dies(2, dying -> dying.put(image, manifest, Optional.empty(), true, NOW)))
          .isTrue();
      List<String> names =
          List.of(
              "manifests/0.txt",
              "manifests/NO/sha256-ab-cd",
              "manifests/%s/sha256-ab-%s".formatted(image, LayerId.random()));
      Path bucket = SERVICES.bucket(own, "MANIFEST_BUCKET");
      List<Path> foreign = names.stream().map(bucket::resolve).toList();
      try {
        for (Path file : foreign) {
          Files.createDirectories(file.getParent());
          Files.writeString(file, "not ours");
        }
        assertThat(leftovers(images, Instant.now().plusSeconds(60), true))
            .containsAll(
                names.stream()
                    .map(name -> "object '" + name + "': this is no name of a manifest's object")
                    .toList());
        assertThat(objects(image, manifest)).isEmpty();
        assertThat(foreign).allMatch(Files::exists);
      } finally {
        for (Path file : foreign) {
          Files.deleteIfExists(file);
        }
      }
    }

    @Test
    void leftovers_racingWithPutsAndDeletes_removesNothingThatLeads() throws Exception {
      List<Digest> blobs = stored(3);
      Manifest manifest = manifest(blobs, "raced");
      Reference reference = new Reference.ByDigest(manifest.digest());
      for (int round = 0; round < 10; round++) {
        Race.of(
            4,
            i ->
                switch (i) {
                  case 0 -> () -> images.delete(image, reference, NOW);
                  case 1 -> () -> leftovers(images, NOW, true);
                  default -> () -> images.put(image, manifest, Optional.of(LATEST), true, NOW);
                });

        boolean isThere = images.find(image, reference).isPresent();
        assertThat(blobs).allMatch(blob -> indexes.isNamed(blob) == isThere);
      }
    }

    /**
     * As hundreds of jobs do that build on the same base image: in the full run 200. DynamoDB Local
     * answers so many within clients' time limits only where little else runs.
     */
    @Test
    void put_manyAtOnceOfImagesThatShareTheirLayers_noneIsInTheWayOfAnother() throws Exception {
      List<Digest> base = stored(3);
      int jobs = IS_FULL ? 200 : 40;
      try (ConflictingFront front = ConflictingFront.before(SERVICES.dynamoDb())) {
        List<Put> puts =
            Race.of(
                jobs,
                i -> {
                  // As each push has an instance of the function: what clients may still try again
                  // is not shared.
                  Adapters adapters = through(front);
                  LayerIndex layers = adapters.layers();
                  ImageIndex others = adapters.images();
                  return () -> {
                    RepositoryName of = image();
                    base.forEach(layer -> layers.link(of, layer, NOW));
                    return others.put(
                        of, manifest(base, "job " + i), Optional.of(LATEST), true, NOW);
                  };
                });

        assertThat(puts).hasSize(jobs).containsOnly(STORED);
        // Where all is slow, a put sends a write again while the first is not answered: both are of
        // its own image.
        assertThat(front.contested()).allMatch(item -> item.startsWith("IMAGE#"));
      }
      assertThat(base).allMatch(indexes::isNamed);
    }

    /** What another transaction cancels is tried again: it is no refusal, and becomes none. */
    @Test
    void put_racersForOneNewTagWhereTransactionsAreCancelled_oneWinsAndOthersAreTold()
        throws Exception {
      List<Digest> blobs = stored(1);
      List<Manifest> manifests =
          IntStream.range(0, 12).mapToObj(i -> manifest(blobs, "racer " + i)).toList();
      try (ConflictingFront front = ConflictingFront.before(SERVICES.dynamoDb())) {
        ImageIndex others = through(front).images();
        Optional<Tag> tag = Optional.of(LATEST);

        List<Put> puts =
            Race.of(12, i -> () -> others.put(image, manifests.get(i), tag, false, NOW));

        Manifest winner = manifests.get(puts.indexOf(STORED));
        assertThat(puts).containsOnlyOnce(STORED);
        assertThat(puts).allMatch(put -> put.equals(STORED) || put.equals(taken(winner)));
        assertThat(images.find(image, LATEST)).map(Manifest::digest).contains(winner.digest());
      }
    }

    /** More than a batch, a page or a transaction has, many times over. */
    @org.junit.jupiter.api.Tag("full")
    @Test
    void put_indexOf2500Manifests_isVisibleAtOnce() {
      Digest blob = indexes.store(image);
      List<Digest> children =
          Parallel.map(
              IntStream.range(0, 2_500).boxed().toList(),
              16,
              i -> {
                Manifest child = manifest(List.of(blob), "child " + i);
                images.put(image, child, Optional.empty(), true, NOW);
                return child.digest();
              });

      assertThat(images.put(image, Samples.index(children), Optional.of(LATEST), true, NOW))
          .isEqualTo(STORED);

      assertThat(images.find(image, LATEST).orElseThrow().manifests()).hasSize(2_500);
      assertThat(images.delete(image, LATEST, NOW)).isTrue();
    }

    /** More than a megabyte of items, which is what DynamoDB reads at once. */
    @Test
    void tags_ofMoreThanAMegabyte_areReadWhole() {
      Manifest manifest = manifest(stored(1), "many tags");
      List<Tag> tags =
          IntStream.range(0, 1_100).mapToObj("t%0127d"::formatted).map(Tag::new).toList();
      images.put(image, manifest, Optional.of(tags.getFirst()), true, NOW);
      SERVICES.putTags(own, image, manifest.digest(), tags);

      assertThat(images.tags(image, Optional.empty(), 5_000)).isEqualTo(tags);
      assertThat(images.tags(image, Optional.of(tags.get(10)), 1_000))
          .isEqualTo(tags.subList(11, 1_011));
      assertThat(images.find(image, tags.getLast())).contains(manifest);

      images.delete(image, tags.getFirst(), NOW);
      assertThat(images.released(LATER, Optional.empty(), 1_000).items())
          .noneMatch(released -> released.image().equals(image));
      images.delete(image, new Reference.ByDigest(manifest.digest()), NOW);
      assertThat(images.tags(image, Optional.empty(), 5_000)).isEmpty();
    }

    private Manifest manifest(List<Digest> blobs, String note) {
      return Samples.manifest(blobs, note);
    }
  }

  @Nested
  class Verifications extends VerificationContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class Collections extends CollectionIndexContract {
    @Override
    CollectionIndex collections() {
      return SERVICES.adapters(own).collections();
    }
  }

  @Nested
  class Open extends OpenUploadsContract {
    @Override
    OpenUploads openUploads() {
      return SERVICES.adapters(own).openUploads();
    }
  }

  @Nested
  class Accounts extends AccountIndexContract {
    @Override
    AccountIndex accounts() {
      return SERVICES.adapters(SERVICES.newAccess()).accounts();
    }
  }

  @Nested
  class Trusted extends TrustIndexContract {
    @Override
    TrustIndex trust() {
      return SERVICES.adapters(SERVICES.newAccess()).trust();
    }
  }

  @Nested
  class SecretsKept extends SecretsContract {
    @Override
    Secrets secrets() {
      return SERVICES.adapters(SERVICES.newAccess()).secrets();
    }
  }

  /** Among other lines, which a function writes, too. */
  @Nested
  class Audited extends AuditTrailContract {
    @Override
    AuditTrail trail() {
      var _ = SERVICES.log(logGroup);
      return SERVICES.adapters(Map.of("AUDIT_LOGS", logGroup)).auditTrails().getFirst();
    }

    @Override
    void write(AuditEvent event) throws IOException {
      try (LogFile file = LogFile.open(SERVICES.log(logGroup))) {
        file.append(
            "{\"timestamp\":\"%s\",\"message\":\"{\\\"audit\\\":{\\\"status\\\":200}}\"}"
                .formatted(event.time()));
        file.append(new String(Json.write(new AuditEvent.Line(event)), StandardCharsets.UTF_8));
        file.append("{\"audit\":{\"time\":\"%s\",\"status\":500}}".formatted(event.time()));
        file.append("no JSON");
      }
    }

    @Test
    void read_ofALogThatIsNotThere_saysWhich() {
      AuditTrail none =
          SERVICES.adapters(Map.of("AUDIT_LOGS", "none, other")).auditTrails().getFirst();
      AuditQuery query =
          new AuditQuery(
              Instant.EPOCH,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              false);
      assertThatThrownBy(() -> none.read(query, Optional.empty()))
          .isInstanceOf(Unavailable.class)
          .hasMessage("log group none does not exist");
    }
  }

  /** A step is one request to DynamoDB, or one call of staging or the storage servers. */
  @Nested
  class Collecting extends CollectContract {
    private final Ports all = Ports.of(SERVICES.adapters(own));
    private final SteppingAdapters stepping = new SteppingAdapters(SERVICES, own);

    @Override
    Ports ports() {
      return all;
    }

    @Override
    Ports stepping(int actor, Runnable step) throws Exception {
      return Ports.of(stepping.before(actor, step)).storageBefore(step);
    }

    @AfterEach
    void close() {
      stepping.close();
    }

    @Override
    void send(LayerId upload, int index, byte[] part) throws Exception {
      assertThat(put(ports.staging().signPut(upload, index, part.length).uri(), part))
          .isEqualTo(200);
    }

    @Override
    List<Integer> schedules() {
      return Schedules.of("collect.schedules", 32, 4);
    }

    @Override
    int deathsApart() {
      return IS_FULL ? 1 : 6;
    }

    @Test
    void collect_releasedManifestThatIsDamaged_isToldAndKeepsNoOther() throws Exception {
      RepositoryName image = Samples.image();
      Tag tag = new Tag("large");
      at(NOW).push(image, layer);
      Manifest large = Samples.manifest(List.of(digest), "n".repeat(300_000));
      ImageIndex images = ports.indexes().images();
      images.put(image, large, Optional.of(tag), true, NOW);
      Files.write(objects(image, large).getFirst(), bytes(300_000));
      images.delete(image, Site.TAG, NOW);
      images.delete(image, tag, NOW);

      CollectionRun run = at(AFTER_GRACE).collect();

      assertThat(run.isRunning()).isFalse();
      assertThat(tally(run, Step.MANIFESTS).finds()).extracting(Find::name).hasSize(1);
      assertThat(tally(run, Step.MANIFESTS).kept())
          .singleElement()
          .asString()
          .contains(large.digest().toString());
    }
  }

  @Nested
  class StagedParts extends StagingContract {
    @Override
    Staging staging() {
      return SERVICES.adapters(own).staging();
    }

    @Override
    boolean send(LayerId upload, int index, byte[] part) throws Exception {
      int status = put(staging.signPut(upload, index, part.length).uri(), part);
      assertThat(status).isIn(200, 412);
      return status == 200;
    }

    @Test
    void staged_whileAPartArrivesUnderAnotherName_isWhatIsWhole() throws Exception {
      send(upload, 3, bytes(10));
      Path parts =
          SERVICES.bucket(own, "STAGING_BUCKET").resolve("uploads").resolve(upload.value());
      Files.write(parts.resolve("4-" + UUID.randomUUID()), bytes(5));

      assertThat(staging.staged(upload)).isEqualTo(Map.of(3, 10L));
    }

    @Test
    void signPutWhole_url_takesAnyLength() throws Exception {
      URI url = staging.signPutWhole(upload).uri();

      assertThat(put(url, bytes(11))).isEqualTo(200);

      assertThat(staging.length(upload, StagedPart.WHOLE)).hasValue(11);
      assertThat(staging.staged(upload)).isEmpty();
    }

    @Test
    void signPut_namesLengthAndConditionAsHeaders() {
      assertThat(staging.signPut(upload, 0, 10).headers())
          .isEqualTo(Map.of("content-length", "10", "if-none-match", "*"));
    }

    @Test
    void signPut_withoutTheCondition_isRefused() throws Exception {
      URI url = staging.signPut(upload, 0, 10).uri();
      for (HttpRequest.Builder request :
          List.of(
              HttpRequest.newBuilder(url),
              HttpRequest.newBuilder(url).header("If-None-Match", "\"other\""))) {
        request.PUT(BodyPublishers.ofByteArray(bytes(10)));
        assertThat(HTTP.send(request.build(), BodyHandlers.discarding()).statusCode())
            .isEqualTo(403);
      }
      assertThat(staging.staged(upload)).isEmpty();
    }

    @Test
    void put_whoseAnswerWasLost_isDoneByTheNextTry() throws Exception {
      StagedPart part = StagedPart.ofChunk(0);
      byte[] bytes = bytes(10);

      staging.put(upload, part, bytes, 0, 10);
      staging.put(upload, part, bytes, 0, 10);

      assertThat(staging.length(upload, part)).hasValue(10);
    }

    @Test
    void signPut_otherLength_isRefused() throws Exception {
      SignedUrl url = staging.signPut(upload, 0, 10);

      assertThat(put(url.uri(), bytes(11))).isEqualTo(403);
      assertThat(put(url.uri(), bytes(9))).isEqualTo(403);
      assertThat(staging.staged(upload)).isEmpty();
    }

    @Test
    void signPut_alteredUrl_isRefused() throws Exception {
      URI url = staging.signPut(upload, 1, 10).uri();

      assertThat(put(altered(url, "/1?", "/2?"), bytes(10))).isEqualTo(403);
      assertThat(put(altered(url, "X-Amz-Expires=900", "X-Amz-Expires=7200"), bytes(10)))
          .isEqualTo(403);
      assertThat(put(altered(url, "?.*", ""), bytes(10))).isEqualTo(403);
      assertThat(get(url).statusCode()).isEqualTo(403);
      assertThat(staging.staged(upload)).isEmpty();
    }
  }

  @Nested
  class ShardsStored extends ShardStoreContract {
    @Override
    ShardStore store() {
      return SERVICES.adapters(own).shardStore();
    }

    @Test
    void sign_url_givesShardAndItsMetadata() throws Exception {
      byte[] bytes = bytes(100);
      Shard shard = shard(100);
      SignedUrl url = store.sign(written(shard, bytes), Access.GET);
      assertThat(url.headers()).isEmpty();

      HttpResponse<byte[]> answer = get(url.uri());

      assertThat(answer.body()).isEqualTo(bytes);
      assertThat(answer.headers().map().toString()).doesNotContain("team/app");
      assertThat(metadata(answer, "layer")).isEqualTo(shard.layer().value());
      assertThat(metadata(answer, "index")).isEqualTo("0");
      assertThat(metadata(answer, "size")).isEqualTo("100");
    }

    @Test
    void sign_head_givesTheSizeAndNoByte() throws Exception {
      URI url = store.sign(written(shard(100), bytes(100)), Access.HEAD).uri();

      HttpResponse<byte[]> answer =
          HTTP.send(HttpRequest.newBuilder(url).HEAD().build(), BodyHandlers.ofByteArray());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-length")).contains("100");
      assertThat(get(url).statusCode()).isEqualTo(403);
    }

    @Test
    void sign_alteredUrl_isRefused() throws Exception {
      Copy one = written(shard(10), bytes(10));
      Copy other = written(shard(10), bytes(10));
      URI url = store.sign(one, Access.GET).uri();

      assertThat(get(altered(url, one.key(), other.key())).statusCode()).isEqualTo(403);
      assertThat(put(url, bytes(10))).isEqualTo(403);
    }

    @Test
    void put_storageServerThatIsNotConfigured_isNamed() {
      Shard known = shard(10);
      Shard unknown =
          new Shard(known.image(), known.layer(), 0, 0, 10, "gone", "layers/gone", known.link());

      assertThatThrownBy(() -> written(unknown, bytes(10)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'gone'");
      assertThatThrownBy(() -> store.sign(unknown.copies().getFirst(), Access.GET))
          .hasMessageContaining("'gone'");
    }
  }

  @Nested
  class Assemblies extends AssemblyIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(own));
    }
  }

  @Nested
  class LayersAssembled extends AssembledLayersContract {
    @Override
    ShardStore store() {
      return SERVICES.adapters(own).shardStore();
    }

    @Override
    AssembledLayers assembled() {
      return SERVICES.adapters(own).assembledLayers();
    }

    @Override
    byte[] get(LayerId layer) throws Exception {
      return AwsTest.get(assembled.sign(layer, Access.GET).uri()).body();
    }

    /** What somebody else put into the bucket must not keep the rest. */
    @Test
    void list_objectWithANameThatNoLayerHas_isLeftOut() throws Exception {
      Path foreign = SERVICES.bucket(own, "ASSEMBLED_BUCKET").resolve("layers/0.txt");
      Files.createDirectories(foreign.getParent());
      Files.writeString(foreign, "not ours");
      try {
        assertThat(assembled.list(Optional.empty(), 1).items()).isEmpty();
      } finally {
        Files.delete(foreign);
      }
    }
  }

  @Test
  void anyCall_serviceThatDoesNotListen_isUnavailableByName() {
    String nowhere = "http://127.0.0.1:1";
    Map<String, String> variables = new HashMap<>(SERVICES.newAccess());
    for (String service : List.of("DYNAMODB", "S3", "LAMBDA", "SECRETSMANAGER")) {
      variables.put("AWS_ENDPOINT_URL_" + service, nowhere);
    }
    var adapters = SERVICES.adapters(variables);

    assertThatThrownBy(() -> adapters.layers().find(Samples.digest()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("DynamoDB");
    assertThatThrownBy(() -> adapters.staging().staged(LayerId.random()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("staging");
    assertThatThrownBy(
            () -> Samples.put(adapters.shardStore(), ShardStoreContract.shard(1), new byte[1]))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("storage server s1");
    assertThatThrownBy(() -> adapters.secrets().read(Secrets.Name.SIGNING_KEY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("Secrets Manager");
  }

  private Adapters through(DynamoDbFront front) {
    Map<String, String> variables = new HashMap<>(own);
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", front.uri().toString());
    return SERVICES.adapters(variables);
  }

  private static void removeLeftovers(ImageIndex images, Instant before) {
    leftovers(images, before, true);
  }

  private static List<String> leftovers(ImageIndex images, Instant before, boolean remove) {
    List<String> found = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Find> page = images.leftovers(before, cursor, 1_000, remove);
      page.items().forEach(find -> found.add(find.kept().orElse(find.name())));
      cursor = page.next();
    } while (cursor.isPresent());
    return found;
  }

  /** Whether a process died in it that gets so many writes through. */
  private boolean dies(int writes, Consumer<ImageIndex> work) throws IOException {
    try (DyingFront front = DyingFront.before(SERVICES.dynamoDb(), writes)) {
      work.accept(through(front).images());
      return false;
    } catch (RuntimeException e) {
      assertThat(e).hasMessageContaining("refused");
      return true;
    }
  }

  /** Where S3 has the bytes of a large manifest. */
  private List<Path> objects(RepositoryName image, Manifest manifest) throws IOException {
    Path directory =
        SERVICES.bucket(own, "MANIFEST_BUCKET").resolve("manifests").resolve(image.value());
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().contains(manifest.digest().hex()))
          .toList();
    }
  }

  private static int put(URI url, byte[] body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    if (url.toString().contains("if-none-match")) {
      request.header("If-None-Match", "*");
    }
    return HTTP.send(
            request.PUT(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.discarding())
        .statusCode();
  }

  private static HttpResponse<byte[]> get(URI url) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofByteArray());
  }

  private static String metadata(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue("x-amz-meta-" + name).orElse("absent");
  }

  private static URI altered(URI url, String part, String other) {
    String altered =
        part.equals("?.*")
            ? url.toString().replaceFirst("\\?.*", "")
            : url.toString().replace(part, other);
    assertThat(altered).isNotEqualTo(url.toString());
    return URI.create(altered);
  }
}
