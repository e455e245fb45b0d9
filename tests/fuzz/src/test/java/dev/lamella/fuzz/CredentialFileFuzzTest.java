package dev.lamella.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.credentials.Credentials;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Files of credentials, as Docker's and podman's: what is kept in one is found in it again. */
class CredentialFileFuzzTest {
  private static final URI STORE = URI.create("https://store.example");
  private static final Credential.Password MINE = new Credential.Password("ci", "a:b", "");

  @TempDir private static Path home;

  @FuzzTest(maxDuration = Refused.TIME)
  void file_ofAnyBytes_isReadOrRefused(byte[] bytes) throws IOException {
    Path config = Files.createDirectories(home.resolve(".docker")).resolve("config.json");
    Path auth = Files.createDirectories(home.resolve(".config/containers")).resolve("auth.json");
    var _ = Files.write(config, bytes);
    var _ = Files.write(auth, bytes);
    Credentials credentials =
        Credentials.of(Map.of(), home, warning -> assertThat(warning.length()).isLessThan(2000));
    assertThat(credentials.find(STORE).isPresent()).isIn(true, false);
    try {
      var _ = credentials.store(STORE, MINE);
      assertThat(credentials.find(STORE))
          .hasValue(new Credential.Password("ci", "a:b", config.toString()));
      assertThat(credentials.erase(STORE)).isTrue();
      assertThat(credentials.erase(STORE)).isFalse();
    } catch (HostFailure e) {
      Refused.requireShort(e);
    }
  }
}
