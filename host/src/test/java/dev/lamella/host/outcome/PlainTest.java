package dev.lamella.host.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlainTest {
  @Test
  void line_withWhatATerminalObeys_showsIt() {
    assertThat(Plain.line("a\u001b[31mb\u009b1mc\u202ed\u2028\u0000\ud800"))
        .isEqualTo("a\\u001b[31mb\\u009b1mc\\u202ed\\u2028\\u0000\\ud800");
    assertThat(Plain.line("a\nb\tc")).isEqualTo("a b c");
    assertThat(Plain.line("größe 層 🐳 שלום")).isEqualTo("größe 層 🐳 שלום");
  }

  @ParameterizedTest
  @CsvSource({
    "at http://user:secret@host/a:,at http://…@host/a:",
    "HTTPS://secret@host/a?b,HTTPS://…@host/a?…",
    "(https://host/a?X-Amz-Signature=1&b=2) c,(https://host/a?…) c",
    "who? http://host/a b@c,who? http://host/a b@c"
  })
  void line_withAUrl_showsNoSecretOfIt(String text, String shown) {
    assertThat(Plain.line(text)).isEqualTo(shown);
  }

  @Test
  void line_withoutEnd_isCut() {
    assertThat(Plain.line("x".repeat(1_000_000))).hasSizeLessThan(5_000).endsWith("…");
    assertThat(Plain.line("http://".repeat(100_000) + "@")).hasSizeLessThan(5_000);
  }
}
