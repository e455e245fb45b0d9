package dev.lamella.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotedTest {
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\u0085", "\u2028", "\u2029", "\u001b", "\u009b", "\ud800"})
  void text_thatEndsALineOrCommandsATerminal_isOneLine(String odd) {
    assertThat(Quoted.quoted("a" + odd + "b")).isEqualTo("'a?b'");
    assertThat(Quoted.line("a" + odd + "b", 10)).isEqualTo("a?b");
  }

  @Test
  void line_ofALongText_isCutToTheLength() {
    assertThat(Quoted.line("é".repeat(10), 10)).isEqualTo("é".repeat(10));
    assertThat(Quoted.line("é".repeat(11), 10)).isEqualTo("é".repeat(9) + "…");
  }

  @Test
  void line_cutWithinACharacter_isStillUnicode() {
    assertThat(Quoted.line("🐳".repeat(9), 10)).isEqualTo("🐳".repeat(4) + "?…");
  }
}
