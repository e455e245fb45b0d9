package dev.lamella.tests;

import static dev.lamella.core.access.Action.DELETE;
import static dev.lamella.core.access.Action.OVERWRITE;
import static dev.lamella.core.access.Action.PULL;
import static dev.lamella.core.access.Action.PUSH;
import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.INDEX;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.bytes;
import static dev.lamella.tests.ManifestText.descriptor;
import static dev.lamella.tests.ManifestText.sha256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Parallel;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Caller;
import dev.lamella.core.access.Limits;
import dev.lamella.core.api.Json;
import dev.lamella.gateway.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two who share a store: nothing of one is visible to the other, or changed by it. */
class TenantsTest extends StackTest {
  private static final String ALICE = "alice/app";
  private static final String BOB = "bob/app";
  private static final Caller ALICES =
      Api.caller(Set.of(PULL, PUSH, OVERWRITE, DELETE), ALICE, "alice/other");
  private static final Caller BOBS = Api.caller(Set.of(PULL, PUSH, OVERWRITE, DELETE), BOB);
  private static final byte[] BLOB = "what only alice has".getBytes(UTF_8);
  private static final Digest DIGEST = RawHost.sha256(BLOB);
  private static final Digest UNKNOWN = RawHost.sha256("what nobody has".getBytes(UTF_8));
  private static final String HELD = ManifestText.image(descriptor(CONFIG, BLOB));
  private static final byte[] NOTHING = new byte[0];

  private Api api;
  private LayerId open;

  @BeforeAll
  void push() {
    api =
        Api.of(
            stack().environment("MetadataFunction"),
            stack().environment("UploadCoordinatorFunction"));
    assertThat(ask(ALICES, "POST", "/v2/alice/app/blobs/uploads/?digest=" + DIGEST, BLOB))
        .isEqualTo("201");
    assertThat(put(ALICES, ALICE, "latest", MANIFEST, HELD)).isEqualTo("201");
    open = opened(ALICES, ALICE, UNKNOWN, 100);
    byte[] own = "bob's".getBytes(UTF_8);
    assertThat(ask(BOBS, "POST", "/v2/bob/app/blobs/uploads/?digest=" + RawHost.sha256(own), own))
        .isEqualTo("201");
    assertThat(put(BOBS, BOB, "1", MANIFEST, ManifestText.image(descriptor(CONFIG, own))))
        .isEqualTo("201");
  }

  @Test
  void read_imageOfTheOther_isDeniedWhateverThereIs() {
    for (String image : List.of(ALICE, "alice/none")) {
      for (String what :
          List.of("manifests/latest", "tags/list", "blobs/" + DIGEST, "referrers/" + DIGEST)) {
        assertThat(ask(BOBS, "GET", "/v2/" + image + "/" + what)).isEqualTo("DENIED");
        assertThat(ask(BOBS, "HEAD", "/v2/" + image + "/" + what)).isEqualTo("DENIED");
      }
      assertThat(ask(BOBS, "GET", "/v1/images/" + image)).isEqualTo("DENIED");
      assertThat(ask(BOBS, "GET", "/v1/layers/" + DIGEST + "?image=" + image)).isEqualTo("DENIED");
      assertThat(ask(BOBS, "DELETE", "/v2/" + image + "/manifests/latest")).isEqualTo("DENIED");
      assertThat(ask(BOBS, "DELETE", "/v2/" + image + "/blobs/" + DIGEST)).isEqualTo("DENIED");
      assertThat(put(BOBS, image, "latest", MANIFEST, HELD)).isEqualTo("DENIED");
    }
  }

  /** What is asked through an image of one's own is answered as of a digest that nobody has. */
  @Test
  void knowingADigest_throughAnImageOfOnesOwn_opensNothing() {
    String manifest = sha256(HELD).toString();
    for (Digest digest : List.of(DIGEST, UNKNOWN)) {
      String blob = "/v2/bob/app/blobs/" + digest;
      assertThat(ask(BOBS, "GET", blob)).isEqualTo("BLOB_UNKNOWN");
      assertThat(ask(BOBS, "HEAD", blob)).isEqualTo("BLOB_UNKNOWN");
      assertThat(ask(BOBS, "DELETE", blob)).isEqualTo("BLOB_UNKNOWN");
      assertThat(ask(BOBS, "GET", "/v1/layers/" + digest + "?image=bob/app"))
          .isEqualTo("BLOB_UNKNOWN");
      for (String from : List.of("", "&from=alice/app", "&from=bob/app", "&from=no/app")) {
        String mount = "/v2/bob/app/blobs/uploads/?mount=" + digest + from;
        assertThat(ask(BOBS, "POST", mount)).isEqualTo("202");
      }
      // Also where the size is not the stored one's.
      for (long size : List.of((long) BLOB.length, 1L)) {
        assertThat(opened(BOBS, BOB, digest, size)).isNotNull();
      }
      assertThat(put(BOBS, BOB, "x", MANIFEST, ManifestText.image(descriptor(CONFIG, digest, 19))))
          .isEqualTo("MANIFEST_BLOB_UNKNOWN");
    }
    for (String reference : List.of(manifest, UNKNOWN.toString(), "latest")) {
      assertThat(ask(BOBS, "GET", "/v2/bob/app/manifests/" + reference))
          .isEqualTo("MANIFEST_UNKNOWN");
      assertThat(ask(BOBS, "DELETE", "/v2/bob/app/manifests/" + reference))
          .isEqualTo("MANIFEST_UNKNOWN");
      assertThat(ask(BOBS, "GET", "/v1/images/bob/app?reference=" + reference))
          .isEqualTo("MANIFEST_UNKNOWN");
    }
    assertThat(
            put(
                BOBS,
                BOB,
                "x",
                INDEX,
                ManifestText.index(INDEX, descriptor(MANIFEST, bytes(HELD)))))
        .isEqualTo("MANIFEST_BLOB_UNKNOWN");
    assertThat(tree(BOBS, "/v2/bob/app/referrers/" + manifest).path("manifests").isEmpty())
        .isTrue();
    // And still is not there.
    assertThat(ask(BOBS, "GET", "/v2/bob/app/blobs/" + DIGEST)).isEqualTo("BLOB_UNKNOWN");
  }

  @Test
  void lists_haveOnesOwnAlone() {
    Caller patterns =
        new Caller("bob", new Access(Map.of(), List.of(new NamePattern("bob/*")), false));
    for (Caller caller : List.of(BOBS, patterns)) {
      assertThat(tree(caller, "/v2/_catalog").path("repositories").toString())
          .isEqualTo("[\"bob/app\"]");
      assertThat(tree(caller, "/v2/_catalog?n=1&last=alice/a").path("repositories").toString())
          .isEqualTo("[\"bob/app\"]");
      assertThat(tree(caller, "/v1/images").toString()).contains(BOB).doesNotContain("alice");
    }
    Caller nobody = Api.caller(Set.of(PUSH, DELETE), ALICE, BOB);
    assertThat(tree(nobody, "/v2/_catalog").path("repositories").isEmpty()).isTrue();
    assertThat(tree(nobody, "/v1/images").path("images").isEmpty()).isTrue();
    assertThat(ask(BOBS, "GET", "/v1/collections")).isEqualTo("DENIED");
    assertThat(ask(BOBS, "GET", "/v1/verifications")).isEqualTo("DENIED");
  }

  /** As one that nobody opened; and it goes on afterwards. */
  @Test
  void uploadOfTheOther_isUnknownAndStaysAsItIs() {
    for (LayerId id : List.of(open, LayerId.random())) {
      for (String path : List.of("/v1/uploads/" + id, "/v2/bob/app/blobs/uploads/" + id)) {
        assertThat(ask(BOBS, "GET", path)).isEqualTo("BLOB_UPLOAD_UNKNOWN");
        assertThat(ask(BOBS, "DELETE", path)).isEqualTo("BLOB_UPLOAD_UNKNOWN");
      }
      String upload = "/v2/bob/app/blobs/uploads/" + id;
      assertThat(ask(BOBS, "PATCH", upload, BLOB)).isEqualTo("BLOB_UPLOAD_UNKNOWN");
      assertThat(ask(BOBS, "PUT", upload + "?digest=" + DIGEST, BLOB))
          .isEqualTo("BLOB_UPLOAD_UNKNOWN");
      assertThat(
              ask(BOBS, "POST", "/v1/uploads/" + id + "/parts", json("{'staged':[],'links':[]}")))
          .isEqualTo("BLOB_UPLOAD_UNKNOWN");
      assertThat(
              ask(
                  BOBS,
                  "POST",
                  "/v1/uploads/" + id + "/complete",
                  json("{'digest':'" + UNKNOWN + "','size':100}")))
          .isEqualTo("BLOB_UPLOAD_UNKNOWN");
      assertThat(ask(BOBS, "GET", "/v2/alice/app/blobs/uploads/" + id)).isEqualTo("DENIED");
      assertThat(ask(BOBS, "PATCH", "/v2/alice/app/blobs/uploads/" + id, BLOB)).isEqualTo("DENIED");
    }
    // The other's upload, named as one's own to go on with, is none.
    assertThat(opened(BOBS, BOB, UNKNOWN, 100, open)).isNotEqualTo(open);
    assertThat(ask(ALICES, "GET", "/v1/uploads/" + open)).isEqualTo("200");
    assertThat(opened(ALICES, ALICE, UNKNOWN, 100, open)).isEqualTo(open);
  }

  /** Who may read an image may use its layers: by name, and by whatever else the token allows. */
  @Test
  void mount_ofWhatMayBeRead_isDone() {
    String mount = "/v2/alice/other/blobs/uploads/?mount=" + DIGEST;
    assertThat(ask(ALICES, "POST", mount)).isEqualTo("201");
    assertThat(ask(ALICES, "HEAD", "/v2/alice/other/blobs/" + DIGEST)).isEqualTo("307");
  }

  @Test
  void tag_thatIsThere_isNotMovedByAnyCallWithoutTheRight() {
    Caller pusher = Api.caller(Set.of(PULL, PUSH), ALICE);
    String other = HELD + " ";
    String digest = sha256(other).toString();

    assertThat(put(pusher, ALICE, "latest", MANIFEST, HELD)).isEqualTo("201");
    assertThat(put(pusher, ALICE, "latest", MANIFEST, other)).isEqualTo("DENIED");
    for (String query : List.of("", "?tag=latest", "?tag=latest&reference=latest")) {
      assertThat(put(pusher, ALICE, digest + query, MANIFEST, other)).isEqualTo("201");
    }
    assertThat(put(pusher, ALICE, "latest", MANIFEST, other)).isEqualTo("DENIED");
    assertThat(ask(pusher, "DELETE", "/v2/alice/app/manifests/latest")).isEqualTo("DENIED");
    assertThat(tagged("latest")).isEqualTo(sha256(HELD).toString());

    assertThat(put(pusher, ALICE, "new", MANIFEST, HELD)).isEqualTo("201");
    assertThat(put(ALICES, ALICE, "new", MANIFEST, other)).isEqualTo("201");
    assertThat(tagged("new")).isEqualTo(digest);
  }

  /** Thirty at once open no more than they may; and one's limits are the other's business never. */
  @Test
  void uploads_ofOneAtItsLimits_areHeldToThemAndNotInTheWayOfTheOther() {
    Caller small =
        new Caller(
            "small",
            BOBS.permissions(),
            Optional.of(
                new Limits(
                    Optional.of(1_000L),
                    Optional.of(10),
                    Optional.of(90L << 20),
                    Optional.empty())));
    String begin = "/v2/bob/app/blobs/uploads/";
    List<String> locations = new CopyOnWriteArrayList<>();
    List<String> outcomes =
        Parallel.map(
            IntStream.range(0, 30).boxed().toList(),
            30,
            _ -> {
              try {
                Answer answer = api.call(small, "POST", begin, NOTHING);
                locations.add(answer.headers().getOrDefault("Location", ""));
                return Integer.toString(answer.status());
              } catch (Refusal e) {
                return e.code() + " " + e.detail().get("limit");
              }
            });
    assertThat(outcomes.stream().filter("202"::equals)).hasSize(10);
    assertThat(outcomes.stream().filter("TOOMANYREQUESTS uploads"::equals)).hasSize(20);
    assertThat(ask(BOBS, "POST", begin)).isEqualTo("202");
    // What is stored takes no room.
    byte[] stored = "bob's".getBytes(UTF_8);
    assertThat(ask(small, "POST", begin + "?digest=" + RawHost.sha256(stored), stored))
        .isEqualTo("201");
    byte[] fresh = "no room for this".getBytes(UTF_8);
    String whole = begin + "?digest=" + RawHost.sha256(fresh);
    assertThat(ask(small, "POST", whole, fresh)).isEqualTo("TOOMANYREQUESTS");

    String first = locations.getFirst().replaceAll("\\?.*", "");
    assertThat(ask(small, "DELETE", first)).isEqualTo("204");
    assertThat(ask(small, "POST", whole, fresh)).isEqualTo("201");
    assertThat(ask(small, "PATCH", locations.get(1).replaceAll("\\?.*", ""), new byte[1_001]))
        .isEqualTo("TOO_LARGE");
    byte[] large =
        json("{'image':'%s','layers':[{'digest':'%s','size':1001}]}".formatted(BOB, UNKNOWN));
    assertThat(ask(small, "POST", "/v1/uploads", large)).isEqualTo("TOO_LARGE");
    assertThat(ask(BOBS, "POST", "/v1/uploads", large)).isEqualTo("200");
  }

  private String tagged(String tag) {
    return api.call(ALICES, "HEAD", "/v2/alice/app/manifests/" + tag, NOTHING)
        .headers()
        .getOrDefault("Docker-Content-Digest", "");
  }

  private String ask(Caller caller, String method, String target) {
    return ask(caller, method, target, NOTHING);
  }

  private String ask(Caller caller, String method, String target, byte[] body) {
    return api.outcome(caller, method, target, body);
  }

  private String put(Caller caller, String image, String reference, String type, String text) {
    return api.outcome(
        caller,
        "PUT",
        "/v2/" + image + "/manifests/" + reference,
        bytes(text),
        "Content-Type",
        type);
  }

  private JsonNode tree(Caller caller, String target) {
    return Json.tree(api.call(caller, "GET", target, NOTHING).body());
  }

  /** The upload of a layer that counts as missing. */
  private LayerId opened(Caller caller, String image, Digest digest, long size, LayerId... resume) {
    String goesOn = resume.length == 0 ? "" : ",'resume':'" + resume[0] + "'";
    Answer answer =
        api.call(
            caller,
            "POST",
            "/v1/uploads",
            json(
                "{'image':'%s','layers':[{'digest':'%s','size':%d%s}]}"
                    .formatted(image, digest, size, goesOn)));
    JsonNode tree = Json.tree(answer.body());
    assertThat(tree.path("stored").isEmpty()).as(tree.toString()).isTrue();
    return new LayerId(tree.path("missing").path(0).path("upload").asString());
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
