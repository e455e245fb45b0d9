package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps out of the repository what belongs to one machine alone. */
class NamesTest {
  /** Written with brackets, so that this file does not contain what it looks for. */
  private static final List<Pattern> FORBIDDEN =
      Stream.of(
              // Directories of somebody's machine.
              "(?<![\\w.$}~-])/[w]ork/",
              "(?<![\\w.$}~-])/[f]arm/",
              "(?<![\\w.$}~-])/[r]oot/",
              "(?<![\\w.$}~-])/[h]ome/\\w",
              "(?<![\\w.$}~-])/[U]sers/\\w",
              // Package registries: which one is used is the user's own setting.
              "[r]epo1?\\.maven\\.(apache\\.)?org",
              "[r]egistry\\.npmjs\\.org",
              "[p]ypi\\.org",
              "[f]iles\\.pythonhosted\\.org",
              "[p]roxy\\.golang\\.org",
              // Keys.
              "[A]KIA[0-9A-Z]{16}",
              "-----[B]EGIN [A-Z ]*PRIVATE KEY")
          .map(Pattern::compile)
          .toList();

  @Test
  void files_nameNoMachineRegistryOrKey() {
    Repository repository = Repository.here();
    List<String> found =
        repository.files().stream().flatMap(file -> findings(repository.name(file), file)).toList();
    assertThat(found).isEmpty();
  }

  private static Stream<String> findings(String name, Path file) {
    String text = Repository.text(file);
    return FORBIDDEN.stream()
        .flatMap(forbidden -> forbidden.matcher(text).results())
        .map(match -> name + ": " + match.group());
  }
}
