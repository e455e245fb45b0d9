package dev.lamella.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A function does not start without what the template tells it, and says what it misses. */
class MissingVariableTest {
  /** What has a usual value, which is the template's default; and what is Java's own. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "JAVA_TOOL_OPTIONS",
          "SHARD_SIZE",
          "SHARDS_PER_BATCH",
          "UPLOAD_LIFETIME_HOURS",
          "URL_LIFETIME_MINUTES",
          "COLLECT_AFTER_HOURS",
          "VERIFY_BUDGET_GIB",
          "VERIFY_BUDGET_MINUTES",
          "VERIFY_EVERY_HOURS",
          "VERIFY_WITHIN_DAYS",
          "DIRECT_UPLOADS",
          "MOST_LAYER_GIB",
          "MOST_UPLOADS",
          "MOST_STAGED_GIB",
          "MOST_UPLOADS_PER_MINUTE",
          "PRIVATE_ISSUERS",
          "STORE_HOSTS");

  /** What the template tells all functions, and these have no use for. */
  private static final Set<String> UNREAD =
      Set.of(
          "STAGING_BUCKET of AssemblerFunction",
          "STAGING_BUCKET of AuditorFunction",
          "STAGING_BUCKET of IdentityFunction",
          "STAGING_BUCKET of VerifierFunction",
          "MANIFEST_BUCKET of AssemblerFunction",
          "MANIFEST_BUCKET of AuditorFunction",
          "MANIFEST_BUCKET of IdentityFunction",
          "MANIFEST_BUCKET of ShardWriterFunction",
          "ASSEMBLED_BUCKET of AuditorFunction",
          "ASSEMBLED_BUCKET of IdentityFunction",
          "ASSEMBLED_BUCKET of ShardWriterFunction",
          "ASSEMBLED_BUCKET of UploadCoordinatorFunction",
          "ASSEMBLED_BUCKET of VerifierFunction",
          "STORAGE_SERVERS of AuditorFunction",
          "STORAGE_SERVERS of IdentityFunction",
          "TABLE of AuditorFunction",
          "TABLE of IdentityFunction");

  /** What Lambda adds. */
  private static final Map<String, String> LAMBDA =
      Map.of(
          "AWS_REGION", "us-east-1",
          "AWS_ACCESS_KEY_ID", "key",
          "AWS_SECRET_ACCESS_KEY", "secret",
          "AWS_LAMBDA_FUNCTION_NAME", "lamella");

  static Stream<Arguments> variables() {
    return functions().stream()
        .flatMap(
            function ->
                function.environment().keySet().stream()
                    .sorted()
                    .map(variable -> Arguments.of(function.logicalId(), variable)));
  }

  @ParameterizedTest
  @MethodSource("variables")
  void start_withoutAVariable_namesItOrTakesTheUsualValue(String logicalId, String variable) {
    FunctionDefinition function =
        functions().stream()
            .filter(one -> one.logicalId().equals(logicalId))
            .findFirst()
            .orElseThrow();
    Map<String, String> environment = new HashMap<>(function.environment());
    environment.putAll(LAMBDA);
    environment.remove(variable);
    String which = variable + " of " + logicalId;
    if (OPTIONAL.contains(variable) || UNREAD.contains(which)) {
      assertThat(PayloadHandler.make(function, environment, InstantSource.system())).isNotNull();
    } else {
      assertThatExceptionOfType(HandlerException.class)
          .as(which)
          .isThrownBy(() -> PayloadHandler.make(function, environment, InstantSource.system()))
          .withMessageContaining("environment variable " + variable + " is not set");
    }
  }

  private static List<FunctionDefinition> functions() {
    Path template = Path.of("../template.yaml").toAbsolutePath().normalize();
    return Template.read(template, Map.of(), PseudoParameters.LOCAL).functions();
  }
}
