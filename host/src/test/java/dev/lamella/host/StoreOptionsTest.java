package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
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

  @Test
  void url_storeInTheName_goesBeforeTheEnvironment() {
    assertThat(named(ELSEWHERE, "127.0.0.1:5001")).hasToString("http://127.0.0.1:5001");
    assertThat(named(ELSEWHERE, "[::1]:5001")).hasToString("http://[::1]:5001");
    assertThat(named(ELSEWHERE, "localhost")).hasToString("http://localhost");
    assertThat(named(ELSEWHERE, "other.example:443")).hasToString("https://other.example:443");
    assertThat(named(ELSEWHERE, "127.example:5001")).hasToString("https://127.example:5001");
    assertThat(named(ELSEWHERE, "store.example"))
        .as("what is configured of that store stays")
        .hasToString("https://store.example/live");
  }

  @Test
  void url_storeInTheNameAndAnotherByOption_isRefused() {
    assertThat(named(Map.of(), "a.example:1", "--to", "https://a.example:1/live"))
        .hasToString("https://a.example:1/live");
    assertThatThrownBy(() -> named(Map.of(), "127.0.0.1:5001", "--to", "http://127.0.0.1:5000"))
        .isInstanceOf(ParameterException.class)
        .hasMessage(
            "the image's name says the store 127.0.0.1:5001, and the option 127.0.0.1:5000: leave"
                + " one out");
  }

  private static URI named(Map<String, String> environment, String store, String... arguments) {
    Any command = new Any();
    new CommandLine(command).parseArgs(arguments);
    return command.store.url(environment, Optional.of(store));
  }

  private static URI url(Map<String, String> environment, String... arguments) {
    Any command = new Any();
    new CommandLine(command).parseArgs(arguments);
    return command.store.url(environment);
  }
}
