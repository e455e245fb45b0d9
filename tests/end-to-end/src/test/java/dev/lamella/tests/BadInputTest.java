package dev.lamella.tests;

import static dev.lamella.tests.RawHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes, the answer is a 4xx in OCI form that says what was wrong. */
class BadInputTest extends StackTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String ID = "0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "POST | /v1/uploads | {                                         | 400 | REQUEST_INVALID",
        "POST | /v1/uploads | \"\"                                      | 400 | REQUEST_INVALID",
        "POST | /v1/uploads | []                                        | 400 | REQUEST_INVALID",
        "POST | /v1/uploads | {'image':7,'layers':[]}                   | 400 | REQUEST_INVALID",
        "POST | /v1/uploads | {'image':'Bad Name','layers':[]}          | 400 | NAME_INVALID",
        "POST | /v1/uploads | {'image':'../x','layers':[]}              | 400 | NAME_INVALID",
        "POST | /v1/uploads | {'image':'a','layers':{}}                 | 400 | REQUEST_INVALID",
        "POST | /v1/uploads | {'image':'a','layers':[{'digest':'x','size':1}]} | 400 |"
            + " DIGEST_INVALID",
        "POST | /v1/uploads | {'image':'a','layers':[{'digest':'DIGEST','size':-1}]} | 400 |"
            + " SIZE_INVALID",
        "POST | /v1/uploads |"
            + " {'image':'a','layers':[{'digest':'DIGEST','size':9223372036854775807}]} | 400 |"
            + " SIZE_INVALID",
        "POST | /v1/uploads | {'image':'a','layers':[{'digest':'DIGEST','size':1e400}]} | 400 |"
            + " REQUEST_INVALID",
        "POST | /v1/uploads | {'image':'a','layers':[{'digest':'DIGEST'}]} | 400 | REQUEST_INVALID",
        "POST | /v1/uploads/ID/parts | {'staged':[],'links':[]}         | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "POST | /v1/uploads/nonsense/parts | {'staged':[],'links':[]}   | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "POST | /v1/uploads/ID/complete | {'digest':'DIGEST','size':1}  | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "POST | /v1/uploads/ID/complete | {'digest':'DIGEST','size':-1} | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "DELETE | /v1/uploads/ID | \"\"                                 | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "GET | /v1/uploads/ID | \"\"                                    | 404 |"
            + " BLOB_UPLOAD_UNKNOWN",
        "GET | /v1/uploads/ID?from=-1 | \"\"                            | 400 | REQUEST_INVALID",
        "GET | /v1/layers/DIGEST | \"\"                                 | 400 | REQUEST_INVALID",
        "GET | /v1/layers/DIGEST?image=a | \"\"                         | 404 | BLOB_UNKNOWN",
        "GET | /v1/layers/sha256:12?image=a | \"\"                      | 400 | DIGEST_INVALID",
        "GET | /v1/layers/DIGEST?image=A | \"\"                         | 400 | NAME_INVALID",
        "GET | /v1/layers/DIGEST?image=a&from=x | \"\"                  | 400 | REQUEST_INVALID",
        "GET | /v1/images/none | \"\"                                   | 404 | MANIFEST_UNKNOWN",
        "GET | /v1/images/none?reference=.x | \"\"                      | 400 | TAG_INVALID",
        "GET | /v2/a/manifests/none | \"\"                              | 404 | MANIFEST_UNKNOWN",
        "PUT | /v2/a/manifests/x | {}                                   | 400 | MANIFEST_INVALID",
        "PUT | /v2/A/manifests/x | {}                                   | 400 | NAME_INVALID",
        "PUT | /v2/a/manifests/sha256:12 | {}                           | 400 | DIGEST_INVALID",
        "PUT | /v2/a/manifests/.x | {}                                  | 400 | TAG_INVALID",
        "PUT | /v2/a/manifests/md5:00 | {}                              | 400 | DIGEST_INVALID",
        "PUT | /v2/a/manifests/DIGEST | {}                              | 400 | DIGEST_INVALID",
        "PUT | /v2/a/blobs/uploads/b/manifests/x | {}                   | 400 | MANIFEST_INVALID",
        "GET | /v2/a/manifests/b/manifests/c | \"\"                      | 404 | MANIFEST_UNKNOWN",
        "GET | /v2/a%2Fb/manifests/c | \"\"                              | 404 | MANIFEST_UNKNOWN",
        "GET | /v2/a/manifests/b%2Fc | \"\"                              | 404 | ROUTE_UNKNOWN",
        "GET | /v2/a/manifests/%2564 | \"\"                              | 400 | REQUEST_INVALID",
        "GET | /v1/%2563ollections/x | \"\"                              | 400 | REQUEST_INVALID",
        "GET | /v2/%E2%9C%93/manifests/x | \"\"                          | 400 | NAME_INVALID",
        "GET | /v2/a/../b/manifests/x | \"\"                             | 400 | NAME_INVALID",
        "GET | /v2/a/manifests/%F0%9F%98%80 | \"\"                       | 400 | TAG_INVALID",
        "HEAD | /v2/a/manifests/x | \"\"                                 | 404 | -",
        "DELETE | /v2/a/manifests/x | \"\"                               | 404 | MANIFEST_UNKNOWN",
        "DELETE | /v2/a/manifests/DIGEST | \"\"                          | 404 | MANIFEST_UNKNOWN",
        "DELETE | /v2/a/manifests/sha256:1 | \"\"                        | 400 | DIGEST_INVALID",
        "POST | /v2/a/manifests/x | {}                                  | 405 | UNSUPPORTED",
        "GET | /v2/a/tags/list | \"\"                                    | 404 | NAME_UNKNOWN",
        "GET | /v2/A/tags/list | \"\"                                    | 400 | NAME_INVALID",
        "POST | /v2/a/tags/list | {}                                    | 405 | UNSUPPORTED",
        "GET | /v2/_catalog?n=many | \"\"                                | 400 | REQUEST_INVALID",
        "DELETE | /v2/_catalog | \"\"                                    | 405 | UNSUPPORTED",
        "GET | /v2/a/referrers/x | \"\"                                  | 400 | DIGEST_INVALID",
        "PUT | /v2/a/referrers/DIGEST | {}                              | 405 | UNSUPPORTED",
        "PUT | /v2/ | {}                                                | 405 | UNSUPPORTED",
        "POST | /v1/verifications |"
            + " {'deep':true,'budget':{'bytes':1,'seconds':9223372036854775807}} | 400 |"
            + " REQUEST_INVALID",
        "GET | /nowhere | \"\"                                          | 404 | ROUTE_UNKNOWN",
        "GET | /v1/uploads | \"\"                                       | 404 | ROUTE_UNKNOWN",
        "PATCH | /v1/uploads | {}                                       | 405 | UNSUPPORTED",
        "GET | /v1/layers/%E0%A4?image=a | \"\"                         | 400 | DIGEST_INVALID",
      })
  void call_malformed_isAnsweredInOciForm(
      String method, String path, String body, int status, String code) throws IOException {
    HttpResponse<byte[]> answer =
        host()
            .call(
                method,
                path.replace("DIGEST", DIGEST).replace("ID", ID),
                body.replace('\'', '"').replace("DIGEST", DIGEST));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    if (method.equals("HEAD")) {
      assertThat(answer.body()).isEmpty();
      return;
    }
    ErrorAnswer.Entry error = Json.read(answer.body(), ErrorAnswer.class).errors().getFirst();
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.message()).isNotBlank().doesNotContain("dev.lamella", "Exception", "\n");
  }

  @Test
  void putManifest_blobsThatAreNotThere_namesThem() throws IOException {
    String manifest =
        """
        {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":2},"layers":[]}
        """
            .formatted(DIGEST);
    HttpResponse<byte[]> answer =
        host()
            .putManifest(
                "a",
                "x",
                "application/vnd.oci.image.manifest.v1+json",
                manifest.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).contains("MANIFEST_BLOB_UNKNOWN", DIGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"schemaVersion\":2,\"config\":C,\"layers\":[]}",
        "{\"schemaVersion\":1,\"config\":C,\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":{}}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[C,7]}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"subject\":7}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"artifactType\":7}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"artifactType\":\"\\ud83d\"}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"annotations\":[]}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"annotations\":{\"a\":1}}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"annotations\":{\"\\udc00\":\"\"}}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[],\"mediaType\":\"\\ud83d\"}",
        "{\"schemaVersion\":2,\"config\":C,\"layers\":[]} more",
      })
  void putManifest_notAManifest_isRefused(String manifest) throws IOException {
    String config = "{\"mediaType\":\"a/b\",\"digest\":\"%s\",\"size\":2}".formatted(DIGEST);
    HttpResponse<byte[]> answer =
        host()
            .putManifest(
                "a", "x", ManifestText.MANIFEST, ManifestText.bytes(manifest.replace("C", config)));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
    assertThat(Json.read(answer.body(), ErrorAnswer.class).errors().getFirst().code())
        .isEqualTo("MANIFEST_INVALID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain", "", ManifestText.INDEX})
  void putManifest_ofAnotherType_isRefused(String type) throws IOException {
    HttpResponse<byte[]> answer =
        host().putManifest("a", "x", type, ManifestText.bytes(ManifestText.image("{}")));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
    assertThat(text(answer)).contains("MANIFEST_INVALID");
  }

  @Test
  void call_bodyOverTheLimitOfAFunction_isRefusedByTheGateway() throws IOException {
    HttpResponse<byte[]> answer = host().call("POST", "/v1/uploads", new byte[7 << 20]);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(413);
    ErrorAnswer.Entry error = Json.read(answer.body(), ErrorAnswer.class).errors().getFirst();
    assertThat(error.code()).isEqualTo("SIZE_INVALID");
    assertThat(error.message()).contains("`lamella push`").doesNotContain("\n");
  }
}
