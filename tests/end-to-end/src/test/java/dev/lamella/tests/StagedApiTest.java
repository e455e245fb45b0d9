package dev.lamella.tests;

import static dev.lamella.tests.ManifestText.CONFIG;
import static dev.lamella.tests.ManifestText.EMPTY;
import static dev.lamella.tests.ManifestText.MANIFEST;
import static dev.lamella.tests.ManifestText.bytes;
import static dev.lamella.tests.ManifestText.descriptor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.lambda.EnvironmentKilled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * At a REST API without an edge before it, which has a stage in its path and renames some headers:
 * what a client is told leads back to the same API.
 */
class StagedApiTest extends StackTest {
  private static final String STAGE = "/live";
  private static final String APP = ManifestText.image(descriptor(CONFIG, EMPTY));

  private volatile boolean isKilled;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options)
        .withParameter("ApiType", "REST")
        .withParameter("Edge", "none")
        .withInterceptor(
            (_, handler) -> {
              if (isKilled) {
                throw new EnvironmentKilled();
              }
              return handler.call();
            });
  }

  @Test
  void answers_lead_backToTheStage() throws IOException {
    RawHost host = new RawHost(stack().endpoint());
    assertThat(stack().endpoint().getPath()).isEqualTo(STAGE);
    host.store("app", EMPTY);
    HttpResponse<byte[]> put = host.putManifest("app", "1", MANIFEST, bytes(APP));
    host.putManifest("app", "2", MANIFEST, bytes(APP));

    String location = put.headers().firstValue("Location").orElseThrow();
    assertThat(location).startsWith(STAGE + "/v2/app/manifests/sha256:");
    assertThat(host.get(stack().endpoint().resolve(location)).body()).isEqualTo(bytes(APP));

    HttpResponse<byte[]> tags = host.call("GET", "/v2/app/tags/list?n=1", "");
    String next = RawHost.next(tags).orElseThrow();
    assertThat(next).isEqualTo(STAGE + "/v2/app/tags/list?last=1&n=1");
    assertThat(RawHost.text(host.get(stack().endpoint().resolve(next)))).contains("[\"2\"]");
  }

  @Test
  void answers_toUploads_leadBackToTheStage() throws IOException {
    PlainClient client = new PlainClient(stack().endpoint());
    byte[] blob = RawHost.bytes(2000, 1);
    HttpResponse<byte[]> opened = host().call("POST", "/v2/app/blobs/uploads/", "");
    URI upload = followable(client, opened, 202);
    HttpResponse<byte[]> patched = client.patch(upload, 0, blob);
    upload = followable(client, patched, 202);
    followable(client, client.status(upload), 204);
    followable(client, client.patch(upload, 0, blob), 416);

    HttpResponse<byte[]> finished = client.finish(upload, RawHost.sha256(blob), new byte[0]);
    assertThat(finished.statusCode()).isEqualTo(201);
    String location = finished.headers().firstValue("Location").orElseThrow();
    assertThat(location).isEqualTo(STAGE + "/v2/app/blobs/" + RawHost.sha256(blob));
    assertThat(client.call("GET", client.location(finished)).statusCode()).isEqualTo(307);
  }

  private static URI followable(PlainClient client, HttpResponse<byte[]> answer, int status)
      throws IOException {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Location").orElseThrow())
        .startsWith(STAGE + "/v2/app/blobs/uploads/");
    return client.location(answer);
  }

  /** In OCI form, and with what to do, also where no function was asked. */
  @Test
  void answers_ofTheApiItself_areInOciForm() throws IOException {
    HttpResponse<byte[]> tooLarge =
        host().call("PATCH", "/v2/app/blobs/uploads/0", new byte[7 << 20]);
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(error(tooLarge)).isEqualTo("SIZE_INVALID");

    isKilled = true;
    HttpResponse<byte[]> failed = host().call("GET", "/v2/app/tags/list", "");
    isKilled = false;
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(error(failed)).isEqualTo("INTERNAL");
    assertThat(failed.headers().firstValue("Retry-After")).contains("2");
  }

  private static String error(HttpResponse<byte[]> answer) {
    return Json.read(answer.body(), ErrorAnswer.class).errors().getFirst().code();
  }

  @Test
  void answers_haveTheirHeadersUnderTheirOwnNames() throws IOException {
    RawHost host = host();
    host.store("app", EMPTY);
    List<HttpResponse<byte[]>> answers =
        List.of(
            host.call("GET", "/v2/", ""),
            host.putManifest("app", "1", MANIFEST, bytes(APP)),
            host.call("GET", "/v2/app/manifests/1", ""),
            host.call("HEAD", "/v2/app/manifests/1", ""),
            host.call("GET", "/v2/app/manifests/%2e%2e", ""),
            host.call("GET", "/v2/app%2Fb/tags/list", ""),
            host.call("DELETE", "/v2/app/manifests/1", ""));
    for (HttpResponse<byte[]> answer : answers) {
      assertThat(answer.statusCode()).as(answer.toString()).isBetween(200, 499);
      assertThat(answer.headers().firstValue("Docker-Distribution-Api-Version"))
          .contains("registry/2.0");
      assertThat(answer.headers().map().keySet())
          .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-amzn-remapped"));
    }
    HttpResponse<byte[]> head = answers.get(3);
    assertThat(head.headers().firstValue("Content-Length")).contains("" + bytes(APP).length);
  }
}
