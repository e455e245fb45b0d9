package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.Json;
import dev.lamella.local.template.CloudFormationYaml;
import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What AWS's own tools say of the template, and make of a fresh clone. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SamTest {
  private static final Map<String, String> OFFLINE =
      Map.of("AWS_DEFAULT_REGION", "us-east-1", "SAM_CLI_TELEMETRY", "0");

  /** A number above all that any parameter takes, and a text longer than any. */
  private static final String WRONG = "1000000000000000000000000000000000";

  private Tools tools;

  @BeforeAll
  void install() {
    tools = Tools.installed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "local", "production"})
  void validate_withEachSet_findsNothing(String set) {
    String said =
        Command.run(OFFLINE, tools.sam(), "validate", "--lint", "--config-env", set).orFail();
    assertThat(said).contains("is a valid SAM Template");
  }

  @Test
  void cfnLint_findsNothing() {
    assertThat(Command.run(OFFLINE, tools.cfnLint(), "template.yaml").orFail()).isEmpty();
  }

  /** CloudFormation refuses such values in a deployment, too; LocalStack looks at none. */
  @Test
  void cfnLint_ofWrongDefaults_refusesThatOfEachParameter(@TempDir Path directory)
      throws IOException {
    Map<?, ?> parameters =
        (Map<?, ?>)
            requireNonNull(
                CloudFormationYaml.read(ROOT.resolve("template.yaml")).get("Parameters"));
    Path wrong = directory.resolve("template.yaml");
    Files.writeString(
        wrong,
        Files.readString(ROOT.resolve("template.yaml"))
            .replaceAll("(?m)^    Default: .*", "    Default: " + WRONG));
    Command.Ended lint =
        Command.run(OFFLINE, tools.cfnLint(), "--format", "json", "--", wrong.toString());
    Set<String> refused = new TreeSet<>();
    for (JsonNode finding : Json.tree(lint.output().getBytes(UTF_8))) {
      if (finding.path("Rule").path("Id").asString().equals("E2015")) {
        refused.add(finding.path("Location").path("Path").path(1).asString());
      }
    }
    assertThat(refused).as(lint.output()).isEqualTo(parameters.keySet());
  }

  @Test
  void build_ofAFreshClone_packsEveryFunction(@TempDir Path directory) throws IOException {
    Path clone = directory.resolve("clone");
    Command.run(Map.of(), "git", "clone", "-q", "--no-hardlinks", ROOT, clone).orFail();
    Command.run(clone, OFFLINE, tools.sam(), "build").orFail();
    for (FunctionDefinition function : Functions.template().functions()) {
      Path built = clone.resolve(".aws-sam/build").resolve(function.logicalId());
      String handler = function.handler().replaceFirst("::.*", "").replace('.', '/') + ".class";
      assertThat(built.resolve(handler)).exists();
      try (var libraries = Files.list(built.resolve("lib"))) {
        assertThat(libraries).anyMatch(jar -> jar.toString().contains("lamella-core"));
      }
    }
  }
}
