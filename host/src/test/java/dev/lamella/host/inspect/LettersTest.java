package dev.lamella.host.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LettersTest {
  @Test
  void letter_ofAServer_isTheSameWhateverOthersThereAre() {
    assertThat(letter(Set.of("s2"), "s2")).isEqualTo('C');
    assertThat(letter(Set.of("s0", "s1", "s2", "s3"), "s2")).isEqualTo('C');
    assertThat(letter(Set.of("zurich"), "zurich"))
        .isEqualTo(letter(Set.of("s0", "zurich"), "zurich"));
  }

  @Test
  void letters_ofOneImage_areDifferent() {
    Set<String> servers =
        IntStream.range(0, 52).mapToObj(i -> "s" + i * 26).collect(Collectors.toSet());
    Letters letters = Letters.of(servers);
    assertThat(servers.stream().map(letters::number).distinct()).hasSize(52);
    assertThat(letter(Set.of("s1234567890123"), "s1234567890123")).isBetween('A', 'z');
  }

  private static char letter(Set<String> servers, String server) {
    return Letters.of(Letters.of(servers).number(server));
  }
}
