package dev.lamella.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lamella.core.api.AccountAdded;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.TokenAnswer;
import dev.lamella.embedded.LogFile;
import dev.lamella.host.Lamella;
import dev.lamella.local.LocalStackOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who did what at a store that asks who calls, as {@code lamella audit} shows it. */
class AuditTrailTest extends StackTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String STORE = "registry:catalog:*";
  private static final String APP = "repository:team/app:pull,push,delete";

  /** As long as a name may be. */
  private static final String LONG = "a".repeat(64);

  @TempDir Path home;

  @Override
  LocalStackOptions options(LocalStackOptions options) throws IOException {
    return super.options(options).withSignIn();
  }

  @Test
  void audit_ofWhatWasDone_showsExactlyThat() throws Exception {
    String start = Instant.now().toString();
    String root = signIn("administrator", stack().administratorSecret(), STORE).orElseThrow();
    String secret = add(root, LONG);
    assertThat(call("GET", "/v2/", "", "").statusCode()).isEqualTo(401);
    assertThat(signIn(LONG, "lam_wrong", APP)).isEmpty();
    assertThat(signIn("lam_" + secret, "x", APP)).isEmpty();
    String token = signIn(LONG, secret, APP).orElseThrow();
    push(token, "team/app", "v1", 201);
    push(token, "stranger/app", "v1", 401);
    assertThat(call("GET", "/v2/team/app/manifests/v1", token, "").statusCode()).isEqualTo(200);
    assertThat(call("HEAD", "/v2/team/app/manifests/v1", token, "").statusCode()).isEqualTo(200);
    String forged = "x%0A%7B%22audit%22:%7B%22account%22:%22administrator%22%7D%7D";
    assertThat(call("GET", "/v2/team/app/manifests/" + forged, token, "").statusCode())
        .isEqualTo(400);
    // In a form that the edge lets through.
    String forgedClaims =
        Base64.getUrlEncoder().encodeToString("{\"exp\":9999999999}".getBytes(UTF_8));
    assertThat(
            call("GET", "/v2/team/app/manifests/v1", "for." + forgedClaims + ".ged", "")
                .statusCode())
        .isEqualTo(401);
    assertThat(call("DELETE", "/v2/team/app/manifests/v1", token, "").statusCode()).isEqualTo(202);
    assertThat(call("GET", "/v1/audit", token, "").statusCode()).isEqualTo(401);
    assertThat(call("DELETE", "/v1/accounts/" + LONG + "?now=true", root, "").statusCode())
        .isEqualTo(204);
    assertThat(signIn(LONG, secret, APP)).isEmpty();

    List<AuditEvent> events = audit("--since", start);
    assertThat(events)
        .extracting(
            AuditEvent::action,
            AuditEvent::account,
            AuditEvent::status,
            event -> event.image().orElse(""),
            event -> event.reference().orElse(""))
        .containsExactly(
            tuple("sign-in", "administrator", 200, "", ""),
            tuple("account", "administrator", 201, "", LONG),
            tuple("sign-in", LONG, 401, "", ""),
            tuple("sign-in", "(no name of an account)", 401, "", ""),
            tuple("sign-in", LONG, 200, "", ""),
            tuple("upload", LONG, 201, "team/app", ""),
            tuple("push", LONG, 201, "team/app", "v1"),
            tuple("upload", LONG, 401, "stranger/app", ""),
            tuple("push", LONG, 401, "stranger/app", "v1"),
            tuple("pull", LONG, 200, "team/app", "v1"),
            tuple("pull", LONG, 400, "team/app", "x?{\"audit\":{\"account\":\"administrator\"}}"),
            tuple("pull", "nobody", 401, "team/app", "v1"),
            tuple("delete", LONG, 202, "team/app", "v1"),
            tuple("other", LONG, 401, "", ""),
            tuple("account", "administrator", 204, "", LONG),
            tuple("sign-in", LONG, 401, "", ""),
            // Who reads this.
            tuple("sign-in", "administrator", 200, "", ""));
    assertThat(events).allMatch(event -> event.source().equals("127.0.0.1"));
    assertThat(events.subList(0, events.size() - 1))
        .allMatch(event -> event.agent().equals("test/1"));
    assertThat(events).isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()));
    assertThat(events).allMatch(event -> event.time().isAfter(Instant.now().minusSeconds(600)));

    assertThat(audit("--failed", "--account", LONG, "--image", "stranger/app"))
        .extracting(AuditEvent::action)
        .containsExactly("upload", "push");
    List<String> table = lamella("audit", "--action", "delete");
    assertThat(table).hasSize(2);
    assertThat(table.getLast()).contains(" 202 ", " delete ", LONG, "127.0.0.1", "team/app:v1");
    for (String function : List.of("Identity", "Metadata", "UploadCoordinator", "Auditor")) {
      assertThat(data().resolve("logs/" + function + "Function.log"))
          .content()
          .doesNotContain(
              secret, token, root, stack().administratorSecret(), "\nx", "\n{\"audit\":{\"acc");
    }
  }

  @Test
  void audit_ofTenThousandEvents_givesEachOnce() throws Exception {
    List<String> times = new ArrayList<>();
    try (LogFile log = LogFile.open(data().resolve("logs/MetadataFunction.log"))) {
      for (int i = 0; i < 10_000; i++) {
        Instant time = Instant.parse("2020-01-01T00:00:00Z").plusMillis(i);
        times.add(time.toString());
        AuditEvent event =
            new AuditEvent(
                time,
                "pull",
                "ci",
                Optional.empty(),
                Optional.of("team/app"),
                Optional.of("v" + i),
                Optional.empty(),
                Optional.empty(),
                200,
                Optional.of(7L),
                "192.0.2.7",
                "docker/29",
                "request");
        log.append(new String(Json.write(new AuditEvent.Line(event)), UTF_8));
      }
    }
    assertThat(audit("--since", "2020-01-01", "--until", "2020-01-02"))
        .extracting(event -> event.time().toString())
        .isEqualTo(times);
  }

  private String add(String token, String name) throws Exception {
    String body =
        ("{\"name\":\"%s\",\"administrator\":false,\"grants\":[{\"repositories\":\"team/*\","
                + "\"actions\":[\"pull\",\"push\",\"delete\"]}]}")
            .formatted(name);
    return Json.read(
            call("POST", "/v1/accounts", token, body).body().getBytes(UTF_8), AccountAdded.class)
        .secret()
        .orElseThrow();
  }

  private void push(String token, String image, String tag, int status) throws Exception {
    String config = "{}";
    String digest = RawHost.sha256(config.getBytes(UTF_8)).toString();
    String manifest =
        ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                + "\"digest\":\"%s\",\"size\":2},\"layers\":[]}")
            .formatted(digest);
    assertThat(
            call("POST", "/v2/" + image + "/blobs/uploads/?digest=" + digest, token, config)
                .statusCode())
        .isEqualTo(status);
    assertThat(call("PUT", "/v2/" + image + "/manifests/" + tag, token, manifest).statusCode())
        .isEqualTo(status);
  }

  private Optional<String> signIn(String account, String secret, String scope) throws Exception {
    String basic = Base64.getEncoder().encodeToString((account + ":" + secret).getBytes(UTF_8));
    HttpResponse<String> answer =
        send("GET", "/token?scope=" + scope.replace(":", "%3A"), "Basic " + basic, "");
    return answer.statusCode() == 200
        ? Optional.of(Json.read(answer.body().getBytes(UTF_8), TokenAnswer.class).token())
        : Optional.empty();
  }

  private HttpResponse<String> call(String method, String path, String token, String body)
      throws Exception {
    return send(method, path, token.isEmpty() ? "" : "Bearer " + token, body);
  }

  private HttpResponse<String> send(String method, String path, String authorization, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(stack().endpoint().resolve(path))
            .header("User-Agent", "test/1")
            .method(method, BodyPublishers.ofString(body));
    if (method.equals("PUT")) {
      request.header("Content-Type", "application/vnd.oci.image.manifest.v1+json");
    } else if (path.contains("/blobs/")) {
      request.header("Content-Type", "application/octet-stream");
    }
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private List<AuditEvent> audit(String... options) throws IOException {
    String[] command =
        Stream.concat(Stream.of("audit", "--json"), Arrays.stream(options)).toArray(String[]::new);
    return lamella(command).stream()
        .map(line -> Json.read(line.getBytes(UTF_8), AuditEvent.class))
        .toList();
  }

  /** As the administrator on this machine runs it. */
  private List<String> lamella(String... command) throws IOException {
    String auth = "administrator:" + stack().administratorSecret();
    Path config = Files.createDirectories(home.resolve(".docker")).resolve("config.json");
    Files.write(
        config,
        Json.write(
            Map.of(
                "auths",
                Map.of(
                    stack().endpoint().getAuthority(),
                    Map.of("auth", Base64.getEncoder().encodeToString(auth.getBytes(UTF_8)))))));
    String realHome = System.getProperty("user.home");
    PrintStream realOut = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setProperty("user.home", home.toString());
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      String[] all =
          Stream.concat(Arrays.stream(command), Stream.of("--store", stack().endpoint().toString()))
              .toArray(String[]::new);
      assertThat(Lamella.execute(all)).isZero();
    } finally {
      System.setOut(realOut);
      System.setProperty("user.home", realHome);
    }
    return out.toString(UTF_8).lines().toList();
  }
}
