package dev.lamella.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "Linux/X86_64, linux/amd64",
    "linux/x86-64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "linux/i386, linux/386",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm64/8, linux/arm64",
    "linux/arm64/v9, linux/arm64/v9",
    "linux/arm, linux/arm/v7",
    "linux/arm/6, linux/arm/v6",
    "linux/armhf, linux/arm/v7",
    "linux/armel, linux/arm/v6",
    "macos/arm64, darwin/arm64",
    "windows(10.0.17763)/amd64, windows(10.0.17763)/amd64",
    "linux/riscv64, linux/riscv64",
  })
  void parse_namesInUse_becomeOne(String text, String normal) {
    assertThat(Platform.parse(text)).hasToString(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "linux", "linux/", "/amd64", "a/b/c/d", "linux/am d64", "linux()/x"})
  void parse_ofWhatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/arm64, linux/arm64/v8, 0",
    "linux/arm64/v8, linux/arm64, 0",
    "linux/arm64/v9, linux/arm64, 1000",
    "linux/arm64, linux/arm64/v9, ",
    "linux/arm64, linux/arm/v7, ",
    "linux/arm/v7, linux/arm/v6, 1000",
    "linux/arm/v7, linux/arm/v5, 2000",
    "linux/arm/v6, linux/arm/v7, ",
    "linux/arm, linux/arm/v8, ",
    "linux/amd64/v3, linux/amd64/v2, 1000",
    "linux/amd64, linux/amd64/v2, ",
    "linux/amd64, linux/386, ",
    "linux/amd64, windows/amd64, ",
    "linux/riscv64, linux/riscv64, 0",
    "windows/amd64, windows(10.0.20348.1)/amd64, 0",
    "windows(10.0.17763)/amd64, windows(10.0.17763.5329)/amd64, 0",
    "windows(10.0.1776)/amd64, windows(10.0.17763.5329)/amd64, ",
    "windows(10.0.17763)/amd64, windows(10.0.20348.1)/amd64, ",
    "windows(10.0.17763)/amd64, windows/amd64, 0",
  })
  void distance_isLessTheNearer(String wanted, String offered, Integer distance) {
    assertThat(Platform.parse(wanted).distance(Platform.parse(offered)))
        .isEqualTo(distance == null ? OptionalInt.empty() : OptionalInt.of(distance));
  }
}
