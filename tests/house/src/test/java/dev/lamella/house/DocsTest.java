package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages say what is so: their links lead somewhere, and the README's commands are those that
 * are run.
 */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final int LONGEST_CLASS = 300;

  private final Repository repository = Repository.here();

  @Test
  void links_leadSomewhere() {
    List<String> broken = repository.files(".md").stream().flatMap(this::brokenLinks).toList();
    assertThat(broken).isEmpty();
  }

  @Test
  void readme_namesTheTwoCommands() {
    assertThat(Repository.text(repository.root().resolve("README.md")))
        .contains("./lamella demo", "mvn -B verify");
  }

  @Test
  void continuousIntegration_runsTheReadmesTestCommandAlone() throws IOException {
    try (Stream<String> lines = Files.lines(repository.root().resolve(".ci/run"))) {
      assertThat(lines.filter(line -> !line.isBlank() && !line.startsWith("#")))
          .containsExactly(
              "set -euo pipefail", "cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\"", "mvn -B verify");
    }
  }

  @Test
  void classes_areShort() {
    List<String> tooLong =
        repository.files(".java").stream()
            .filter(file -> repository.name(file).contains("src/main/"))
            .filter(file -> Repository.text(file).lines().count() > LONGEST_CLASS)
            .map(repository::name)
            .toList();
    assertThat(tooLong).as("Over %d lines", LONGEST_CLASS).isEmpty();
  }

  private Stream<String> brokenLinks(Path page) {
    return LINK.matcher(Repository.text(page))
        .results()
        .map(DocsTest::target)
        .filter(target -> !target.isEmpty() && !target.matches("[a-z]+:.*"))
        .filter(target -> !Files.exists(page.resolveSibling(target)))
        .map(target -> repository.name(page) + ": " + target);
  }

  private static String target(MatchResult link) {
    return link.group(1).replaceFirst("#.*", "");
  }
}
