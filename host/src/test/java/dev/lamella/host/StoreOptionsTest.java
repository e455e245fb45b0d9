package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class StoreOptionsTest {
  private static final Map<String, String> ELSEWHERE =
      Map.of("LAMELLA_URL", "https://store.example/live");

  /** Any command that talks to a store. */
  @Command(name = "any")
  private static final class Any {
    @Mixin private final StoreOptions store = new StoreOptions();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--to", "--from", "--store"})
  void url_option_isTaken(String name) {
    assertThat(url(ELSEWHERE, name, "http://10.0.0.1:8080"))
        .isEqualTo(URI.create("http://10.0.0.1:8080"));
  }

  @Test
  void url_noOption_isThatOfTheEnvironment() {
    assertThat(url(ELSEWHERE)).isEqualTo(URI.create("https://store.example/live"));
  }

  @Test
  void url_neither_isALocalStore() {
    URI local = URI.create("http://127.0.0.1:5000");
    assertThat(url(Map.of())).isEqualTo(local);
    assertThat(url(Map.of("LAMELLA_URL", " "))).isEqualTo(local);
  }

  @ParameterizedTest
  @ValueSource(strings = {"store.example", "ftp://store.example", "http://a/?b", "http://a b"})
  void url_thatIsNone_isRefusedWhereverItComesFrom(String wrong) {
    assertThatThrownBy(() -> url(Map.of(), "--to", wrong))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("'" + wrong + "'");
    assertThatThrownBy(() -> url(Map.of("LAMELLA_URL", wrong)))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("'" + wrong + "'");
  }

  private static URI url(Map<String, String> environment, String... arguments) {
    Any command = new Any();
    new CommandLine(command).parseArgs(arguments);
    return command.store.url(environment);
  }
}
