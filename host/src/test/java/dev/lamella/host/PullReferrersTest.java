package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Pulls of images to which others refer by their subject, or by tags that say a digest. */
@Timeout(60)
final class PullReferrersTest {
  private static final String PUT = "PUT /v2/[^/]+/[^/]+/manifests/";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  @TempDir private Path directory;
  private Path target;
  private Bench bench;
  private TestImage layout;
  private Digest image;
  private Digest sbom;
  private Digest signature;

  @BeforeEach
  void makeLayout() throws IOException {
    target = directory.resolve("target");
    bench = new Bench(directory);
    layout = new TestImage(directory.resolve("layout"));
    image = layout.image("1", List.of(layout.blob("a layer")));
    sbom = layout.referrer("sbom", image);
    signature = layout.referrer("signature", sbom);
    layout.listOfReferrers(image, sbom);
    layout.listOfReferrers(sbom, signature);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "target.tar"})
  void pull_ofAnImage_takesWhatRefersToItSoThatItCanBePushedAgain(String name) throws IOException {
    push();
    assertThat(pull(directory.resolve(name))).isZero();
    bench.store.requests.clear();
    bench.push(directory.resolve(name));
    assertThat(puts()).containsExactly(image + "", sbom + "", signature + "", "1");
  }

  @Test
  void pull_ofAnImage_listsWhatRefersToItUnderItsDigest() throws IOException {
    push();
    pull(target);
    assertThat(names()).containsExactly("1", TestImage.tag(image), TestImage.tag(sbom));
    JsonNode list = json(entry(TestImage.tag(image)));
    assertThat(list.path("manifests")).hasSize(1);
    JsonNode member = list.path("manifests").get(0);
    assertThat(member.path("digest").asString()).isEqualTo(sbom.toString());
    assertThat(member.path("size").asLong()).isEqualTo(Files.size(layout.file(sbom)));
    assertThat(member.path("mediaType").asString()).isEqualTo(TestImage.MANIFEST);
    assertThat(member.path("artifactType").asString()).contains("empty");
    assertThat(blob(signature)).exists();
    assertThat(blob(layout.blob("content of signature"))).hasContent("content of signature");
  }

  @Test
  void pull_ofManyReferrers_followsThePages() throws IOException {
    Digest[] many = new Digest[9];
    for (int i = 0; i < many.length; i++) {
      many[i] = layout.referrer("number " + i, image);
      layout.entry(TestImage.MANIFEST, many[i]);
    }
    push();
    pull(target);
    assertThat(members(image))
        .contains(Arrays.stream(many).map(Digest::toString).toArray(String[]::new));
    assertThat(members(image)).hasSize(10).isSorted();
  }

  @Test
  void pull_ofAnIndex_takesWhatRefersToItAndToItsImages() throws IOException {
    TestImage several = new TestImage(directory.resolve("several"));
    layout = several;
    Digest child = several.manifest(List.of(several.blob("a layer")));
    Digest index =
        several.index(
            several.descriptor(
                TestImage.MANIFEST,
                child,
                ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"),
            "");
    several.entry(ManifestReader.OCI_INDEX, index, "1");
    Digest ofChild = several.referrer("signature", child);
    Digest ofIndex = several.referrer("sbom", index);
    several.entry(TestImage.MANIFEST, ofChild);
    several.entry(TestImage.MANIFEST, ofIndex);
    bench.push(directory.resolve("several"));

    assertThat(pull(target)).isZero();
    assertThat(names()).containsExactlyInAnyOrder("1", TestImage.tag(child), TestImage.tag(index));
    assertThat(pull(directory.resolve("one"), "--platform", "linux/amd64")).isZero();
    target = directory.resolve("one");
    assertThat(names()).containsExactly("1", TestImage.tag(child));
  }

  @Test
  void pull_withoutReferrers_leavesThemAndDoesNotAsk() throws IOException {
    tagged("a signature", image, ".sig");
    push();
    assertThat(pull(target, "--no-referrers")).isZero();
    assertThat(names()).containsExactly("1");
    assertThat(blob(sbom)).doesNotExist();
    assertThat(bench.store.count("GET .*/(referrers|tags)/.*")).isZero();
  }

  @Test
  void pull_ofTagsOfADigest_takesThemWithTheirTags() throws IOException {
    Digest old = tagged("a signature", image, ".sig");
    Digest ofOld = tagged("a signature of that", old, ".att");
    Digest ofSbom = tagged("a signature of the sbom", sbom, ".sig");
    push();
    assertThat(pull(target)).isZero();
    assertThat(names())
        .containsExactlyInAnyOrder(
            "1",
            TestImage.tag(image),
            TestImage.tag(sbom),
            TestImage.tag(image) + ".sig",
            TestImage.tag(old) + ".att",
            TestImage.tag(sbom) + ".sig");
    assertThat(entry(TestImage.tag(image) + ".sig").path("digest").asString())
        .isEqualTo(old.toString());
    assertThat(blob(ofOld)).exists();
    assertThat(blob(ofSbom)).exists();

    bench.store.requests.clear();
    bench.push(target);
    assertThat(puts())
        .contains(TestImage.tag(image) + ".sig", TestImage.tag(old) + ".att")
        .endsWith("1");
  }

  /** OCI Distribution 1.1: then the list is an index that has the digest as its tag. */
  @Test
  void pull_fromAStoreWithoutReferrersApi_readsTheListOfTheTag() throws IOException {
    push();
    bench.store.fail("GET /v2/.*/referrers/.*", 404, 1000);
    assertThat(pull(directory.resolve("none"))).isZero();
    assertThat(directory.resolve("none/blobs/sha256").resolve(sbom.hex())).doesNotExist();

    Digest list = layout.index(layout.descriptor(TestImage.MANIFEST, sbom, ""), "");
    byte[] bytes = Files.readAllBytes(layout.file(list));
    var _ =
        bench
            .store
            .index
            .images()
            .put(
                Bench.NAME.name(),
                ManifestReader.read(list, ManifestReader.OCI_INDEX, bytes),
                Optional.of(new Tag(TestImage.tag(image))),
                true,
                Instant.now());
    assertThat(pull(target)).isZero();
    assertThat(members(image)).containsExactly(sbom.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"target", "target.tar"})
  void pull_ofAReferrerThatLacksABlob_leavesItOutAndHasTheImage(String name) throws IOException {
    Digest note = layout.referrer("note", image);
    layout.entry(TestImage.MANIFEST, note);
    push();
    bench.store.fail(".*/v1/layers/" + layout.blob("content of sbom"), 404, 1000);
    Path to = directory.resolve(name);
    assertThat(pull(to)).isEqualTo(9);
    bench.store.requests.clear();
    bench.push(to);
    assertThat(puts()).containsExactly(image + "", note + "", "1");
  }

  @Test
  void pull_ofAReferrerThatIsMissing_leavesItOutAndSaysSo() throws IOException {
    push();
    bench.store.fail(".*/manifests/" + sbom, 404, 1000);
    assertThat(pull(target)).isEqualTo(9);
    assertThat(names()).containsExactly("1");
    assertThat(blob(layout.blob("a layer"))).hasContent("a layer");
  }

  /** The plan of an archive is made anew while some of it is there. */
  @ParameterizedTest
  @ValueSource(strings = {"target", "target.tar"})
  void pull_whereAStorageServerGivesOtherBytesOfAReferrer_leavesItOut(String name)
      throws IOException {
    Digest wrong = layout.blob("content of sbom");
    for (int i = 0; i < 5; i++) {
      layout.entry(TestImage.MANIFEST, layout.referrer("note " + i, image));
    }
    push();
    List<String> paths = new CopyOnWriteArrayList<>();
    bench.store.troubles.add(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (!path.startsWith("/servers/") || !isOf(path, wrong)) {
            return false;
          }
          paths.add(path);
          FakeStore.send(exchange, 200, "CONTENT OF SBOM".getBytes(StandardCharsets.UTF_8));
          return true;
        });
    Path to = directory.resolve(name);
    assertThat(pull(to)).isEqualTo(9);
    assertThat(paths).isNotEmpty();
    bench.store.requests.clear();
    bench.push(to);
    assertThat(puts()).hasSize(7).doesNotContain(sbom + "", signature + "").endsWith("1");
  }

  private boolean isOf(String path, Digest blob) {
    return bench
        .store
        .index
        .layers()
        .find(blob)
        .filter(layer -> path.contains(layer.id().toString()))
        .isPresent();
  }

  @Test
  void pull_whereTheListIsRefused_hasTheImage() throws IOException {
    push();
    bench.store.fail(".*/referrers/.*", 403, 1000);
    assertThat(pull(target)).isEqualTo(9);
    assertThat(names()).containsExactly("1");
  }

  @Test
  void pull_whereAReferrerHasOtherBytes_leavesItOut() throws IOException {
    push();
    bench.store.troubles.add(
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith("/manifests/" + sbom)) {
            return false;
          }
          byte[] other = Files.readAllBytes(layout.file(signature));
          exchange.getResponseHeaders().set("Content-Type", TestImage.MANIFEST);
          FakeStore.send(exchange, 200, other);
          return true;
        });
    assertThat(pull(target)).isEqualTo(9);
    assertThat(names()).containsExactly("1");
  }

  @Test
  void pull_intoALayoutThatListsOthers_keepsThose() throws IOException {
    push();
    TestImage before = new TestImage(target);
    Digest same = before.image("other", List.of(before.blob("a layer")));
    assertThat(same).isEqualTo(image);
    Digest local = before.referrer("local", image);
    before.listOfReferrers(image, local);
    pull(target);
    pull(target);
    assertThat(members(image)).containsExactlyInAnyOrder(local.toString(), sbom.toString());
    assertThat(names())
        .containsExactlyInAnyOrder("other", "1", TestImage.tag(image), TestImage.tag(sbom));
  }

  private Digest tagged(String content, Digest subject, String suffix) throws IOException {
    Digest manifest = layout.manifest(List.of(layout.blob(content)));
    layout.entry(TestImage.MANIFEST, manifest, TestImage.tag(subject) + suffix);
    return manifest;
  }

  private void push() {
    bench.push(directory.resolve("layout"));
  }

  private int pull(Path to, String... options) {
    List<String> command = new ArrayList<>(List.of("pull", "team/app:1", to.toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("--to", bench.store.url().toString()));
    return Lamella.execute(command.toArray(String[]::new));
  }

  private List<String> puts() {
    return bench.store.requests.stream()
        .filter(request -> request.matches(PUT + ".*"))
        .map(request -> request.replaceFirst(PUT, ""))
        .toList();
  }

  private Path blob(Digest digest) {
    return target.resolve("blobs/sha256").resolve(digest.hex());
  }

  private JsonNode manifests() throws IOException {
    return Json.tree(Files.readAllBytes(target.resolve("index.json"))).path("manifests");
  }

  private List<String> names() throws IOException {
    return manifests().valueStream().map(PullReferrersTest::name).toList();
  }

  private JsonNode entry(String name) throws IOException {
    return manifests()
        .valueStream()
        .filter(entry -> name(entry).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String name(JsonNode entry) {
    return entry.path("annotations").path(REF_NAME).asString("");
  }

  private JsonNode json(JsonNode entry) throws IOException {
    return Json.tree(
        Files.readString(blob(Digest.parse(entry.path("digest").asString())))
            .getBytes(StandardCharsets.UTF_8));
  }

  private List<String> members(Digest subject) throws IOException {
    return json(entry(TestImage.tag(subject)))
        .path("manifests")
        .valueStream()
        .map(member -> member.path("digest").asString())
        .toList();
  }
}
