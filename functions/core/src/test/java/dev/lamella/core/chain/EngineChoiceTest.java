package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EngineChoiceTest {
  @Test
  void checked_engineThatComputesSha256_isTaken() {
    for (ChainEngine engine : Layers.engines()) {
      assertThat(EngineChoice.checked(() -> Optional.of(engine))).containsSame(engine);
    }
  }

  @Test
  void checked_noEngineHere_isEmpty() {
    assertThat(EngineChoice.checked(Optional::empty)).isEmpty();
  }

  @Test
  void checked_libraryThatDoesNotLoad_isEmpty() {
    assertThat(
            EngineChoice.checked(
                () -> {
                  throw new UnsatisfiedLinkError("no such library");
                }))
        .isEmpty();
  }

  @Test
  void checked_engineThatFails_isEmpty() {
    assertThat(checked(sha256 -> failing())).isEmpty();
  }

  @Test
  void checked_wrongDigest_isEmpty() {
    assertThat(checked(sha256 -> with(sha256, sha256::state, () -> flipped(sha256.digest()))))
        .isEmpty();
  }

  @Test
  void checked_wrongState_isEmpty() {
    assertThat(checked(sha256 -> with(sha256, () -> flipped(sha256.state()), sha256::digest)))
        .isEmpty();
  }

  @Test
  void checked_stateThatIsAlwaysTheFirst_isEmpty() {
    assertThat(checked(sha256 -> with(sha256, () -> ChainState.INITIAL, sha256::digest))).isEmpty();
  }

  @Test
  void checked_resumeThatForgetsTheState_isEmpty() {
    assertThat(
            EngineChoice.checked(
                () -> Optional.of(resuming((from, before) -> plain(ChainState.INITIAL, before)))))
        .isEmpty();
  }

  @Test
  void checked_resumeThatForgetsTheCount_isEmpty() {
    assertThat(EngineChoice.checked(() -> Optional.of(resuming((from, before) -> plain(from, 0)))))
        .isEmpty();
  }

  @Test
  void checked_countOfThirtyTwoBits_isEmpty() {
    assertThat(
            EngineChoice.checked(
                () -> Optional.of(resuming((from, before) -> plain(from, before & 0xffff_ffffL)))))
        .isEmpty();
  }

  private interface Resume {
    Sha256 resume(ChainState from, long bytesBefore);
  }

  private static Sha256 plain(ChainState from, long bytesBefore) {
    return new PlainSha256(from, bytesBefore);
  }

  private static Optional<ChainEngine> checked(UnaryOperator<Sha256> fault) {
    return EngineChoice.checked(
        () -> Optional.of(resuming((from, before) -> fault.apply(plain(from, before)))));
  }

  private static ChainEngine resuming(Resume resume) {
    return new ChainEngine() {
      @Override
      public String name() {
        return "injected";
      }

      @Override
      public ChainHash resume(ChainState from, long bytesBefore) {
        return new ChainHash(resume.resume(from, bytesBefore), bytesBefore);
      }
    };
  }

  private static ChainState flipped(ChainState state) {
    byte[] bytes = state.bytes();
    bytes[31] ^= 1;
    return ChainState.of(bytes);
  }

  private static Sha256 failing() {
    throw new IllegalStateException("out of order");
  }

  private static Sha256 with(
      Sha256 sha256, Supplier<ChainState> state, Supplier<ChainState> digest) {
    return new Sha256() {
      @Override
      public void update(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
      }

      @Override
      public ChainState state() {
        return state.get();
      }

      @Override
      public ChainState digest() {
        return digest.get();
      }
    };
  }
}
