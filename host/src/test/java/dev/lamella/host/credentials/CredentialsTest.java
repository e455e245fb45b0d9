package dev.lamella.host.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Docker's file and its helpers, which are shell scripts here. */
@Timeout(60)
final class CredentialsTest {
  private static final URI STORE = URI.create("https://store.example:8443/live");
  private static final String KEY = "store.example:8443";
  private static final Credential.Password CI = new Credential.Password("ci", "lam_a:b", "x");

  private final Map<String, String> environment = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  @TempDir private Path home;
  private Path config;

  @BeforeEach
  void prepare() throws IOException {
    config = home.resolve(".docker/config.json");
    Files.createDirectories(home.resolve("bin"));
    environment.put("PATH", "relative:" + home.resolve("bin"));
  }

  @Test
  void store_thenFind_isWhatDockerWrites() throws IOException {
    assertThat(credentials().find(STORE)).isEmpty();
    assertThat(credentials().store(STORE, CI)).isEqualTo(config.toString());
    assertThat(json().path("auths").path(KEY).path("auth").asString())
        .isEqualTo(Base64.getEncoder().encodeToString("ci:lam_a:b".getBytes(UTF_8)));
    assertThat(mode()).isEqualTo("rw-------");
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.Password("ci", "lam_a:b", config.toString()));
    assertThat(credentials().find(URI.create("https://store.example"))).isEmpty();
  }

  @Test
  void store_inAFileOfOthers_keepsTheirFieldsAndItsLink() throws IOException {
    Path real = home.resolve("real.json");
    Files.writeString(
        real,
        """
        {"psFormat":"é","auths":{"other":{"auth":"YTpi","email":"e"}},"n":{"deep":[1.5,null]}}\
        """);
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-rw-r--"));
    Files.createDirectory(config.getParent());
    Files.createSymbolicLink(config, real);
    credentials().store(STORE, CI);
    assertThat(Files.isSymbolicLink(config)).isTrue();
    assertThat(mode()).isEqualTo("rw-------");
    assertThat(json().path("psFormat").asString()).isEqualTo("é");
    assertThat(json().path("n").toString()).isEqualTo("{\"deep\":[1.5,null]}");
    assertThat(json().path("auths").path("other").path("email").asString()).isEqualTo("e");
    assertThat(credentials().erase(STORE)).isTrue();
    assertThat(credentials().erase(STORE)).isFalse();
    assertThat(json().path("auths").has(KEY)).isFalse();
    assertThat(json().path("auths").has("other")).isTrue();
    try (var files = Files.list(home)) {
      assertThat(files.filter(file -> file.toString().contains(".config"))).isEmpty();
    }
  }

  @Test
  void find_identityTokenAndKeyOfOldClients_isRead() throws IOException {
    write("{\"auths\":{\"https://Store.example:8443/v1/\":{\"identitytoken\":\"lamr_t\"}}}");
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.IdentityToken("lamr_t", config.toString()));
  }

  /** An entry that an old client left may be of an older secret, or broken. */
  @ParameterizedTest
  @ValueSource(strings = {"b2xkOnNlY3JldA==", "broken"})
  void store_besideAnEntryOfOldClients_isWhatIsFoundAndForgotten(String auth) throws IOException {
    write(
        "{\"auths\":{\"https://Store.example:8443/v1/\":{\"auth\":\"%s\"},\"other\":{}}}"
            .formatted(auth));
    credentials().store(STORE, CI);
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.Password("ci", "lam_a:b", config.toString()));
    assertThat(credentials().erase(STORE)).isTrue();
    assertThat(credentials().find(STORE)).isEmpty();
    assertThat(json().path("auths").propertyNames()).containsExactly("other");
    assertThat(credentials().erase(STORE)).isFalse();
  }

  @Test
  void environment_goesFirst() {
    credentials().store(STORE, CI);
    environment.put("LAMELLA_ACCOUNT", "env");
    assertThatThrownBy(() -> credentials().find(STORE)).hasMessageContaining("LAMELLA_SECRET");
    environment.put("LAMELLA_SECRET", "lam_env");
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.Password("env", "lam_env", "$LAMELLA_SECRET"));
  }

  @Test
  void authFileOfContainers_isRead() throws IOException {
    Path auth = home.resolve("auth.json");
    Files.writeString(auth, "{\"auths\":{\"" + KEY + "\":{\"auth\":\"YTpi\"}}}");
    environment.put("REGISTRY_AUTH_FILE", auth.toString());
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.Password("a", "b", auth.toString()));
    environment.remove("REGISTRY_AUTH_FILE");
    Path runtime = Files.createDirectories(home.resolve("run/containers"));
    Files.move(auth, runtime.resolve("auth.json"));
    environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
    assertThat(credentials().find(STORE)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"auths\":{\"store.example:8443\":{\"auth\":\"Z2VoZWlt\"}}}",
        "{\"auths\":{\"store.example:8443\":{\"auth\":\"§geheim\"}}}",
        "{\"credsStore\":\"../evil\"}",
        "{\"credsStore\":\"missing\"}"
      })
  void find_whereNothingCanBeRead_warnsAndGoesOn(String json) throws IOException {
    write(json);
    assertThat(credentials().find(STORE)).isEmpty();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.getFirst()).doesNotContain("geheim").doesNotContain("Z2VoZWlt");
  }

  @Test
  void helper_keepsThemInsteadOfTheFile() throws IOException {
    write("{\"credHelpers\":{\"" + KEY + "\":\"fake\"},\"credsStore\":\"missing\"}");
    Path kept = home.resolve("kept");
    helper(
        """
        case $1 in
          store) cat > %1$s ;;
          get) [ "$(cat)" = %2$s ] || exit 2
               [ -f %1$s ] && cat %1$s && exit 0
               echo credentials not found in native keychain; exit 1 ;;
          erase) rm %1$s ;;
        esac\
        """
            .formatted(kept, KEY));
    assertThat(credentials().find(STORE)).isEmpty();
    assertThat(credentials().store(STORE, CI)).isEqualTo("docker-credential-fake");
    assertThat(Files.readString(config)).doesNotContain("auth\"");
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.Password("ci", "lam_a:b", "docker-credential-fake"));
    assertThat(credentials().erase(STORE)).isTrue();
    assertThat(kept).doesNotExist();
    assertThat(credentials().erase(STORE)).isFalse();
    assertThat(warnings).isEmpty();
  }

  @Test
  void helper_ofAnIdentityToken_isRead() throws IOException {
    write("{\"credsStore\":\"fake\"}");
    helper("echo '{\"ServerURL\":\"x\",\"Username\":\"<token>\",\"Secret\":\"lamr_t\"}'");
    assertThat(credentials().find(STORE))
        .hasValue(new Credential.IdentityToken("lamr_t", "docker-credential-fake"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "head -c 1000000 /dev/zero",
        "yes secret",
        "echo secret; exit 3",
        "echo secret",
        "sleep 100",
        "exec 1>&-; sleep 100",
      })
  void helper_thatDoesNotDoIt_fails(String script) throws IOException {
    write("{\"credsStore\":\"fake\"}");
    helper(script);
    assertThat(credentials().find(STORE)).isEmpty();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.getFirst())
        .contains("docker-credential-fake get fails")
        .doesNotContain("secret");
    assertThatThrownBy(() -> credentials().erase(STORE)).isInstanceOf(HostFailure.class);
    if (!script.startsWith("echo secret") || script.contains("exit")) {
      assertThatThrownBy(() -> credentials().store(STORE, CI))
          .isInstanceOf(HostFailure.class)
          .hasMessageNotContaining("lam_a");
      assertThat(Files.readString(config)).doesNotContain("auths");
    }
  }

  private Credentials credentials() {
    return new Credentials(environment, home, Duration.ofSeconds(2), warnings::add);
  }

  private void helper(String script) throws IOException {
    Path file = home.resolve("bin/docker-credential-fake");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void write(String json) throws IOException {
    Files.createDirectories(config.getParent());
    Files.writeString(config, json);
  }

  private JsonNode json() throws IOException {
    return Json.tree(Files.readAllBytes(config));
  }

  private String mode() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(config));
  }
}
