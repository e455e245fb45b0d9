package dev.lamella.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Refusal;
import org.junit.jupiter.api.Test;

/** Images as users write them. */
final class ImageNameTest {
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  @Test
  void tagAndDigest_isTheDigest() {
    assertThat(ImageName.parse("team/app:1@" + DIGEST))
        .isEqualTo(ImageName.parse("team/app@" + DIGEST));
  }

  @Test
  void tagAndDigest_withABadTag_isRefused() {
    assertThatThrownBy(() -> ImageName.parse("team/app:-@" + DIGEST)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> ImageName.parse("team/app@" + DIGEST + "@" + DIGEST))
        .isInstanceOf(Refusal.class);
  }
}
