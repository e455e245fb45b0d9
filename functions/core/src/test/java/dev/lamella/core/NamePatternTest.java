package dev.lamella.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NamePatternTest {
  /** So long that only a matcher which goes back and forth needs it. */
  private static final Duration FOR_EVER = Duration.ofSeconds(60);

  @Property(tries = 5_000)
  void matches_anyPattern_asTheRulesSay(
      @ForAll @Chars({'a', 'b', '*'}) @StringLength(max = 8) String pattern,
      @ForAll @Chars({'a', 'b'}) @StringLength(max = 10) String text) {
    assertThat(NamePattern.matches(pattern, text)).isEqualTo(fits(pattern, text));
  }

  /** What a pattern means, word by word. */
  private static boolean fits(String pattern, String text) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    }
    if (pattern.charAt(0) == '*') {
      return fits(pattern.substring(1), text)
          || (!text.isEmpty() && fits(pattern, text.substring(1)));
    }
    return !text.isEmpty()
        && pattern.charAt(0) == text.charAt(0)
        && fits(pattern.substring(1), text.substring(1));
  }

  @Test
  void matches_manyStars_ends() {
    RepositoryName name = new RepositoryName("x".repeat(255));
    NamePattern pattern = new NamePattern("*x".repeat(127) + "y");
    assertTimeoutPreemptively(
        FOR_EVER,
        () -> {
          assertThat(pattern.matches(name)).isFalse();
          assertThat(new NamePattern("*x".repeat(127)).matches(name)).isTrue();
          assertThat(NamePattern.matches("*x".repeat(10_000), name.value())).isFalse();
          assertThat(NamePattern.matches("*x".repeat(10_000) + "y", "x".repeat(20_000))).isFalse();
          assertThat(NamePattern.matches("*x".repeat(10_000), "x".repeat(20_000))).isTrue();
        });
  }

  @Test
  void prefix_ofAPattern_isWhatStandsBeforeItsFirstStar() {
    assertThat(new NamePattern("team/*").prefix()).isEqualTo("team/");
    assertThat(new NamePattern("*/app").prefix()).isEmpty();
    assertThat(new NamePattern("team/app").prefix()).isEqualTo("team/app");
    assertThat(Stream.of("*", "team/*", "team/app").map(NamePattern::new))
        .allMatch(NamePattern::isPrefix);
    assertThat(Stream.of("*/app", "a*b*", "a**").map(NamePattern::new))
        .noneMatch(NamePattern::isPrefix);
  }

  @Test
  void pattern_ofAnyLength_isRefusedBeforeItIsRead() {
    assertThatThrownBy(() -> new NamePattern("*x".repeat(10_000)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("at most 255");
  }
}
