package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    return layout.blob(Algorithm.SHA256, content.getBytes(StandardCharsets.UTF_8));
  }

  private Digest referrer(String what, Digest subject) throws IOException {
    return blob(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s],\"subject\":%s}"
            .formatted(
                TestImage.MANIFEST,
                layout.descriptor("application/vnd.oci.empty.v1+json", blob("{}"), ""),
                layout.descriptor(
                    "application/x-" + what.strip().replace(' ', '-'),
                    blob("content of " + what),
                    ""),
                layout.descriptor(TestImage.MANIFEST, subject, "")));
  }

  private Digest index(String child, String more) throws IOException {
    return blob(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]%s}"
            .formatted(ManifestReader.OCI_INDEX, child, more));
  }

  /** What regctl writes for the referrers of a manifest. */
  private void fallback(Digest subject, Digest referrer) throws IOException {
    Digest index = index(layout.descriptor(TestImage.MANIFEST, referrer, ""), "");
    layout.entry(
        ManifestReader.OCI_INDEX, index, subject.algorithm().prefix() + "-" + subject.hex());
  }
}
