package dev.lamella.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "team/app", "a.b_c__d-e--f/0", "library/node.js"})
  void repositoryName_withinTheGrammar_isTaken(String name) {
    assertThat(new RepositoryName(name).toString()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "A", "a/", "/a", "a//b", "a..b", "-a", "a-", "a___b", "a b", "ä", "a\n", "../a",
        "a/../b", "a%2fb", "a:b"
      })
  void repositoryName_outsideTheGrammar_isRefused(String name) {
    assertRefused(() -> new RepositoryName(name), ErrorCode.NAME_INVALID);
  }

  @Test
  void repositoryName_over255Characters_isRefused() {
    assertThat(new RepositoryName("a".repeat(255)).value()).hasSize(255);
    assertRefused(() -> new RepositoryName("a".repeat(256)), ErrorCode.NAME_INVALID);
  }

  /** The grammar nests repetitions: hostile input must not make the matcher run for ages. */
  @Test
  void repositoryName_hostileRepetition_isRefusedSoon() {
    assertRefused(() -> new RepositoryName("a-".repeat(127) + "!"), ErrorCode.NAME_INVALID);
    assertRefused(() -> new RepositoryName("a".repeat(254) + "!"), ErrorCode.NAME_INVALID);
  }

  @Property
  void parse_anyText_isTakenOrRefusedButNeverFails(@ForAll String text) {
    assertParses(() -> new RepositoryName(text));
    assertParses(() -> Reference.parse(text));
    assertParses(() -> Digest.parse("sha256:" + text));
    assertParses(() -> new LayerId(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "1.0", "_x", "V-1_2.3"})
  void reference_withoutColon_isATag(String tag) {
    assertThat(Reference.parse(tag)).isEqualTo(new Reference.Tag(tag));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "-a", "a b", "a/b", "ä"})
  void tag_outsideTheGrammar_isRefused(String tag) {
    assertRefused(() -> new Reference.Tag(tag), ErrorCode.TAG_INVALID);
    assertRefused(() -> new Reference.Tag("a".repeat(129)), ErrorCode.TAG_INVALID);
  }

  @Test
  void digest_ofEitherAlgorithm_keepsItsText() {
    for (String text : new String[] {"sha256:" + "0f".repeat(32), "sha512:" + "0f".repeat(64)}) {
      assertThat(Digest.parse(text).toString()).isEqualTo(text);
      assertThat(Reference.parse(text)).isEqualTo(new Reference.ByDigest(Digest.parse(text)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256", "sha256:", "sha256:0F", "md5:00", "SHA256:00", "sha512:0f"})
  void digest_malformed_isRefused(String text) {
    assertRefused(() -> Digest.parse(text), ErrorCode.DIGEST_INVALID);
  }

  @Test
  void message_ofUntrustedText_isOneBoundedLine() {
    assertThatThrownBy(() -> new RepositoryName("x\r\n\u001b[31m".repeat(20)))
        .satisfies(
            e -> assertThat(e.getMessage()).doesNotContain("\n", "\u001b").hasSizeLessThan(300));
  }

  @Test
  void layerId_random_isUnguessableAndNeverTheSame() {
    assertThat(LayerId.random().value()).hasSize(32);
    assertThat(LayerId.random()).isNotEqualTo(LayerId.random());
  }

  private static void assertParses(Runnable parse) {
    try {
      parse.run();
    } catch (Refusal e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void assertRefused(Runnable parse, ErrorCode code) {
    assertThatThrownBy(parse::run)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
