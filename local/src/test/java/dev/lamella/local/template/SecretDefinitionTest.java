package dev.lamella.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretDefinitionTest {
  @TempDir Path directory;

  @Test
  void generate_isLettersAndDigits_andNeverTheSame() {
    SecretDefinition secret = new SecretDefinition("S", "lamella-S", OptionalInt.of(43));
    SecureRandom random = new SecureRandom();
    String value = secret.generate(random).orElseThrow();
    assertThat(value)
        .matches("[A-Za-z0-9]{43}")
        .isNotEqualTo(secret.generate(random).orElseThrow());
    assertThat(new SecretDefinition("S", "lamella-S", OptionalInt.empty()).generate(random))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SecretString: known",
        "GenerateSecretString: {PasswordLength: 43}",
        "GenerateSecretString: {ExcludePunctuation: true}",
        "GenerateSecretString: {PasswordLength: 0, ExcludePunctuation: true}",
        "GenerateSecretString: {PasswordLength: 5000, ExcludePunctuation: true}",
        "GenerateSecretString: {PasswordLength: 9, ExcludePunctuation: true, IncludeSpace: true}"
      })
  void secret_madeInAnyOtherWay_isRefused(String properties) throws IOException {
    Path file = directory.resolve("template.yaml");
    Files.writeString(
        file,
        """
        Resources:
          Key:
            Type: AWS::SecretsManager::Secret
            Properties:
              %s
        """
            .formatted(properties));
    assertThatThrownBy(() -> Template.read(file, Map.of(), PseudoParameters.LOCAL))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith("Key: ");
  }
}
