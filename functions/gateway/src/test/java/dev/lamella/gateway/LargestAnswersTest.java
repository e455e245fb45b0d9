package dev.lamella.gateway;

import static dev.lamella.core.access.Caller.ANYBODY;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.Catalogue;
import dev.lamella.core.api.CollectionList;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.ReferrerIndex;
import dev.lamella.core.api.TagList;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.UploadRequest.Wanted;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.layer.Layer;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryOpenUploads;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.ListReferrers;
import dev.lamella.core.read.ListTags;
import dev.lamella.core.read.MapShards;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.read.ServedLayers;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.report.Budget;
import dev.lamella.core.report.Finding;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.Tally;
import dev.lamella.core.upload.ReadableLayers;
import dev.lamella.core.upload.RequestUpload;
import dev.lamella.core.upload.UploadSettings;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The largest page of each list, with the longest of everything that may stand in it: a function
 * answers 6 MB at most, and what is larger is refused here.
 */
class LargestAnswersTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");
  private static final int SHARD = 64;

  /** A role's session is up to this long in a URL. */
  private static final SignedUrl LONG =
      new SignedUrl(URI.create("https://s3/" + "u".repeat(2_000)), Map.of("Content-Length", "64"));

  private static final RepositoryName IMAGE = name(0);

  private final MemoryIndex index = MemoryIndex.create();

  @Test
  void uploadRequest_thatResumesManyUploads_namesThemAll() {
    Staging staging = port(Staging.class, this::staging);
    ReportProgress progress =
        new ReportProgress(
            index.uploads(), new IntactShards(index.shards(), index.layers()), staging);
    RequestUpload request =
        new RequestUpload(
            index.layers(),
            index.shards(),
            index.uploads(),
            progress,
            new ReadableLayers(index.layers(), () -> NOW),
            MemoryOpenUploads.roomForAll(index.uploads(), () -> NOW),
            new UploadSettings(SHARD, 4, Duration.ofHours(1), Duration.ZERO),
            () -> NOW);
    long size = (long) SHARD * Slicing.MOST_SHARDS;
    List<Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      wanted.add(new Wanted(digest(i), size, Optional.empty(), Optional.empty()));
    }
    List<UploadProgress> opened =
        request.answer(ANYBODY, new UploadRequest(IMAGE, wanted)).missing();
    List<Wanted> resumed =
        opened.stream()
            .map(
                one ->
                    new Wanted(
                        one.digest().orElseThrow(),
                        size,
                        Optional.empty(),
                        Optional.of(one.upload())))
            .toList();
    // The first upload has nothing, and all of it was rejected; the others have half.
    for (int i = 0; i < Slicing.MOST_SHARDS; i++) {
      index.uploads().reject(opened.getFirst().upload(), new Rejection(i, Reason.OTHER_CHAIN));
    }
    empty = opened.getFirst().upload();

    UploadAnswer answer = request.answer(ANYBODY, new UploadRequest(IMAGE, resumed));

    fits(answer);
    assertThat(answer.missing()).hasSize(200);
    assertThat(answer.missing())
        .filteredOn(one -> one.written().isEmpty() && one.staged().isEmpty())
        .allSatisfy(one -> assertThat(one.next()).isPresent());
    fits(progress.find(ANYBODY, empty, 0));
  }

  private LayerId empty = LayerId.random();

  private Object staging(String method, Object[] arguments) {
    return switch (method) {
      case "signPut" -> LONG;
      case "staged" ->
          arguments[0].equals(empty)
              ? Map.of()
              : IntStream.range(0, Slicing.MOST_SHARDS)
                  .filter(i -> i % 2 == 0)
                  .boxed()
                  .collect(Collectors.toMap(i -> i, _ -> (long) SHARD));
      default -> throw new AssertionError(method);
    };
  }

  @Test
  void shardMap_ofLongUrls_isAPage() {
    Digest digest = digest(1);
    Slicing slicing = new Slicing((long) SHARD * Slicing.MOST_SHARDS, SHARD);
    Upload upload = Upload.open(LayerId.random(), IMAGE, digest, slicing, NOW, NOW.plusSeconds(9));
    index.uploads().create(upload);
    Link link = new Link(ChainState.ofHex("a".repeat(64)), ChainState.ofHex("b".repeat(64)));
    String server = "s".repeat(32);
    for (int i = 0; i < slicing.count(); i++) {
      index.shards().put(shard(upload, slicing, i, server, link));
    }
    Layer layer = new Layer(digest, upload.id(), slicing, Map.of(), NOW, NOW, Optional.empty());
    index.layers().commit(upload, layer);
    ShardStore store = port(ShardStore.class, (_, _) -> LONG);
    MapShards map =
        new MapShards(
            new ServedLayers(index.layers(), (_, _) -> Optional.empty()), index.shards(), store);

    fits(map.page(IMAGE, digest, 0));
    assertThat(map.page(IMAGE, digest, 0).next()).isPresent();
  }

  private static Shard shard(Upload upload, Slicing slicing, int i, String server, Link link) {
    return new Shard(
        IMAGE,
        upload.id(),
        i,
        slicing.offset(i),
        slicing.length(i),
        server,
        Shard.keyOf(upload.id(), i, link),
        link);
  }

  @Test
  void lists_ofTheLongestNames_arePages() {
    Manifest config = manifest(0, "");
    for (int i = 0; i < ListTags.MOST + 1; i++) {
      index.images().put(IMAGE, config, Optional.of(new Tag(padded(i, 128))), true, NOW);
    }
    for (int i = 1; i <= Images.MOST_NAMES; i++) {
      index.images().put(name(i), config, Optional.of(new Tag("1")), true, NOW);
    }
    Images images = new Images(index.images(), index.layers());

    fits(
        new TagList(
            IMAGE,
            new ListTags(index.images()).page(IMAGE, Optional.empty(), Integer.MAX_VALUE).items()));
    fits(new Catalogue(images.names(ANYBODY, Optional.empty(), Integer.MAX_VALUE).items()));
    fits(images.list(ANYBODY, Optional.empty()));
  }

  @Test
  void images_ofTheShortestTags_areAPage() {
    Manifest config = manifest(0, "");
    for (int i = 0; i < 100; i++) {
      for (int tag = 0; tag < 1_000; tag++) {
        index
            .images()
            .put(name(i), config, Optional.of(new Tag(Integer.toString(tag, 36))), true, NOW);
      }
    }
    ImageList list = new Images(index.images(), index.layers()).list(ANYBODY, Optional.empty());

    fits(list);
  }

  @Test
  void referrers_ofLongAnnotations_areAPage() {
    Digest subject = digest(1);
    for (int i = 0; i < 8; i++) {
      index
          .images()
          .put(IMAGE, about(subject, i, "\\\"".repeat(500_000)), Optional.empty(), true, NOW);
    }

    var page =
        new ListReferrers(index.images()).page(IMAGE, subject, Optional.empty(), Optional.empty());

    fits(ReferrerIndex.of(page.items()));
    assertThat(page.next()).isPresent();
  }

  @Test
  void collections_ofTheLongestNames_fit() {
    String name = "upload %s of %s for %s".formatted(LayerId.random(), digest(1), IMAGE);
    CollectionRun run = CollectionRun.begun(false, true, NOW);
    for (CollectionRun.Step step : CollectionRun.Step.values()) {
      Stream<CollectionRun.Find> finds =
          Stream.of(
                  CollectionRun.Find.of(name + step, Long.MAX_VALUE / 1_000),
                  CollectionRun.Find.kept(name + step, name + step))
              .flatMap(find -> Stream.generate(() -> find).limit(100));
      run = run.after(finds.toList(), Optional.empty(), NOW);
    }

    fits(run);
    fits(new CollectionList(Stream.generate(run::brief).limit(20).toList()));
  }

  @Test
  void verification_ofTheMostFindings_fits() {
    String server = "s".repeat(32);
    List<RepositoryName> images = IntStream.range(0, 8).mapToObj(LargestAnswersTest::name).toList();
    List<Damage> damage =
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    new Damage(
                        digest(i),
                        i,
                        Finding.Kind.WRONG_CHECKSUM,
                        server,
                        "w".repeat(500),
                        images,
                        false))
            .toList();
    VerificationReport report =
        new VerificationReport(
            ReportId.at(NOW),
            true,
            Optional.empty(),
            new Budget(Budget.MOST_BYTES, Budget.MOST_SECONDS),
            Report.State.DONE,
            NOW,
            Optional.of(NOW),
            1,
            1,
            1,
            Tally.NOTHING,
            List.of("w".repeat(1_000)),
            damage);

    fits(report);
  }

  private static void fits(Object answer) {
    APIGatewayProxyResponseEvent event = Events.of(Answer.json(200, answer));
    assertThat(event.getStatusCode()).as(answer.getClass().getSimpleName()).isEqualTo(200);
  }

  private static Manifest manifest(int number, String note) {
    return ManifestReader.read(
        digest(number),
        ManifestReader.OCI_INDEX,
        "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"note\":\"%s\"}}"
            .formatted(note)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Manifest about(Digest subject, int number, String note) {
    return ManifestReader.read(
        digest(1_000 + number),
        ManifestReader.OCI_INDEX,
        """
        {"schemaVersion":2,"manifests":[],"annotations":{"note":"%s"},
         "subject":{"mediaType":"a/b","digest":"%s","size":2}}
        """
            .formatted(note, subject)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Digest digest(int number) {
    return Digest.parse("sha512:%0128x".formatted(number));
  }

  private static RepositoryName name(int number) {
    return new RepositoryName(padded(number, 255));
  }

  private static String padded(int number, int length) {
    return ("%0" + length + "d").formatted(number);
  }

  private interface Called {
    Object call(String method, Object[] arguments);
  }

  private static <T> T port(Class<T> type, Called called) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> called.call(method.getName(), arguments)));
  }
}
