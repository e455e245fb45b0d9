package dev.lamella.tests;

import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.DOCKER_LIST;
import static dev.lamella.tests.ManifestText.DOCKER_MANIFEST;
import static dev.lamella.tests.ManifestText.EMPTY;
import static dev.lamella.tests.ManifestText.INDEX;
import static dev.lamella.tests.ManifestText.LAYER;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.bytes;
import static dev.lamella.tests.ManifestText.descriptor;
import static dev.lamella.tests.ManifestText.sha256;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests through the OCI API: every kind, by tag and digest, in and out again. */
class ManifestTest extends StackTest {
  private static final String IMAGE = "team/app";
  private static final byte[] BLOB = RawHost.bytes(1000, 1);
  private static final String CONFIG_HERE = descriptor(CONFIG, EMPTY);
  private static final String LAYER_HERE = descriptor(LAYER, BLOB);
  private static final String APP = ManifestText.image(CONFIG_HERE, LAYER_HERE);

  @BeforeAll
  void pushBlobs() throws IOException {
    host().store(IMAGE, EMPTY);
    host().store(IMAGE, BLOB);
  }

  @Test
  void put_byTag_isServedWithItsExactBytes() throws IOException {
    String odd =
        "\n  " + APP.replace("\"layers\"", "\"unknown\": [\"ü\", null], \"layers\"") + "\n\n";

    HttpResponse<byte[]> put = put("odd", MANIFEST, odd);

    assertThat(put.statusCode()).as(text(put)).isEqualTo(201);
    assertThat(header(put, "Docker-Content-Digest")).isEqualTo(sha256(odd).toString());
    for (String path : List.of(path("odd"), header(put, "Location"))) {
      HttpResponse<byte[]> got = host().call("GET", path, "");
      assertThat(got.statusCode()).isEqualTo(200);
      assertThat(got.body()).isEqualTo(bytes(odd));
      assertThat(header(got, "Content-Type")).isEqualTo(MANIFEST);
      assertThat(header(got, "Docker-Content-Digest")).isEqualTo(sha256(odd).toString());
      HttpResponse<byte[]> head = host().call("HEAD", path, "");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(header(head, "Content-Length")).isEqualTo("" + bytes(odd).length);
      assertThat(header(head, "Docker-Content-Digest")).isEqualTo(sha256(odd).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {MANIFEST, DOCKER_MANIFEST, MANIFEST + "; charset=utf-8"})
  void put_image_isTakenByItsType(String contentType) throws IOException {
    String type = contentType.replaceFirst(";.*", "");
    String manifest = ManifestText.manifest(type, CONFIG_HERE, "", LAYER_HERE);

    assertThat(put("typed", contentType, manifest).statusCode()).isEqualTo(201);

    HttpResponse<byte[]> got = host().call("GET", path("typed"), "");
    assertThat(header(got, "Content-Type")).isEqualTo(type);
    assertThat(got.body()).isEqualTo(bytes(manifest));
  }

  @ParameterizedTest
  @ValueSource(strings = {INDEX, DOCKER_LIST})
  void put_indexOfIndexes_needsWhatItNames(String type) throws IOException {
    String child = ManifestText.image(CONFIG_HERE, LAYER_HERE, LAYER_HERE);
    put(sha256(child).toString(), MANIFEST, child);
    String inner = ManifestText.index(type, descriptor(MANIFEST, bytes(child)));
    String outer = ManifestText.index(type, descriptor(type, bytes(inner)));

    HttpResponse<byte[]> tooEarly = put("outer", type, outer);
    assertThat(tooEarly.statusCode()).isEqualTo(404);
    assertThat(text(tooEarly)).contains("MANIFEST_BLOB_UNKNOWN", sha256(inner).toString());

    assertThat(put(sha256(inner).toString(), type, inner).statusCode()).isEqualTo(201);
    assertThat(put("outer", type, outer).statusCode()).isEqualTo(201);
    assertThat(host().call("GET", path("outer"), "").body()).isEqualTo(bytes(outer));
  }

  @Test
  void put_indexThatNamesLayers_asBuildCachesDo_isTaken() throws IOException {
    String cache = ManifestText.index(INDEX, LAYER_HERE, CONFIG_HERE);
    assertThat(put("cache", INDEX, cache).statusCode()).isEqualTo(201);
    String lacking = ManifestText.index(INDEX, descriptor(LAYER, RawHost.bytes(9, 9)));
    assertThat(text(put("cache", INDEX, lacking))).contains("MANIFEST_BLOB_UNKNOWN");
  }

  @Test
  void put_layerThatIsNotToBeDistributed_needNotBeThere() throws IOException {
    String foreign =
        descriptor(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            sha256("elsewhere"),
            123_456);
    assertThat(put("foreign", MANIFEST, ManifestText.image(CONFIG_HERE, foreign)).statusCode())
        .isEqualTo(201);
  }

  @Test
  void put_underASha512Digest_isFoundByIt() throws IOException {
    Digest digest = Digest.of(Algorithm.SHA512, bytes(APP));

    HttpResponse<byte[]> put = put(digest.toString(), MANIFEST, APP);

    assertThat(put.statusCode()).isEqualTo(201);
    assertThat(header(put, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(header(put, "Location")).endsWith(digest.toString());
    assertThat(host().call("GET", path(digest.toString()), "").body()).isEqualTo(bytes(APP));
    HttpResponse<byte[]> wrong = put(Digest.of(Algorithm.SHA512, EMPTY).toString(), MANIFEST, APP);
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(text(wrong)).contains("DIGEST_INVALID");
  }

  /** Quotes are what an answer in JSON makes twice as long: 4 MiB of them would not fit as text. */
  @Test
  void put_manifestOf4MiB_isServed() throws IOException {
    String start = ManifestText.manifest(MANIFEST, CONFIG_HERE, ", \"quotes\": [", "");
    String quotes = "\"\",";
    int room = (4 << 20) - start.length() - 4;
    String large = start.substring(0, start.length() - 1);
    large += quotes.repeat(room / quotes.length()) + "\"\"]}";
    large += " ".repeat((4 << 20) - large.length());

    assertThat(put("large", MANIFEST, large).statusCode()).isEqualTo(201);

    HttpResponse<byte[]> got = host().call("GET", path("large"), "");
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).isEqualTo(bytes(large));
    HttpResponse<byte[]> larger = put("large", MANIFEST, large + " ");
    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(text(larger)).contains("TOO_LARGE");
  }

  @Test
  void delete_byDigest_takesItsTagsAlongAndOnlyThem() throws IOException {
    String gone = ManifestText.image(CONFIG_HERE, LAYER_HERE, CONFIG_HERE);
    put("gone-1", MANIFEST, gone);
    put("gone-2", MANIFEST, gone);
    put("stays", MANIFEST, APP);

    HttpResponse<byte[]> deleted = host().call("DELETE", path(sha256(gone).toString()), "");

    assertThat(deleted.statusCode()).isEqualTo(202);
    for (String reference : List.of(sha256(gone).toString(), "gone-1", "gone-2")) {
      for (String method : List.of("GET", "HEAD", "DELETE")) {
        assertThat(host().call(method, path(reference), "").statusCode()).isEqualTo(404);
      }
    }
    assertThat(host().call("GET", path("stays"), "").body()).isEqualTo(bytes(APP));
    assertThat(put("gone-1", MANIFEST, gone).statusCode()).isEqualTo(201);
    assertThat(host().call("GET", path("gone-1"), "").body()).isEqualTo(bytes(gone));
  }

  @Test
  void delete_byTag_leavesTheManifest() throws IOException {
    put("one", MANIFEST, APP);
    put("two", MANIFEST, APP);

    assertThat(host().call("DELETE", path("one"), "").statusCode()).isEqualTo(202);

    assertThat(text(host().call("GET", path("one"), ""))).contains("MANIFEST_UNKNOWN");
    assertThat(host().call("GET", path("two"), "").statusCode()).isEqualTo(200);
    assertThat(host().call("GET", path(sha256(APP).toString()), "").statusCode()).isEqualTo(200);
  }

  private HttpResponse<byte[]> put(String reference, String type, String manifest)
      throws IOException {
    return host().putManifest(IMAGE, reference, type, bytes(manifest));
  }

  private static String path(String reference) {
    return "/v2/" + IMAGE + "/manifests/" + reference;
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
