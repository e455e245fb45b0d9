package dev.lamella.tests;

import static dev.lamella.tests.RawHost.all;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.chain;
import static dev.lamella.tests.RawHost.sha256;
import static dev.lamella.tests.RawHost.slice;
import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.layer.Upload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a host sends is believed only once it is proven: wrong bytes are found and named, and
 * nothing becomes visible.
 */
class QuarantineTest extends StackTest {
  private static final String IMAGE = "team/app";
  private static final int SIZE = 3 * SHARD + 1000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void complete_wrongByteInAPart_namesTheShardAndHealsWhenItIsSentAgain(int part)
      throws IOException {
    byte[] layer = bytes(SIZE, 100 + part);
    Chain chain = chain(layer, SHARD);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    byte[] wrong = layer.clone();
    wrong[part * SHARD + 999] ^= 1;
    host.stage(upload, wrong);
    HttpResponse<byte[]> refused =
        host.completeFully(upload.upload(), sha256(layer), SIZE, Optional.of(chain));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(text(refused)).contains("SHARD_INVALID", "shard " + part + " do not match");
    assertThat(host.isVisible(IMAGE, sha256(layer))).isFalse();
    assertThat(host.progress(upload.upload()).rejected()).hasSize(1);

    UploadProgress.Part again = host.progress(upload.upload()).parts().getFirst();
    assertThat(again.index()).isEqualTo(part);
    host.stage(again, slice(layer, again.offset(), again.size()));
    assertThat(host.announce(upload.upload(), chain, part).statusCode()).isEqualTo(202);
    assertThat(
            host.completeFully(upload.upload(), sha256(layer), SIZE, Optional.empty()).statusCode())
        .isEqualTo(201);
    assertThat(Arrays.equals(host.pull(IMAGE, sha256(layer)), layer)).isTrue();
  }

  @Test
  void stage_partThatIsThere_isNotReplacedByWhoHasItsUrl() throws IOException {
    byte[] layer = bytes(SIZE, 20);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    host.stage(upload, layer);
    for (UploadProgress.Part part : upload.parts()) {
      assertThat(host.put(part.url(), bytes(part.size(), 21)).statusCode()).isEqualTo(412);
    }
    assertThat(
            host.completeFully(
                    upload.upload(), sha256(layer), SIZE, Optional.of(chain(layer, SHARD)))
                .statusCode())
        .isEqualTo(201);
    assertThat(Arrays.equals(host.pull(IMAGE, sha256(layer)), layer)).isTrue();
  }

  @Test
  void stage_partByThirtyAtOnce_takesOne() throws Exception {
    byte[] layer = bytes(SHARD, 22);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SHARD);
    URI url = upload.parts().getFirst().url();
    List<Future<Integer>> answers = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        byte[] bytes = i == 0 ? layer : bytes(SHARD, 500 + i);
        answers.add(calls.submit(() -> host.put(url, bytes).statusCode()));
      }
    }
    assertThat(answers).extracting(Future::resultNow).containsOnlyOnce(200).containsOnly(200, 412);

    // Whoever won: what is stored is right, or nothing is, and the part can be sent again.
    Chain chain = chain(layer, SHARD);
    if (answers.getFirst().resultNow() != 200) {
      HttpResponse<byte[]> refused =
          host.completeFully(upload.upload(), sha256(layer), SHARD, Optional.of(chain));
      assertThat(text(refused)).contains("SHARD_INVALID");
      assertThat(host.put(url, layer).statusCode()).isEqualTo(200);
      host.announce(upload.upload(), chain, 0);
    }
    assertThat(
            host.completeFully(upload.upload(), sha256(layer), SHARD, Optional.of(chain))
                .statusCode())
        .isEqualTo(201);
    assertThat(Arrays.equals(host.pull(IMAGE, sha256(layer)), layer)).isTrue();
  }

  /**
   * Many passes over parts that are replaced meanwhile: what one proves, another one has written.
   */
  @Test
  void complete_manyAtOnceAndThenPartsReplaced_servesNoOtherBytesUnderASha512() throws Exception {
    RawHost host = host();
    for (int round = 0; round < 4; round++) {
      byte[] sent = bytes(SHARD + 1000, 300 + round);
      byte[] named = bytes(SHARD + 1000, 400 + round);
      Digest digest = Digest.of(Digest.Algorithm.SHA512, named);
      UploadProgress upload = host.open(IMAGE, digest, named.length);
      host.stage(upload, sent);
      try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 30; i++) {
          var _ =
              calls.submit(
                  () -> host.complete(upload.upload(), digest, named.length, Optional.empty()));
        }
        replace(upload, named);
      }
      for (int i = 0; i < 3; i++) {
        host.complete(upload.upload(), digest, named.length, Optional.empty());
      }
      if (host.isVisible(IMAGE, digest)) {
        assertThat(Arrays.equals(host.pull(IMAGE, digest), named)).isTrue();
      }
    }
  }

  /** A reader of a shared layer knows its id, and shall not know who pushed it. */
  @Test
  void progress_committedUpload_doesNotNameItsImage() throws IOException {
    byte[] layer = bytes(1000, 14);
    RawHost host = host();
    UploadProgress upload = host.open("secret/app", sha256(layer), layer.length);
    assertThat(upload.image())
        .hasValueSatisfying(image -> assertThat(image.value()).isEqualTo("secret/app"));
    host.stage(upload, layer);
    host.completeFully(
        upload.upload(), sha256(layer), layer.length, Optional.of(chain(layer, SHARD)));

    String path = "/v1/uploads/" + upload.upload();
    for (HttpResponse<byte[]> answer :
        List.of(
            host.call("GET", path, ""),
            host.call("DELETE", path, ""),
            host.announce(upload.upload(), chain(layer, SHARD), 0),
            host.complete(upload.upload(), sha256(layer), layer.length, Optional.empty()),
            host.get(host.map("secret/app", sha256(layer)).map().getFirst().url()))) {
      assertThat(text(answer)).doesNotContain("secret");
      assertThat(answer.headers().map().toString()).doesNotContain("secret");
    }
  }

  @Test
  void complete_chainWrongShortOrLong_isRefusedAndTheLayerStaysInvisible() throws IOException {
    byte[] layer = bytes(SIZE, 1);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    host.stage(upload, layer);
    List<ChainState> states = chain(layer, SHARD).states();
    List<ChainState> twisted = new ArrayList<>(states);
    twisted.set(1, ChainState.INITIAL);
    assertRefused(
        host, upload, layer, new Chain(new Slicing(SIZE, SHARD), twisted), "SHARD_INVALID");
    Chain shorter = new Chain(new Slicing(2L * SHARD, SHARD), states.subList(0, 2));
    assertRefused(host, upload, layer, shorter, "CHAIN_INVALID");
    Chain longer = chain(bytes(SIZE + SHARD, 1), SHARD);
    assertRefused(host, upload, layer, longer, "CHAIN_INVALID");
    assertRefused(host, upload, layer, chain(bytes(SIZE, 2), SHARD), "CHAIN_INVALID");
  }

  @Test
  void complete_trueLinksOfTwoLayers_areRefusedWhereTheyDoNotJoin() throws IOException {
    byte[] layer = bytes(SIZE, 3);
    byte[] other = bytes(SIZE, 4);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    byte[] mixture = layer.clone();
    System.arraycopy(other, 0, mixture, 0, 2 * SHARD);
    host.stage(upload, mixture);
    host.announce(upload.upload(), chain(other, SHARD), 0, 1);
    host.announce(upload.upload(), chain(layer, SHARD), 2, 3);
    HttpResponse<byte[]> refused =
        host.completeFully(upload.upload(), sha256(layer), SIZE, Optional.empty());
    assertThat(text(refused)).contains("DIGEST_INVALID", "shard 2 breaks the digest chain");
    assertThat(host.isVisible(IMAGE, sha256(layer))).isFalse();
  }

  @Test
  void stage_presignedUrlAlteredOrForAnotherLength_isRefusedByS3() throws IOException {
    byte[] layer = bytes(SIZE, 5);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    UploadProgress.Part part = upload.parts().getFirst();
    byte[] bytes = slice(layer, 0, SHARD);
    URI elsewhere = URI.create(part.url().toString().replace("/uploads/", "/manifests/"));
    // Few bytes: S3 may cut a long refused PUT off within its body, and the answer would be lost.
    byte[] few = slice(layer, 0, 1000);
    assertThat(host.put(elsewhere, few).statusCode()).isEqualTo(403);
    assertThat(host.put(part.url(), few).statusCode()).isEqualTo(403);
    assertThat(host.get(part.url()).statusCode()).isEqualTo(403);
    assertThat(host.put(part.url(), bytes).statusCode()).isEqualTo(200);
  }

  @Test
  void stage_checksumOfOtherBytes_isRefusedByS3AndNothingIsStaged() throws Exception {
    byte[] layer = bytes(1000, 11);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), layer.length);
    URI url = upload.parts().getFirst().url();
    String right = md5(layer);

    assertThat(host.put(url, bytes(1000, 12), "Content-MD5", right).statusCode()).isEqualTo(400);
    assertThat(host.progress(upload.upload()).staged()).isEmpty();

    assertThat(host.put(url, layer, "Content-MD5", right).statusCode()).isEqualTo(200);
    assertThat(host.progress(upload.upload()).staged()).containsExactly(0);
  }

  @Test
  void delete_openUpload_endsItForEveryCall() throws IOException {
    byte[] layer = bytes(1000, 13);
    Chain chain = chain(layer, SHARD);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), layer.length);
    host.stage(upload, layer);
    String path = "/v1/uploads/" + upload.upload();

    assertThat(host.call("DELETE", path, "").statusCode()).isEqualTo(204);
    assertThat(host.call("DELETE", path, "").statusCode()).isEqualTo(204);

    UploadProgress ended = host.progress(upload.upload());
    assertThat(ended.state()).isEqualTo(Upload.State.ENDED);
    assertThat(ended.staged()).isEmpty();
    assertThat(ended.parts()).as("where to send more").isEmpty();
    for (HttpResponse<byte[]> answer :
        List.of(
            host.announce(upload.upload(), chain, 0),
            host.complete(upload.upload(), sha256(layer), layer.length, Optional.of(chain)))) {
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(404);
      assertThat(text(answer)).contains("BLOB_UPLOAD_UNKNOWN", upload.upload().value());
    }
    assertThat(host.isVisible(IMAGE, sha256(layer))).isFalse();
    // Whoever asks for it again, by its id too, gets a new one, to which nothing is staged.
    UploadProgress next =
        host.ask(IMAGE, sha256(layer), layer.length, Optional.of(upload.upload()))
            .missing()
            .getFirst();
    assertThat(next.upload()).isNotEqualTo(upload.upload());
    assertThat(next.staged()).isEmpty();
  }

  @Test
  void presignedUrls_expired_areRefusedByS3() throws IOException {
    byte[] layer = bytes(100, 7);
    RawHost host = host();
    host.push(IMAGE, layer);
    URI shard = host.map(IMAGE, sha256(layer)).map().getFirst().url();
    UploadProgress upload = host.open(IMAGE, sha256(bytes(100, 8)), 100);
    URI part = upload.parts().getFirst().url();
    ExpiredUrls urls = expiredUrls();
    assertThat(host.get(urls.signed("GET", shard, Instant.now())).statusCode()).isEqualTo(200);
    assertThat(host.get(urls.expired("GET", shard)).statusCode()).isEqualTo(403);
    assertThat(host.put(urls.expired("PUT", part), bytes(100, 8)).statusCode()).isEqualTo(403);
    assertThat(host.progress(upload.upload()).staged()).isEmpty();
    assertThat(host.put(urls.signed("PUT", part, Instant.now()), bytes(100, 8)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void shardUrl_altered_isRefusedByTheStorageServer() throws IOException {
    byte[] layer = bytes(100, 6);
    RawHost host = host();
    host.push(IMAGE, layer);
    URI url = host.map(IMAGE, sha256(layer)).map().getFirst().url();
    assertThat(host.get(url).statusCode()).isEqualTo(200);
    assertThat(host.put(url, layer).statusCode()).isEqualTo(403);
    String altered = url.toString().replace("X-Amz-Expires=", "X-Amz-Expires=1");
    assertThat(host.get(URI.create(altered)).statusCode()).isEqualTo(403);
  }

  @Test
  void complete_partsNeverStaged_namesThem() throws IOException {
    byte[] layer = bytes(SIZE, 7);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    host.stage(upload.parts().get(1), slice(layer, SHARD, SHARD));
    HttpResponse<byte[]> refused =
        host.complete(upload.upload(), sha256(layer), SIZE, Optional.of(chain(layer, SHARD)));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(text(refused)).contains("3 of 4 parts are not staged, the first is part 0");
  }

  @Test
  void map_layerOfAnImageThatIsNotLinked_isAsUnknownAsOneThatIsNotThere() throws IOException {
    byte[] layer = bytes(1000, 8);
    RawHost host = host();
    host.push(IMAGE, layer);
    String stored = text(host.call("GET", "/v1/layers/" + sha256(layer) + "?image=other", ""));
    Digest absent = sha256(new byte[] {9});
    String unknown = text(host.call("GET", "/v1/layers/" + absent + "?image=other", ""));
    assertThat(stored)
        .contains("BLOB_UNKNOWN")
        .isEqualTo(unknown.replace(absent.hex(), sha256(layer).hex()));
  }

  @Test
  void announce_everythingTwice_changesNothing() throws IOException {
    byte[] layer = bytes(SIZE, 9);
    Chain chain = chain(layer, SHARD);
    RawHost host = host();
    UploadProgress upload = host.open(IMAGE, sha256(layer), SIZE);
    host.stage(upload, layer);
    host.announce(upload.upload(), chain, all(chain));
    host.announce(upload.upload(), chain, all(chain));
    assertThat(
            host.completeFully(upload.upload(), sha256(layer), SIZE, Optional.of(chain))
                .statusCode())
        .isEqualTo(201);
    assertThat(host.complete(upload.upload(), sha256(layer), SIZE, Optional.of(chain)).statusCode())
        .isEqualTo(201);
    assertThat(Arrays.equals(host.pull(IMAGE, sha256(layer)), layer)).isTrue();
  }

  /** As no holder of its URLs can: what they sign is that nothing is there. */
  private void replace(UploadProgress upload, byte[] layer) throws IOException {
    for (UploadProgress.Part part : upload.parts()) {
      URI any = expiredUrls().signed("PUT", part.url(), Instant.now());
      byte[] bytes = slice(layer, part.offset(), part.size());
      assertThat(host().put(any, bytes).statusCode()).isEqualTo(200);
    }
  }

  private static String md5(byte[] bytes) throws NoSuchAlgorithmException {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
  }

  private static void assertRefused(
      RawHost host, UploadProgress upload, byte[] layer, Chain chain, String code)
      throws IOException {
    HttpResponse<byte[]> refused =
        host.complete(upload.upload(), sha256(layer), layer.length, Optional.of(chain));
    for (int i = 0; i < 20 && refused.statusCode() == 202; i++) {
      refused = host.complete(upload.upload(), sha256(layer), layer.length, Optional.empty());
    }
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(text(refused)).contains(code);
    assertThat(host.isVisible(IMAGE, sha256(layer))).isFalse();
  }
}
