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
        "GET | /v1/images?last=X | \"\"                                 | 400 | NAME_INVALID",
        "GET | /v2/a/manifests/none | \"\"                              | 404 | MANIFEST_UNKNOWN",
        "PUT | /v2/a/manifests/x | {}                                   | 400 | MANIFEST_INVALID",
        "PUT | /v2/A/manifests/x | {}                                   | 400 | NAME_INVALID",
        "PUT | /v2/a/manifests/sha256:12 | {}                           | 400 | DIGEST_INVALID",
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
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("MANIFEST_BLOB_UNKNOWN", DIGEST);
  }

  @Test
  void call_bodyOverTheLimitOfAFunction_isRefusedByTheGateway() throws IOException {
    byte[] body = new byte[7 << 20];
    assertThat(host().call("POST", "/v1/uploads", body).statusCode()).isBetween(400, 499);
  }
}
