package dev.lamella.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Refusal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FullNameTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5000/team/app:1,  127.0.0.1:5000,       team/app:1",
    "localhost/app,              localhost,            app:latest",
    "localhost:5000/app:2,       localhost:5000,       app:2",
    "registry.example.com:443/a, registry.example.com:443, a:latest",
    "[::1]:5000/team/app:1,      [::1]:5000,           team/app:1",
    "[::1]/app,                  [::1],                app:latest",
    "team/app:1,                 ,                     team/app:1",
    "docker.io/library/nginx:1,  ,                     docker.io/library/nginx:1",
    "localhost,                  ,                     localhost:latest",
  })
  void parse_nameOfAStore_isTakenApart(String text, String store, String image) {
    FullName name = FullName.parse(text);
    assertThat(name.store()).isEqualTo(Optional.ofNullable(store));
    assertThat(name.image()).hasToString(image);
  }

  @Test
  void parse_tagAndDigest_isTheDigest() {
    assertThat(FullName.parse("team/app:1@" + DIGEST).image())
        .isEqualTo(ImageName.parse("team/app@" + DIGEST));
    assertThat(FullName.parse("localhost:5000/team/app:1@" + DIGEST).image())
        .hasToString("team/app@" + DIGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a:", "a:b:c", "a:-@x", "localhost:5000/", "a b", "a@", "[::1]"})
  void parse_noName_isRefused(String text) {
    assertThatThrownBy(() -> FullName.parse(text)).isInstanceOf(Refusal.class);
  }
}
