package dev.lamella.local;

import dev.lamella.embedded.SecretsServer;
import dev.lamella.local.template.SecretDefinition;
import dev.lamella.local.template.Template;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The secrets that the template declares, in an embedded Secrets Manager. Their values are made
 * once, and kept.
 */
final class LocalSecrets implements AutoCloseable {
  private static final String ADMINISTRATOR = "AdministratorSecret";

  private final SecretsServer server;
  private final Path directory;
  private final Optional<String> administrator;

  private LocalSecrets(SecretsServer server, Path directory, Optional<String> administrator) {
    this.server = server;
    this.directory = directory;
    this.administrator = administrator;
  }

  static LocalSecrets start(Path directory, Template template) throws IOException {
    SecretsServer server = SecretsServer.start(directory);
    LocalSecrets secrets =
        new LocalSecrets(
            server, directory, Optional.ofNullable(template.names().get(ADMINISTRATOR)));
    try {
      SecureRandom random = new SecureRandom();
      for (SecretDefinition secret : template.secrets()) {
        server.create(secret.name(), secret.generate(random));
      }
      return secrets;
    } catch (IOException e) {
      secrets.close();
      throw e;
    }
  }

  URI uri() {
    return server.uri();
  }

  /**
   * @throws IllegalStateException if the template declares none
   */
  Path administratorFile() {
    return directory.resolve(
        administrator.orElseThrow(
            () -> new IllegalStateException("the template has no " + ADMINISTRATOR)));
  }

  /**
   * @throws IllegalStateException if the template declares none
   */
  String administrator() throws IOException {
    return Files.readString(administratorFile());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
