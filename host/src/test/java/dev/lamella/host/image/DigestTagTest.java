package dev.lamella.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTagTest {
  private static final Digest DIGEST = Digest.parse("sha256:" + "0a".repeat(32));
  private static final String TAG = "sha256-" + "0a".repeat(32);

  @Test
  void ofList_ofALongDigest_isCutAsTheSpecificationSays() {
    assertThat(DigestTag.ofList(DIGEST)).isEqualTo(new Tag(TAG));
    Digest sha512 = Digest.parse("sha512:" + "0a".repeat(64));
    assertThat(DigestTag.ofList(sha512)).isEqualTo(new Tag("sha512-" + "0a".repeat(32)));
    assertThat(DigestTag.isOfList(DigestTag.ofList(sha512).value())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {".sig", ".att", ".sbom"})
  void attachedTo_ofCosignsTags_isTheirTag(String suffix) {
    assertThat(DigestTag.attachedTo(DIGEST, TAG + suffix)).contains(new Tag(TAG + suffix));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".sig.x", ".exe", "0.sig", "/.sig", ".sig\n"})
  void attachedTo_ofOtherTags_isNone(String suffix) {
    assertThat(DigestTag.attachedTo(DIGEST, TAG + suffix)).isEmpty();
  }

  @Test
  void attachedTo_ofAnotherDigest_isNone() {
    assertThat(DigestTag.attachedTo(DIGEST, "sha256-" + "0b".repeat(32) + ".sig")).isEmpty();
  }
}
