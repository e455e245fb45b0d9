package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;

/** The template as who deploys it for the first time does: question by question. */
@Tag("full")
class GuidedDeployTest extends CloudTest {
  private static final String NAME = "lamella-guided";

  /** By how a question begins, or what it has in it; all others get what SAM proposes. */
  private static final Map<String, String> ANSWERS =
      Map.of(
          "Stack Name", NAME,
          // LocalStack's free edition has no others.
          "Parameter ApiType", "REST",
          "Parameter Edge", "none",
          "has no authentication", "y",
          "Save arguments", "n",
          "Deploy this changeset", "y");

  @Test
  void deployGuided_takingWhatIsProposed_needsNoEditingOfTheTemplate() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                tools().sam().toString(),
                "deploy",
                "--guided",
                "--template-file",
                Stack.BUILT.resolve("template.yaml").toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(cloud().environment());
    Process sam = builder.start();
    Set<String> questions = new LinkedHashSet<>();
    String said;
    try (Reader output = sam.inputReader(UTF_8);
        Writer input = sam.outputWriter(UTF_8)) {
      said = converse(output, input, questions);
    }
    assertThat(sam.waitFor()).as(said).isZero();
    try {
      assertThat(said).contains("Successfully created/updated stack - " + NAME);
      assertThat(questions)
          .anyMatch(question -> question.startsWith("Parameter VerifyWithinDays [30]"))
          .anyMatch(question -> question.startsWith("Parameter ShardSize [8388608]"));
      assertThat(aws().lambda().listFunctionsPaginator().functions())
          .extracting(FunctionConfiguration::functionName)
          .filteredOn(function -> function.startsWith(NAME))
          .hasSize(Functions.logicalIds().size());
    } finally {
      Stack.delete(cloud(), tools(), NAME);
    }
  }

  /** Answers until SAM is done, and returns all that it wrote. */
  private static String converse(Reader output, Writer input, Set<String> questions)
      throws IOException {
    StringBuilder said = new StringBuilder();
    for (int next = output.read(); next >= 0; next = output.read()) {
      said.append((char) next);
      if (said.indexOf("]: ", Math.max(0, said.length() - 3)) >= 0) {
        String question = said.substring(said.lastIndexOf("\n") + 1).strip();
        questions.add(question);
        input.write(answer(question) + "\n");
        input.flush();
        said.append('\n');
      }
    }
    return said.toString();
  }

  private static String answer(String question) {
    return ANSWERS.entrySet().stream()
        .filter(answer -> question.contains(answer.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }
}
