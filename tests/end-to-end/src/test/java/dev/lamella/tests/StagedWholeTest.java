package dev.lamella.tests;

import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.EMPTY;
import static dev.lamella.tests.ManifestText.LAYER;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.descriptor;
import static dev.lamella.tests.PlainClient.header;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Layers that a client PUTs whole, as containerd 2 and Docker 29 do: the edge sends them past the
 * API, and the manifest has them sliced and proven.
 */
class StagedWholeTest extends StackTest {
  private PlainClient client;

  @BeforeEach
  void connect() {
    client = new PlainClient(stack().endpoint());
  }

  @Test
  void put_layerTooLargeForTheApi_isThereOnceAManifestNamesIt() throws Exception {
    byte[] layer = bytes(2 * SHARD + 17, 1);
    Digest sha512 = Digest.sha512(MessageDigest.getInstance("SHA-512").digest(layer));
    for (Digest digest : new Digest[] {sha256(layer), sha512}) {
      String image = "staged/" + digest.algorithm().prefix();
      stage(image, digest, layer);
      assertThat(client.head(image, digest).statusCode()).isEqualTo(404);

      HttpResponse<byte[]> put = putManifest(image, descriptor(LAYER, digest, layer.length));

      assertThat(put.statusCode()).as(text(put)).isEqualTo(201);
      assertThat(client.pull(image, digest).body()).isEqualTo(layer);
    }
  }

  /** Whatever a client says that it sent, its bytes count. */
  @Test
  void put_otherBytesThanTheManifestNames_areServedToNobody() throws IOException {
    byte[] named = bytes(SHARD + 1, 2);
    stage("lie/app", sha256(named), bytes(SHARD + 1, 3));

    HttpResponse<byte[]> put = putManifest("lie/app", descriptor(LAYER, named));

    assertThat(put.statusCode()).as(text(put)).isEqualTo(404);
    assertThat(text(put)).contains("MANIFEST_BLOB_UNKNOWN", sha256(named).toString());
    assertThat(client.head("lie/app", sha256(named)).statusCode()).isEqualTo(404);
  }

  @Test
  void put_stagedForOneImage_isNotThereForAnother() throws IOException {
    byte[] layer = bytes(SHARD + 2, 4);
    stage("mine/app", sha256(layer), layer);

    HttpResponse<byte[]> theirs = putManifest("their/app", descriptor(LAYER, layer));

    assertThat(theirs.statusCode()).as(text(theirs)).isEqualTo(404);
  }

  /** Who cannot follow the redirect is told what to do instead. */
  @ParameterizedTest
  @CsvSource({"containerd/1.7.2", "regclient/regctl"})
  void put_byAClientThatCannotFollow_isRefused(String agent) throws IOException {
    byte[] layer = bytes(SHARD, 5);
    URI upload = client.open("lost/app");

    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(upload + "&digest=" + sha256(layer)))
                .header("User-Agent", agent),
            "PUT",
            layer);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(text(answer)).contains("lamella push");
  }

  /** As a client that follows a redirect. */
  private void stage(String image, Digest digest, byte[] layer) throws IOException {
    HttpResponse<byte[]> redirect = client.finish(client.open(image), digest, layer);
    assertThat(redirect.statusCode()).as(text(redirect)).isEqualTo(307);
    URI place = URI.create(header(redirect, "Location"));
    assertThat(place.getAuthority()).isEqualTo(stack().s3Endpoint().getAuthority());
    assertThat(host().put(place, layer).statusCode()).isEqualTo(200);
  }

  /** Sends it again as long as layers are still being sliced. */
  private HttpResponse<byte[]> putManifest(String image, String layer) throws IOException {
    host().store(image, EMPTY);
    byte[] manifest = ManifestText.bytes(ManifestText.image(descriptor(CONFIG, EMPTY), layer));
    HttpResponse<byte[]> put = host().putManifest(image, "1", MANIFEST, manifest);
    for (int i = 0; i < 20 && put.statusCode() == 429; i++) {
      put = host().putManifest(image, "1", MANIFEST, manifest);
    }
    return put;
  }
}
