package dev.lamella.local.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class DockerCredentialTest {
  private static final String ACCOUNTS = "ci@store.example, dev@localhost:5000";

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int run(String accounts, String action, String told) {
    printed.reset();
    DockerCredential command =
        new DockerCredential(
            Map.of("LAMELLA_AWS_ACCOUNTS", accounts),
            new ByteArrayInputStream(told.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            store -> "aws1.proof-for-" + store);
    return new CommandLine(command).setErr(new PrintWriter(Writer.nullWriter())).execute(action);
  }

  private JsonNode json() {
    return Json.tree(printed.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store.example\n",
        "store.example",
        "https://store.example",
        "https://store.example/v2/",
        "Store.Example"
      })
  void get_storeThatIsNamed_isAProofForItsHost(String server) {
    assertThat(run(ACCOUNTS, "get", server)).isZero();
    assertThat(json().path("ServerURL").asString()).isEqualTo(server.strip());
    assertThat(json().path("Username").asString()).isEqualTo("ci");
    assertThat(json().path("Secret").asString()).isEqualTo("aws1.proof-for-store.example");
  }

  @Test
  void get_storeWithAPort_isItsOwn() {
    assertThat(run(ACCOUNTS, "get", "localhost:5000")).isZero();
    assertThat(json().path("Username").asString()).isEqualTo("dev");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://index.docker.io/v1/",
        "localhost",
        "store.example:5000",
        "store.example.evil.com",
        "store.example@evil.com",
        "https://evil.com/store.example",
        ""
      })
  void get_anotherHost_isGivenNothing(String server) {
    assertThat(run(ACCOUNTS, "get", server)).isOne();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("credentials not found in native keychain");
    assertThat(run("", "get", server)).isOne();
  }

  @Test
  void store_anythingButItsOwnProof_isRefused() {
    String proof = "{\"ServerURL\":\"store.example\",\"Username\":\"ci\",\"Secret\":\"aws1.x\"}";
    assertThat(run(ACCOUNTS, "store", proof)).isZero();
    assertThat(run(ACCOUNTS, "store", proof.replace("aws1.x", "lam_secret"))).isOne();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("keeps no secrets")
        .doesNotContain("lam_secret");
    assertThat(run(ACCOUNTS, "store", proof.replace("store.", "other."))).isOne();
    assertThat(run(ACCOUNTS, "store", "lam_secret, no JSON")).isNotZero();
    assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("lam_secret");
  }

  @Test
  void erase_anything_isIdempotent() {
    assertThat(run(ACCOUNTS, "erase", "store.example")).isZero();
  }

  @Test
  void list_always_printsAccountsByHost() {
    assertThat(run(ACCOUNTS, "list", "")).isZero();
    assertThat(json())
        .isEqualTo(Json.tree("{\"localhost:5000\":\"dev\",\"store.example\":\"ci\"}"));
    assertThat(run("", "list", "")).isZero();
    assertThat(json()).isEqualTo(Json.tree("{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ci", "@store.example", "ci@", "ci@store.example/x", "CI@store.example"})
  void get_variableIsWrong_isRefused(String accounts) {
    assertThat(run(accounts, "get", "store.example")).isNotZero();
    assertThat(printed.size()).isZero();
  }

  @Test
  void get_toldAThousandTimesTooMuch_isRefused() {
    assertThat(run(ACCOUNTS, "get", "a".repeat(64 << 20))).isNotZero();
  }

  @Test
  void kubelet_imageOfTheStore_isAProof() {
    String request =
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",
        "image":"%s/team/app:1"}\
        """;
    assertThat(run(ACCOUNTS, "kubelet", request.formatted("store.example"))).isZero();
    assertThat(json().path("kind").asString()).isEqualTo("CredentialProviderResponse");
    assertThat(json().path("cacheKeyType").asString()).isEqualTo("Registry");
    assertThat(json().path("auth").path("store.example").path("password").asString())
        .isEqualTo("aws1.proof-for-store.example");
    assertThat(run(ACCOUNTS, "kubelet", request.formatted("docker.io"))).isZero();
    assertThat(json().path("auth").isEmpty()).isTrue();
    assertThat(run(ACCOUNTS, "kubelet", "{}")).isNotZero();
  }
}
