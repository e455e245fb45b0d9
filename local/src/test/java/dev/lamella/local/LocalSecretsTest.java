package dev.lamella.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSecretsTest {
  @TempDir Path directory;

  @Test
  void start_toAskOrNot_saysWhoMayUseItAndKeepsItsSecrets() throws Exception {
    LocalStackOptions options =
        LocalStackOptions.of(SmallStack.file(), directory).withTablesInMemory();
    Path file = directory.resolve("secrets/lamella-AdministratorSecret").toAbsolutePath();
    String secret;
    try (LocalStack asking = LocalStack.start(options.withSignIn())) {
      secret = asking.administratorSecret();
      assertThat(secret).matches("[A-Za-z0-9]{43}");
      assertThat(asking.asksToSignIn()).isTrue();
      assertThat(asking.environment("FrontFunction")).containsEntry("SIGN_IN", "on");
      assertThat(Up.whoMayUse(asking))
          .contains("the administrator is in " + file + ":", "lamella login", "docker login")
          .doesNotContain(secret);
    }
    try (LocalStack open = LocalStack.start(options)) {
      assertThat(open.administratorSecret()).isEqualTo(secret);
      assertThat(open.asksToSignIn()).isFalse();
      assertThat(open.environment("FrontFunction")).containsEntry("SIGN_IN", "off");
      assertThat(Up.whoMayUse(open))
          .isEqualTo("Whoever reaches 127.0.0.1 may do everything; `up --auth` asks who it is.");
    }
    assertThat(modes(directory.resolve("secrets"))).containsOnly("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    assertThat(holding(secret)).containsExactly(file);
  }

  private static List<String> modes(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> modes = new ArrayList<>();
      for (Path file : files.toList()) {
        modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
      return modes;
    }
  }

  /** The files in which it can be read: no log, and no record. */
  private List<Path> holding(String secret) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> holding = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(secret)) {
          holding.add(file.toAbsolutePath());
        }
      }
      return holding;
    }
  }
}
