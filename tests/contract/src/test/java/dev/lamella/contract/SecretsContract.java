package dev.lamella.contract;

import static dev.lamella.core.port.Secrets.Name.ADMINISTRATOR;
import static dev.lamella.core.port.Secrets.Name.SIGNING_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.port.Secrets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class SecretsContract {
  private static final int LARGEST = 65_536;

  final Secrets secrets = secrets();

  /** Two that were never written. */
  abstract Secrets secrets();

  @Test
  void read_neverWritten_isEmpty() {
    assertThat(secrets.read(ADMINISTRATOR)).isEmpty();
    assertThat(secrets.read(SIGNING_KEY)).isEmpty();
  }

  @Test
  void write_anyText_isReadAsWrittenUnderItsNameAlone() {
    for (String value :
        List.of("{\"kid\": \"k\"}\n", " \t", "é\\u20ac\ud83d\udd11", "x".repeat(LARGEST))) {
      secrets.write(SIGNING_KEY, value);
      assertThat(secrets.read(SIGNING_KEY)).contains(value);
    }
    assertThat(secrets.read(ADMINISTRATOR)).isEmpty();
  }

  @Test
  void write_again_replacesIt() {
    secrets.write(ADMINISTRATOR, "a longer one");
    secrets.write(ADMINISTRATOR, "short");
    secrets.write(ADMINISTRATOR, "short");

    assertThat(secrets.read(ADMINISTRATOR)).contains("short");
  }

  @Test
  void write_byManyAtOnce_isOneOfTheirsWhole() throws Exception {
    List<String> values =
        IntStream.range(0, 30).mapToObj(i -> (i + " ").repeat(1_000 + i * 100)).toList();

    List<Boolean> whole =
        Race.of(
            30,
            i ->
                () -> {
                  secrets.write(SIGNING_KEY, values.get(i));
                  return values.contains(secrets.read(SIGNING_KEY).orElseThrow());
                });

    assertThat(whole).containsOnly(true);
    secrets.write(SIGNING_KEY, "the last");
    assertThat(secrets.read(SIGNING_KEY)).contains("the last");
  }
}
