package dev.lamella.tests;

import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.EMPTY;
import static dev.lamella.tests.ManifestText.INDEX;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.annotations;
import static dev.lamella.tests.ManifestText.bytes;
import static dev.lamella.tests.ManifestText.descriptor;
import static dev.lamella.tests.ManifestText.sha256;
import static dev.lamella.tests.ManifestText.subject;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is attached to an image: signatures, notes, bills of materials. */
class ReferrerTest extends StackTest {
  private static final String IMAGE = "team/app";
  private static final String EMPTY_CONFIG = descriptor("application/vnd.oci.empty.v1+json", EMPTY);

  @BeforeAll
  void pushBlobs() throws IOException {
    host().store(IMAGE, EMPTY);
  }

  @Test
  void referrers_ofAnUnknownManifest_areAnEmptyIndex() throws IOException {
    HttpResponse<byte[]> answer = referrers(sha256("nothing"), "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains(INDEX);
    assertThat(answer.headers().firstValue("OCI-Filters-Applied")).isEmpty();
    assertThat(text(answer))
        .isEqualTo("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[]}");
  }

  @Test
  void referrers_beforeAndAfterTheirSubjectCame_areDescribed() throws IOException {
    String subject = ManifestText.manifest(MANIFEST, EMPTY_CONFIG, annotations("of=described"));
    String signature =
        ManifestText.manifest(
            MANIFEST,
            EMPTY_CONFIG,
            ", \"artifactType\": \"text/signature\""
                + subject(subject)
                + annotations("who=me", "when=ever"));
    String note = ManifestText.manifest(MANIFEST, descriptor("text/note", EMPTY), subject(subject));
    String index = ManifestText.index(INDEX).replace("]}", "]" + subject(subject) + "}");

    HttpResponse<byte[]> put = put(signature, MANIFEST);
    assertThat(put.statusCode()).isEqualTo(201);
    assertThat(put.headers().firstValue("OCI-Subject")).contains(sha256(subject).toString());
    put(subject, MANIFEST);
    put(note, MANIFEST);
    put(index, INDEX);

    List<JsonNode> all = manifests(referrers(sha256(subject), ""));
    assertThat(all).hasSize(3);
    JsonNode signed = named(all, signature);
    assertThat(signed.path("mediaType").asString()).isEqualTo(MANIFEST);
    assertThat(signed.path("size").asInt()).isEqualTo(bytes(signature).length);
    assertThat(signed.path("artifactType").asString()).isEqualTo("text/signature");
    assertThat(signed.path("annotations").path("who").asString()).isEqualTo("me");
    JsonNode noted = named(all, note);
    assertThat(noted.path("artifactType").asString()).isEqualTo("text/note");
    assertThat(noted.has("annotations")).isFalse();
    assertThat(named(all, index).has("artifactType")).isFalse();

    HttpResponse<byte[]> filtered = referrers(sha256(subject), "?artifactType=text%2Fsignature");
    assertThat(filtered.headers().firstValue("OCI-Filters-Applied")).contains("artifactType");
    assertThat(manifests(filtered)).containsExactly(signed);
    assertThat(manifests(referrers(sha256(subject), "?artifactType=text/other"))).isEmpty();

    host().call("DELETE", path(sha256(signature)), "");
    assertThat(manifests(referrers(sha256(subject), ""))).hasSize(2).doesNotContain(signed);
    host().call("DELETE", path(sha256(subject)), "");
    assertThat(manifests(referrers(sha256(subject), ""))).hasSize(2);
  }

  /** Six of these are more than a function can answer at once. */
  @Test
  void referrers_withLargeAnnotations_areSeveralPages() throws IOException {
    String subject = ManifestText.manifest(MANIFEST, EMPTY_CONFIG, annotations("of=large"));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String note =
          ManifestText.manifest(
              MANIFEST,
              descriptor(CONFIG, EMPTY),
              subject(subject) + annotations("large=" + "x".repeat(1_500_000) + i));
      assertThat(put(note, MANIFEST).statusCode()).isEqualTo(201);
      expected.add(sha256(note).toString());
    }
    List<String> found = new ArrayList<>();
    int pages = 0;
    Optional<String> next =
        Optional.of("/v2/" + IMAGE + "/referrers/" + sha256(subject) + "?artifactType=" + CONFIG);
    while (next.isPresent()) {
      HttpResponse<byte[]> page = host().call("GET", next.get().replace("+", "%2B"), "");
      assertThat(page.statusCode()).isEqualTo(200);
      manifests(page).forEach(entry -> found.add(entry.path("digest").asString()));
      next = RawHost.next(page);
      pages++;
    }
    assertThat(pages).isEqualTo(3);
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void referrers_ofNoDigest_areRefused() throws IOException {
    HttpResponse<byte[]> answer = host().call("GET", "/v2/" + IMAGE + "/referrers/latest", "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("DIGEST_INVALID");
  }

  private HttpResponse<byte[]> put(String manifest, String type) throws IOException {
    return host().putManifest(IMAGE, sha256(manifest).toString(), type, bytes(manifest));
  }

  private HttpResponse<byte[]> referrers(Digest subject, String query) throws IOException {
    return host().call("GET", "/v2/" + IMAGE + "/referrers/" + subject + query, "");
  }

  private static String path(Digest manifest) {
    return "/v2/" + IMAGE + "/manifests/" + manifest;
  }

  private static List<JsonNode> manifests(HttpResponse<byte[]> answer) {
    List<JsonNode> manifests = new ArrayList<>();
    Json.tree(answer.body()).path("manifests").forEach(manifests::add);
    return manifests;
  }

  private static JsonNode named(List<JsonNode> manifests, String manifest) {
    return manifests.stream()
        .filter(entry -> entry.path("digest").asString().equals(sha256(manifest).toString()))
        .findFirst()
        .orElseThrow();
  }
}
