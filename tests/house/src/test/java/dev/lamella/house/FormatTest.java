package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the Java code to google-java-format, or formats it: {@code -Dformat=write}. */
class FormatTest {
  private static final String MEND =
      "mvn -q -B -pl tests/house -am test -Dtest=FormatTest -Dformat=write"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  private final Repository repository = Repository.here();
  private final Formatter formatter = new Formatter();

  @Test
  void code_isFormatted() {
    boolean write = "write".equals(System.getProperty("format"));
    List<String> unformatted =
        repository.files(".java").parallelStream()
            .filter(file -> !isFormatted(file, write))
            .map(repository::name)
            .sorted()
            .toList();
    assertThat(unformatted).as("Not formatted; to mend them: %s", MEND).isEmpty();
  }

  /** Whether the file is formatted, at the latest after this. */
  private boolean isFormatted(Path file, boolean write) {
    String text = Repository.text(file);
    String formatted = format(file, text);
    if (!write || text.equals(formatted)) {
      return text.equals(formatted);
    }
    try {
      Files.writeString(file, formatted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return true;
  }

  private String format(Path file, String text) {
    try {
      return formatter.formatSourceAndFixImports(text);
    } catch (FormatterException e) {
      throw new IllegalStateException(repository.name(file) + " does not parse", e);
    }
  }
}
