package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures and the like, which refer to an image by their subject. */
final class ReferrersTest {
  private static final String PUT = "PUT /v2/team/app/manifests/";

  @TempDir private Path directory;
  private Bench bench;
  private TestImage layout;
  private Digest image;

  @BeforeEach
  void makeLayout() throws IOException {
    bench = new Bench(directory);
    layout = new TestImage(directory.resolve("layout"));
    image = layout.image("1", List.of(blob("a layer")));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void push_ofReferrersAsEntries_putsThemBeforeTheTag() throws IOException {
    Digest sbom = referrer("sbom", image);
    Digest signature = referrer("signature", sbom);
    layout.entry(TestImage.MANIFEST, signature);
    layout.entry(TestImage.MANIFEST, sbom);
    bench.push(source());
    assertThat(puts()).containsExactly(image + "", sbom + "", signature + "", "1");
  }

  @Test
  void push_ofReferrersOfFallbackTags_putsThemAndNotTheTags() throws IOException {
    Digest sbom = referrer("sbom", image);
    Digest signature = referrer("signature", sbom);
    fallback(image, sbom);
    fallback(sbom, signature);
    bench.push(source());
    assertThat(puts()).containsExactly(image + "", sbom + "", signature + "", "1");
  }

  @Test
  void push_ofAnIndex_takesWhatRefersToItsImages() throws IOException {
    TestImage several = new TestImage(directory.resolve("several"));
    layout = several;
    Digest child = several.manifest(List.of(blob("a layer")));
    Digest index = index(several.descriptor(TestImage.MANIFEST, child, ""), "");
    several.entry(ManifestReader.OCI_INDEX, index, "1");
    Digest signature = referrer("signature", child);
    several.entry(TestImage.MANIFEST, signature);
    bench.push(directory.resolve("several"));
    assertThat(puts()).containsExactly(child + "", index + "", signature + "", "1");
  }

  @Test
  void push_ofAnIndexThatRefersToTheImageAndNamesIt_comesAfterIt() throws IOException {
    String descriptor = layout.descriptor(TestImage.MANIFEST, image, "");
    Digest referrer = index(descriptor, ",\"subject\":" + descriptor);
    layout.entry(ManifestReader.OCI_INDEX, referrer);
    bench.push(source());
    assertThat(puts()).containsExactly(image + "", referrer + "", "1");
  }

  @Test
  void push_ofWhatRefersToAnotherImage_leavesIt() throws IOException {
    Digest other = layout.image("2", List.of(blob("another layer")));
    layout.entry(TestImage.MANIFEST, referrer("signature", other));
    fallback(image, referrer("a lie", other));
    bench.push(source());
    assertThat(puts()).containsExactly("1");
  }

  @Test
  void push_underAnotherNameThanTheLayouts_isNotConfusedByReferrers() throws IOException {
    layout = new TestImage(directory.resolve("named"));
    Digest named = layout.image("named", List.of(blob("a layer")));
    Digest sbom = referrer("sbom", named);
    layout.entry(TestImage.MANIFEST, sbom);
    fallback(named, sbom);
    bench.push(directory.resolve("named"));
    assertThat(puts()).containsExactly(named + "", sbom + "", "1");
  }

  @Test
  void push_ofAReferrerThatLacksABlob_failsBeforeTheTag() throws IOException {
    Digest sbom = referrer("sbom", image);
    layout.entry(TestImage.MANIFEST, sbom);
    Files.delete(layout.file(blob("content of sbom")));
    assertThatThrownBy(() -> bench.push(source()))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("is missing");
    assertThat(puts()).isEmpty();
  }

  /** cosign's older form: tags that say the digest of what they are about. */
  @Test
  void push_ofTagsOfADigest_takesThemWithTheImageAndTheirTags() throws IOException {
    Digest signature = layout.manifest(List.of(blob("a signature")));
    Digest ofSignature = layout.manifest(List.of(blob("a signature of a signature")));
    Digest other = layout.manifest(List.of(blob("of something else")));
    layout.entry(TestImage.MANIFEST, signature, TestImage.tag(image) + ".sig");
    layout.entry(TestImage.MANIFEST, ofSignature, TestImage.tag(signature) + ".att");
    layout.entry(TestImage.MANIFEST, other, TestImage.tag(other) + ".sbom");
    bench.push(source(), ImageName.parse("team/app:another-name"));
    assertThat(puts())
        .containsExactly(
            image + "",
            TestImage.tag(image) + ".sig",
            TestImage.tag(signature) + ".att",
            "another-name");
  }

  @Test
  void push_ofATagOfADigestByItsName_pushesThat() throws IOException {
    Digest signature = layout.manifest(List.of(blob("a signature")));
    String tag = TestImage.tag(image) + ".sig";
    layout.entry(TestImage.MANIFEST, signature, tag);
    assertThat(bench.push(source(), ImageName.parse("team/app:" + tag)).digest())
        .isEqualTo(signature);
    assertThat(puts()).containsExactly(tag);
  }

  @Test
  void push_withoutReferrers_leavesThem() throws IOException {
    Digest sbom = referrer("sbom", image);
    layout.entry(TestImage.MANIFEST, sbom);
    fallback(image, sbom);
    layout.entry(
        TestImage.MANIFEST, layout.manifest(List.of(blob("s"))), TestImage.tag(image) + ".sig");
    String to = bench.store.url().toString();
    assertThat(
            Lamella.execute(
                "push", "--no-referrers", source().toString(), "team/app:2", "--to", to))
        .isZero();
    assertThat(puts()).containsExactly("2");
  }

  private Path source() {
    return directory.resolve("layout");
  }

  /** The references of the manifests that were put, in order. */
  private List<String> puts() {
    return bench.store.requests.stream()
        .filter(request -> request.startsWith(PUT))
        .map(request -> request.substring(PUT.length()))
        .toList();
  }

  private Digest blob(String content) throws IOException {
    return layout.blob(content);
  }

  private Digest referrer(String what, Digest subject) throws IOException {
    return layout.referrer(what, subject);
  }

  private Digest index(String child, String more) throws IOException {
    return layout.index(child, more);
  }

  private void fallback(Digest subject, Digest referrer) throws IOException {
    layout.listOfReferrers(subject, referrer);
  }
}
