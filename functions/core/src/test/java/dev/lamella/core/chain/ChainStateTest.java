package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainStateTest {
  private static final String HEX = "0123456789abcdef".repeat(4);

  @Test
  void ofHex_itsHex_equalsTheState() {
    ChainState state = ChainState.ofHex(HEX);

    assertThat(state.hex()).isEqualTo(HEX);
    assertThat(state).hasToString(HEX).isEqualTo(ChainState.of(state.bytes()));
    assertThat(state).hasSameHashCodeAs(ChainState.of(state.bytes()));
    assertThat(state).isNotEqualTo(ChainState.INITIAL);
  }

  @Test
  void bytes_changedByTheCaller_leavesTheState() {
    byte[] given = ChainState.ofHex(HEX).bytes();
    ChainState state = ChainState.of(given);

    Arrays.fill(given, (byte) 0);
    Arrays.fill(state.bytes(), (byte) 0);

    assertThat(state.hex()).isEqualTo(HEX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123",
        "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "00123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      })
  void ofHex_notSixtyFourLowerCaseDigits_refuses(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChainState.ofHex(text))
        .withMessageStartingWith("A chain state is 64 lower-case hexadecimal digits, not ");
  }

  @Test
  void of_thirtyOneBytes_refuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChainState.of(new byte[31]))
        .withMessage("A chain state has 32 bytes, not 31");
  }
}
