package dev.lamella.contract;

import static dev.lamella.contract.Samples.LATER;
import static dev.lamella.contract.Samples.NOW;
import static dev.lamella.contract.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Step;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.ImageIndex.Unfinished;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.SignedUrl.Access;
import dev.lamella.core.port.Staging;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final AwsServices SERVICES = AwsServices.started();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Nested
  class Layers extends LayerIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class Shards extends ShardIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class Uploads extends UploadIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class ExternalLayers extends ExternalLayersContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class ReleasedOnes extends ReleasedContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }

    /** One transaction begins, two name the manifests, and one makes the index visible. */
    @Test
    void put_indexThatDied_leavesReleasedManifestsSo() throws Exception {
      for (int transactions = 1; transactions < 4; transactions++) {
        List<Digest> children = children(60);
        Manifest first = Samples.index(children);
        images.put(image, first, Optional.empty(), NOW);
        images.delete(image, new Reference.ByDigest(first.digest()), NOW);
        Manifest index = Samples.index(children.reversed());
        assertThat(dies(transactions, dying -> dying.put(image, index, Optional.empty(), NOW)))
            .isTrue();

        images.takeBack(LATER, 100, LATER);

        assertThat(released()).hasSize(60);
        assertThat(all(LATER)).allMatch(released -> images.remove(released, LATER));
      }
    }

    /** One transaction releases the manifests, and one makes the index invisible. */
    @Test
    void put_whatAnIndexNamedWhoseDeletionDied_keepsIt() throws Exception {
      for (int transactions = 0; transactions < 6; transactions++) {
        List<Digest> children = children(60);
        Manifest index = Samples.index(children);
        images.put(image, index, Optional.of(ONE), NOW);
        Reference reference = new Reference.ByDigest(index.digest());
        assertThat(dies(transactions, dying -> dying.delete(image, reference, NOW))).isTrue();
        Manifest kept =
            images.find(image, new Reference.ByDigest(children.getLast())).orElseThrow();
        boolean isThere = images.find(image, reference).isPresent();

        images.put(image, kept, Optional.empty(), NOW);
        images.takeBack(LATER, 100, LATER);

        if (isThere) {
          assertThat(released()).isEmpty();
          images.delete(image, reference, NOW);
        } else {
          assertThat(released()).hasSize(59).doesNotContain(kept.digest());
        }
        all(LATER).forEach(released -> images.remove(released, LATER));
        images.delete(image, new Reference.ByDigest(kept.digest()), NOW);
        assertThat(images.exists(image)).isFalse();
      }
    }

    @Test
    void delete_tagThatPointsNowhere_removesIt() {
      Tag tag = new Tag("nowhere");
      SERVICES.putTags(image, Samples.digest(), List.of(tag));

      assertThat(images.delete(image, tag, NOW)).isTrue();
      assertThat(images.delete(image, tag, NOW)).isFalse();
      assertThat(images.tags(image, Optional.empty(), 10)).isEmpty();
    }
  }

  /** A step is one request to DynamoDB. */
  @Nested
  class ReleasedRaces extends ReleasedRacesContract {
    private final Map<String, String> table = SERVICES.newTable();
    private final SteppingAdapters stepping = new SteppingAdapters(SERVICES, table);

    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters(table));
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
      return AwsServices.indexes(SERVICES.adapters());
    }

    /**
     * 130 layers are three transactions, between the one that begins and the one that makes the
     * manifest visible.
     */
    @Test
    void put_processDiesAfterAnyTransaction_tryingAgainCountsEachOnce() throws Exception {
      List<Digest> blobs = stored(130);
      for (int transactions = 0; transactions <= 5; transactions++) {
        long before = transactions;
        Manifest manifest = manifest(blobs, "dies after " + transactions);
        boolean visible =
            !dies(transactions, dying -> dying.put(image, manifest, Optional.of(LATEST), NOW));
        assertThat(visible).isEqualTo(transactions == 5);
        assertThat(images.find(image, LATEST).equals(Optional.of(manifest))).isEqualTo(visible);
        int counted = Math.clamp((transactions - 1) * 45L, 0, 130);
        assertThat(blobs)
            .filteredOn(blob -> indexes.references(blob) == before + 1)
            .hasSize(counted);

        assertThat(images.put(image, manifest, Optional.of(LATEST), NOW)).isEqualTo(STORED);

        assertThat(images.find(image, LATEST)).contains(manifest);
        assertThat(blobs).allMatch(blob -> indexes.references(blob) == before + 1);
      }
    }

    @Test
    void takeBack_putThatDied_leavesNothingCounted() throws Exception {
      List<Digest> blobs = stored(130);
      for (int transactions = 1; transactions < 5; transactions++) {
        Manifest manifest = manifest(blobs, "given up after " + transactions);
        assertThat(
                dies(transactions, dying -> dying.put(image, manifest, Optional.of(LATEST), NOW)))
            .isTrue();

        Unfinished unfinished = new Unfinished(image, manifest.digest());
        assertThat(images.unfinished(NOW, 1_000)).doesNotContain(unfinished);
        assertThat(images.unfinished(LATER, 1_000)).contains(unfinished);
        assertThat(images.takeBack(NOW, 100, LATER)).as("not before its time").isZero();
        takeBackAll();
        assertThat(images.unfinished(LATER, 1_000)).isEmpty();

        assertThat(blobs).allMatch(blob -> indexes.references(blob) == 0);
        assertThat(images.find(image, LATEST)).isEmpty();
        assertThat(objects(image, manifest)).isEmpty();
      }
    }

    /**
     * The first transaction makes the manifest invisible, three take its references back, and two
     * remove what is left.
     */
    @Test
    void delete_processDiesAfterAnyTransaction_isTakenBackOnce() throws Exception {
      List<Digest> blobs = stored(130);
      for (int transactions = 0; transactions <= 6; transactions++) {
        Manifest manifest = manifest(blobs, "deleted in " + transactions);
        images.put(image, manifest, Optional.of(LATEST), NOW);
        Reference reference = new Reference.ByDigest(manifest.digest());

        boolean dies = dies(transactions, dying -> dying.delete(image, reference, NOW));

        assertThat(dies).isEqualTo(transactions < 6);
        assertThat(images.find(image, reference).isPresent()).isEqualTo(transactions == 0);
        assertThat(images.find(image, LATEST).isPresent()).isEqualTo(transactions == 0);
        images.delete(image, reference, NOW);
        takeBackAll();
        assertThat(blobs).allMatch(blob -> indexes.references(blob) == 0);
        assertThat(objects(image, manifest)).isEmpty();
      }
    }

    @Test
    void put_afterADeleteThatDied_countsEachOnce() throws Exception {
      List<Digest> blobs = stored(130);
      for (int transactions = 1; transactions < 6; transactions++) {
        Manifest manifest = manifest(blobs, "comes back after " + transactions);
        images.put(image, manifest, Optional.of(LATEST), NOW);
        Reference reference = new Reference.ByDigest(manifest.digest());
        assertThat(dies(transactions, dying -> dying.delete(image, reference, NOW))).isTrue();

        assertThat(images.put(image, manifest, Optional.of(LATEST), NOW)).isEqualTo(STORED);

        takeBackAll();
        assertThat(images.find(image, LATEST)).contains(manifest);
        assertThat(blobs).allMatch(blob -> indexes.references(blob) == 1);
        assertThat(objects(image, manifest)).hasSize(1);
        images.delete(image, reference, NOW);
      }
    }

    @Test
    void takeBack_racingWithThePutAndItself_countsEachOnceOrNot() throws Exception {
      List<Digest> blobs = stored(130);
      for (int transactions = 1; transactions < 5; transactions++) {
        Manifest manifest = manifest(blobs, "raced after " + transactions);
        assertThat(
                dies(transactions, dying -> dying.put(image, manifest, Optional.of(LATEST), NOW)))
            .isTrue();

        Race.of(
            3,
            i ->
                i == 0
                    ? () -> images.put(image, manifest, Optional.of(LATEST), LATER)
                    : () -> images.takeBack(LATER, 100, LATER));

        assertThat(images.find(image, LATEST)).contains(manifest);
        assertThat(blobs).allMatch(blob -> indexes.references(blob) == 1);
        images.delete(image, new Reference.ByDigest(manifest.digest()), NOW);
      }
    }

    /** More than a megabyte of items, which is what DynamoDB reads at once. */
    @Test
    void tags_ofMoreThanAMegabyte_areReadWhole() {
      Manifest manifest = manifest(stored(1), "many tags");
      List<Tag> tags =
          IntStream.range(0, 4_200).mapToObj("t%0127d"::formatted).map(Tag::new).toList();
      images.put(image, manifest, Optional.of(tags.getFirst()), NOW);
      SERVICES.putTags(image, manifest.digest(), tags);

      assertThat(images.tags(image, Optional.empty(), 5_000)).isEqualTo(tags);
      assertThat(images.tags(image, Optional.of(tags.get(10)), 4_000))
          .isEqualTo(tags.subList(11, 4_011));
      assertThat(images.find(image, tags.getLast())).contains(manifest);

      images.delete(image, tags.getFirst(), NOW);
      assertThat(images.released(LATER, Optional.empty(), 1_000).items())
          .noneMatch(released -> released.image().equals(image));
      images.delete(image, new Reference.ByDigest(manifest.digest()), NOW);
      assertThat(images.tags(image, Optional.empty(), 5_000)).isEmpty();
    }

    /** Of what other tests left, too. */
    private void takeBackAll() {
      while (images.takeBack(LATER, 100, LATER) > 0) {
        // More may be found.
      }
    }

    private Manifest manifest(List<Digest> blobs, String note) {
      return Samples.manifest(blobs, note);
    }
  }

  @Nested
  class Verifications extends VerificationContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class Collections extends CollectionIndexContract {
    @Override
    CollectionIndex collections() {
      return SERVICES.adapters().collections();
    }
  }

  /** A step is one request to DynamoDB, or one call of staging or the storage servers. */
  @Nested
  class Collecting extends CollectContract {
    private final Map<String, String> table = SERVICES.newTable();
    private final Ports own = Ports.of(SERVICES.adapters(table));
    private final SteppingAdapters stepping = new SteppingAdapters(SERVICES, table);

    @Override
    Ports ports() {
      return own;
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
      return Schedules.of("collect.schedules", 70, 8);
    }

    @Test
    void collect_releasedManifestThatIsDamaged_isToldAndKeepsNoOther() throws Exception {
      RepositoryName image = Samples.image();
      Tag tag = new Tag("large");
      at(NOW).push(image, layer);
      Manifest large = Samples.manifest(List.of(digest), "n".repeat(300_000));
      ImageIndex images = ports.indexes().images();
      images.put(image, large, Optional.of(tag), NOW);
      Files.write(objects(image, large).getFirst(), bytes(300_000));
      images.delete(image, Site.TAG, NOW);
      images.delete(image, tag, NOW);

      CollectionRun run = at(AFTER_GRACE).collect();

      assertThat(run.isRunning()).isFalse();
      assertThat(tally(run, Step.MANIFESTS).names()).hasSize(1);
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
      return SERVICES.adapters().staging();
    }

    @Override
    void send(LayerId upload, int index, byte[] part) throws Exception {
      assertThat(put(staging.signPut(upload, index, part.length).uri(), part)).isEqualTo(200);
    }

    @Test
    void staged_whileAPartArrivesUnderAnotherName_isWhatIsWhole() throws Exception {
      send(upload, 3, bytes(10));
      Path parts = SERVICES.s3Directory().resolve("staging/uploads").resolve(upload.value());
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
    void signPut_namesTheLengthAsHeader() {
      assertThat(staging.signPut(upload, 0, 10).headers())
          .isEqualTo(Map.of("content-length", "10"));
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
      assertThat(put(altered(url, "X-Amz-Expires=3600", "X-Amz-Expires=7200"), bytes(10)))
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
      return SERVICES.adapters().shardStore();
    }

    @Test
    void sign_url_givesShardAndItsMetadata() throws Exception {
      byte[] bytes = bytes(100);
      Shard shard = store.put(shard(100), bytes);
      SignedUrl url = store.sign(shard, Access.GET);
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
      URI url = store.sign(store.put(shard(100), bytes(100)), Access.HEAD).uri();

      HttpResponse<byte[]> answer =
          HTTP.send(HttpRequest.newBuilder(url).HEAD().build(), BodyHandlers.ofByteArray());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-length")).contains("100");
      assertThat(get(url).statusCode()).isEqualTo(403);
    }

    @Test
    void sign_alteredUrl_isRefused() throws Exception {
      Shard one = store.put(shard(10), bytes(10));
      Shard other = store.put(shard(10), bytes(10));
      URI url = store.sign(one, Access.GET).uri();

      assertThat(get(altered(url, one.key(), other.key())).statusCode()).isEqualTo(403);
      assertThat(put(url, bytes(10))).isEqualTo(403);
    }

    @Test
    void put_storageServerThatIsNotConfigured_isNamed() {
      Shard known = shard(10);
      Shard unknown =
          new Shard(known.image(), known.layer(), 0, 0, 10, "gone", known.key(), known.link());

      assertThatThrownBy(() -> store.put(unknown, bytes(10)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'gone'");
      assertThatThrownBy(() -> store.sign(unknown, Access.GET)).hasMessageContaining("'gone'");
    }
  }

  @Nested
  class Assemblies extends AssemblyIndexContract {
    @Override
    Indexes indexes() {
      return AwsServices.indexes(SERVICES.adapters());
    }
  }

  @Nested
  class LayersAssembled extends AssembledLayersContract {
    @Override
    ShardStore store() {
      return SERVICES.adapters().shardStore();
    }

    @Override
    AssembledLayers assembled() {
      return SERVICES.adapters().assembledLayers();
    }

    @Override
    byte[] get(LayerId layer) throws Exception {
      return AwsTest.get(assembled.sign(layer, Access.GET).uri()).body();
    }
  }

  @Test
  void anyCall_serviceThatDoesNotListen_isUnavailableByName() {
    String nowhere = "http://127.0.0.1:1";
    var adapters =
        SERVICES.adapters(
            Map.of(
                "AWS_ENDPOINT_URL_DYNAMODB", nowhere,
                "AWS_ENDPOINT_URL_S3", nowhere,
                "AWS_ENDPOINT_URL_LAMBDA", nowhere));

    assertThatThrownBy(() -> adapters.layers().find(Samples.digest()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("DynamoDB");
    assertThatThrownBy(() -> adapters.staging().staged(LayerId.random()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("staging");
    assertThatThrownBy(() -> adapters.shardStore().put(ShardStoreContract.shard(1), new byte[1]))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("storage server s1");
  }

  /** Whether a process died in it that gets so many transactions through. */
  private static boolean dies(int transactions, Consumer<ImageIndex> work) throws IOException {
    try (DyingFront front = DyingFront.before(SERVICES.dynamoDb(), transactions)) {
      work.accept(
          SERVICES.adapters(Map.of("AWS_ENDPOINT_URL_DYNAMODB", front.uri().toString())).images());
      return false;
    } catch (RuntimeException e) {
      assertThat(e).hasMessageContaining("died");
      return true;
    }
  }

  /** Where S3 has the bytes of a large manifest. */
  private static List<Path> objects(RepositoryName image, Manifest manifest) throws IOException {
    Path directory = SERVICES.s3Directory().resolve("manifests/manifests").resolve(image.value());
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
    return HTTP.send(
            HttpRequest.newBuilder(url).PUT(BodyPublishers.ofByteArray(body)).build(),
            BodyHandlers.discarding())
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
