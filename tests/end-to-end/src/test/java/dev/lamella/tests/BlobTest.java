package dev.lamella.tests;

import static dev.lamella.tests.PlainClient.header;
import static dev.lamella.tests.RawHost.bytes;
import static dev.lamella.tests.RawHost.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs by the OCI Distribution API. */
class BlobTest extends StackTest {
  private static final byte[] NOTHING = new byte[0];

  private PlainClient client;

  @BeforeEach
  void connect() {
    client = new PlainClient(stack().endpoint());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1024, 4_400_000})
  void putWhole_blobThatOneCallCarries_comesBack(int size) throws Exception {
    byte[] blob = bytes(size, size);
    Digest sha512 = Digest.sha512(MessageDigest.getInstance("SHA-512").digest(blob));

    for (Digest digest : List.of(sha256(blob), sha512)) {
      String image = "whole/" + digest.algorithm().prefix() + size;
      HttpResponse<byte[]> put = client.finish(client.open(image), digest, blob);
      assertCreated(put, image, digest);
      assertServed(image, digest, blob);

      HttpResponse<byte[]> post =
          client.call("POST", "/v2/" + image + "/post/blobs/uploads/?digest=" + digest, blob);
      assertCreated(post, image + "/post", digest);
      assertServed(image + "/post", digest, blob);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 70_000})
  void patch_smallChunks_comeBackAsOneBlob(int chunk) throws IOException {
    byte[] blob = bytes(chunk * 9 + 5, chunk);

    assertCreated(client.push("chunks/app", blob, chunk), "chunks/app", sha256(blob));

    assertServed("chunks/app", sha256(blob), blob);
  }

  /** Announced or not; what was announced need not be what comes in the end. */
  @ParameterizedTest
  @ValueSource(strings = {"?digest-algorithm=sha512", "?digest-algorithm=sha256", ""})
  void patch_chunksOfASha512Layer_comeBackAsOneBlob(String query) throws Exception {
    byte[] blob = bytes(SHARD + 300_000, query.length());
    Digest sha512 = Digest.sha512(MessageDigest.getInstance("SHA-512").digest(blob));
    String image = "sha512/app" + query.length();
    HttpResponse<byte[]> opened =
        client.call("POST", "/v2/" + image + "/blobs/uploads/" + query, NOTHING);
    URI upload = client.location(opened);
    for (int at = 0; at < blob.length; at += 4_000_000) {
      byte[] chunk = Arrays.copyOfRange(blob, at, Math.min(blob.length, at + 4_000_000));
      assertThat(client.patch(upload, at, chunk).statusCode()).isEqualTo(202);
    }

    assertCreated(client.finishFully(upload, sha512, NOTHING), image, sha512);

    assertServed(image, sha512, blob);
  }

  @Test
  void open_upload_tellsWhereAndHowFar() throws IOException {
    HttpResponse<byte[]> opened = client.call("POST", "/v2/status/app/blobs/uploads/", NOTHING);
    assertThat(opened.statusCode()).isEqualTo(202);
    assertThat(header(opened, "Range")).isEqualTo("0-0");
    assertThat(header(opened, "Location")).startsWith("/v2/status/app/blobs/uploads/");
    assertThat(opened.headers().firstValue("OCI-Chunk-Min-Length")).isEmpty();
    URI upload = client.location(opened);
    assertThat(header(client.status(upload), "Range")).isEqualTo("0-0");

    HttpResponse<byte[]> patched = client.patch(upload, 0, bytes(10, 1));
    assertThat(patched.statusCode()).isEqualTo(202);
    assertThat(header(patched, "Range")).isEqualTo("0-9");
    HttpResponse<byte[]> status = client.status(upload);
    assertThat(status.statusCode()).isEqualTo(204);
    assertThat(header(status, "Range")).isEqualTo("0-9");
    assertThat(header(status, "Location")).isEqualTo(upload.getPath());
  }

  @Test
  void patch_outOfOrder_isRefusedWithTheRangeThatIsThere() throws IOException {
    byte[] blob = bytes(3000, 3);
    URI upload = client.open("order/app");
    client.patch(upload, 0, Arrays.copyOf(blob, 1000));

    for (int start : new int[] {0, 999, 1001, 2000}) {
      HttpResponse<byte[]> answer = client.patch(upload, start, new byte[10]);
      assertThat(answer.statusCode()).isEqualTo(416);
      assertThat(header(answer, "Range")).isEqualTo("0-999");
      assertThat(RawHost.text(answer)).contains("RANGE_INVALID");
    }
    client.patch(upload, 1000, Arrays.copyOfRange(blob, 1000, 3000));
    assertCreated(client.finishFully(upload, sha256(blob), NOTHING), "order/app", sha256(blob));
  }

  /** Each of two clients sends its own bytes for the same places; what is stored is one's. */
  @Test
  void patch_twoClientsRace_oneWinsEachChunkAndBothKnow() throws Exception {
    byte[] blob = bytes(40_000, 4);
    URI upload = client.open("race/app");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int at = 0; at < blob.length; at += 10_000) {
        int start = at;
        Callable<Integer> send =
            () ->
                client
                    .patch(upload, start, Arrays.copyOfRange(blob, start, start + 10_000))
                    .statusCode();
        List<Future<Integer>> racers = List.of(threads.submit(send), threads.submit(send));
        assertThat(List.of(racers.get(0).get(), racers.get(1).get()))
            .containsExactlyInAnyOrder(202, 416);
      }
    }
    assertCreated(client.finishFully(upload, sha256(blob), NOTHING), "race/app", sha256(blob));
    assertServed("race/app", sha256(blob), blob);
  }

  @Test
  void patch_answersLostAtRandom_clientResumesByTheStatus() throws Exception {
    byte[] blob = bytes(SHARD + 300_000, 5);
    Random random = new Random(5);
    try (FaultyLink link = new FaultyLink().before(stack().endpoint())) {
      PlainClient flaky = new PlainClient(link.uri());
      URI upload = flaky.open("flaky/app");
      link.rule(
          call ->
              call.method().equals("PATCH") && random.nextInt(3) == 0
                  ? new FaultyLink.Fate.Lost(() -> {})
                  : new FaultyLink.Fate.Pass());
      int at = 0;
      while (at < blob.length) {
        int end = Math.min(blob.length, at + 400_000);
        try {
          flaky.patch(upload, at, Arrays.copyOfRange(blob, at, end));
          at = end;
        } catch (IOException lost) {
          String range = header(flaky.status(upload), "Range");
          int last = Integer.parseInt(range.substring(2));
          at = last == 0 ? 0 : last + 1;
        }
      }
      assertCreated(flaky.finishFully(upload, sha256(blob), NOTHING), "flaky/app", sha256(blob));
    }
    assertThat(host().pull("flaky/app", sha256(blob))).isEqualTo(blob);
  }

  @Test
  void finish_wrongDigest_isRefusedAndTheUploadIsGone() throws IOException {
    byte[] blob = bytes(5000, 6);
    Digest wrong = sha256(bytes(1, 1));
    for (boolean inChunks : new boolean[] {true, false}) {
      URI upload = client.open("wrong/app");
      if (inChunks) {
        client.patch(upload, 0, blob);
      }
      HttpResponse<byte[]> answer = client.finish(upload, wrong, inChunks ? NOTHING : blob);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(RawHost.text(answer)).contains("DIGEST_INVALID");
      assertThat(client.status(upload).statusCode()).isEqualTo(404);
    }
    assertThat(client.head("wrong/app", wrong).statusCode()).isEqualTo(404);
  }

  @Test
  void cancel_upload_isGone() throws IOException {
    URI upload = client.open("cancel/app");
    client.patch(upload, 0, bytes(100, 1));

    assertThat(client.call("DELETE", upload).statusCode()).isEqualTo(204);

    assertThat(client.status(upload).statusCode()).isEqualTo(404);
    assertThat(client.patch(upload, 100, bytes(100, 1)).statusCode()).isEqualTo(404);
    assertThat(client.call("DELETE", upload).statusCode()).isEqualTo(404);
  }

  @Test
  void mount_blobOfAnotherImage_isThereAtOnce() throws IOException {
    byte[] blob = bytes(2000, 8);
    Digest digest = sha256(blob);
    client.finish(client.open("mount/from"), digest, blob);

    for (String query : List.of("&from=mount/from", "", "&from=mount/other")) {
      String image = "mount/to" + query.length();
      HttpResponse<byte[]> answer =
          client.call("POST", "/v2/" + image + "/blobs/uploads/?mount=" + digest + query, NOTHING);
      assertCreated(answer, image, digest);
      assertServed(image, digest, blob);
    }
    byte[] other = bytes(2000, 80);
    HttpResponse<byte[]> unknown =
        client.call(
            "POST", "/v2/mount/to/blobs/uploads/?mount=" + sha256(other) + "&from=a", NOTHING);
    assertThat(unknown.statusCode()).isEqualTo(202);
    assertCreated(
        client.finish(client.location(unknown), sha256(other), other), "mount/to", sha256(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount=&from=a",
        "mount=md5:00&from=a",
        "mount=DIGEST&from=",
        "mount=DIGEST&from=%F0%9F%90%B3"
      })
  void mount_thatCannotBe_opensAnUpload(String query) throws IOException {
    Digest unknown = sha256(bytes(10, 81));
    HttpResponse<byte[]> answer =
        client.call(
            "POST",
            "/v2/mount/none/blobs/uploads/?" + query.replace("DIGEST", unknown.toString()),
            NOTHING);
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  @Test
  void delete_blob_isUnlinkedFromThatImageAlone() throws IOException {
    byte[] blob = bytes(2000, 9);
    Digest digest = sha256(blob);
    client.finish(client.open("delete/one"), digest, blob);
    client.call(
        "POST", "/v2/delete/two/blobs/uploads/?mount=" + digest + "&from=delete/one", NOTHING);

    String path = "/v2/delete/one/blobs/" + digest;
    assertThat(client.call("DELETE", path, NOTHING).statusCode()).isEqualTo(202);

    assertThat(client.head("delete/one", digest).statusCode()).isEqualTo(404);
    assertThat(client.pull("delete/one", digest).statusCode()).isEqualTo(404);
    assertThat(client.call("DELETE", path, NOTHING).statusCode()).isEqualTo(404);
    assertServed("delete/two", digest, blob);
  }

  @Test
  void get_blobThatIsNotLinked_isUnknown() throws IOException {
    byte[] blob = bytes(2000, 10);
    client.finish(client.open("linked/app"), sha256(blob), blob);

    HttpResponse<byte[]> answer = client.pull("other/app", sha256(blob));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(RawHost.text(answer)).contains("BLOB_UNKNOWN");
  }

  @Test
  void get_range_isThatRange() throws IOException {
    byte[] blob = bytes(3000, 11);
    client.finish(client.open("range/app"), sha256(blob), blob);

    HttpResponse<byte[]> part = client.pull("range/app", sha256(blob), "Range", "bytes=1000-1999");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, 1000, 2000));
  }

  private void assertCreated(HttpResponse<byte[]> answer, String image, Digest digest) {
    assertThat(answer.statusCode()).as(RawHost.text(answer)).isEqualTo(201);
    assertThat(header(answer, "Location")).isEqualTo("/v2/" + image + "/blobs/" + digest);
    assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(digest.toString());
  }

  private void assertServed(String image, Digest digest, byte[] blob) throws IOException {
    HttpResponse<byte[]> pulled = client.pull(image, digest);
    assertThat(pulled.statusCode()).as(RawHost.text(pulled)).isEqualTo(200);
    assertThat(pulled.body()).isEqualTo(blob);
    HttpResponse<byte[]> head = client.head(image, digest);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(blob.length));
  }
}
