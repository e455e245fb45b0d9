package dev.lamella.core.chain;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Slicing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChainEngineTest {
  /** Sizes around the block's, the padding's and the native engine's pieces. */
  private static final List<Integer> SIZES =
      List.of(0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 262_143, 262_144, 262_145);

  static List<ChainEngine> engines() {
    return Layers.engines();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void finish_examplesOfFips180_giveTheStandardsDigests(ChainEngine engine) {
    assertThat(digest(engine, ""))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(digest(engine, "abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(digest(engine, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))
        .isEqualTo("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assertThat(
            digest(
                engine,
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"))
        .isEqualTo("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    assertThat(digest(engine, "a".repeat(1_000_000)))
        .isEqualTo("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void state_afterABlockOfZeros_isTheCompressionFunctionsValue(ChainEngine engine) {
    ChainHash hash = engine.start();
    hash.update(new byte[64], 0, 64);

    assertThat(hash.state())
        .hasToString("da5698be17b9b46962335799779fbeca8ce5d491c0d26243bafef9ea1837a9d8");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void finish_everySize_equalsMessageDigest(ChainEngine engine) {
    for (int size : SIZES) {
      byte[] layer = Layers.ofSize(size);
      ChainHash hash = engine.start();
      hash.update(layer, 0, size);
      assertThat(hash.finish()).as("%d bytes", size).isEqualTo(Layers.sha256(layer));
    }
  }

  @Property(tries = 200)
  void resume_fromAnyBoundary_givesTheWholesDigest(
      @ForAll("engine") ChainEngine first,
      @ForAll("engine") ChainEngine second,
      @ForAll @IntRange(max = 1000) int size,
      @ForAll @IntRange(max = 15) int block) {
    byte[] layer = Layers.ofSize(size);
    int boundary = Math.min(block, size / 64) * 64;
    ChainHash before = first.start();
    before.update(layer, 0, boundary);

    ChainHash after = second.resume(before.state(), boundary);
    after.update(layer, boundary, size - boundary);

    assertThat(after.count()).isEqualTo(size);
    assertThat(after.finish()).isEqualTo(Layers.sha256(layer));
  }

  @Property(tries = 200)
  void update_inAnyPieces_givesTheSameStatesAndDigest(
      @ForAll("engine") ChainEngine engine, @ForAll("pieces") List<Integer> pieces) {
    byte[] layer = Layers.ofSize(pieces.stream().mapToInt(Integer::intValue).sum());
    ChainHash hash = engine.start();
    ChainHash plain = ChainEngine.plain().start();
    int at = 0;
    for (int piece : pieces) {
      hash.update(layer, at, piece);
      plain.update(layer, at, piece);
      at += piece;
      if (at % 64 == 0) {
        assertThat(hash.state()).isEqualTo(plain.state());
      }
    }
    assertThat(hash.finish()).isEqualTo(Layers.sha256(layer));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void update_buffersOfEveryKind_takesWhatRemains(ChainEngine engine) {
    byte[] layer = Layers.ofSize(200_000);
    ByteBuffer direct = ByteBuffer.allocateDirect(layer.length).put(layer).flip();
    for (ByteBuffer buffer :
        List.of(ByteBuffer.wrap(layer), ByteBuffer.wrap(layer).asReadOnlyBuffer(), direct)) {
      ChainHash hash = engine.start();
      hash.update(buffer.position(7).slice().limit(100));
      buffer.position(107);
      hash.update(buffer);

      assertThat(buffer.hasRemaining()).isFalse();
      assertThat(hash.count()).isEqualTo(layer.length - 7);
      assertThat(hash.finish())
          .isEqualTo(Layers.sha256(Arrays.copyOfRange(layer, 7, layer.length)));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void finish_beyondFourGiB_countsInSixtyFourBits(ChainEngine engine) {
    long before = 1L << 40;
    ChainHash hash = engine.resume(ChainState.INITIAL, before);
    hash.update(new byte[] {1, 2, 3}, 0, 3);

    // SHA-256's one block here is the three bytes, the padding's bit and the count in bits.
    byte[] block = ByteBuffer.allocate(64).put(new byte[] {1, 2, 3, -128}).array();
    ByteBuffer.wrap(block).putLong(56, (before + 3) * 8);
    ChainHash oneBlock = ChainEngine.plain().start();
    oneBlock.update(block, 0, 64);
    assertThat(hash.finish()).isEqualTo(oneBlock.state());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void resume_onManyVirtualThreadsAtOnce_keepsTheHashesApart(ChainEngine engine) throws Exception {
    byte[] layer = Layers.ofSize(400_000);
    Chain chain = Chain.of(engine, layer, 4096);
    List<Callable<Verdict>> checks = new ArrayList<>();
    for (int i = 0; i < chain.count(); i++) {
      int index = i;
      checks.add(
          () -> {
            Slicing slicing = new Slicing(layer.length, 4096);
            LinkCheck check = new LinkCheck(engine, slicing, index, chain.link(index));
            check.update(layer, index * 4096, slicing.length(index));
            return check.finish();
          });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Verdict> verdict : threads.invokeAll(checks)) {
        assertThat(verdict.get()).isEqualTo(new Verdict.Proven());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void state_withinABlock_refusesAndLeavesTheHash(ChainEngine engine) {
    byte[] layer = Layers.ofSize(65);
    ChainHash hash = engine.start();
    hash.update(layer, 0, 65);

    assertThatIllegalStateException()
        .isThrownBy(hash::state)
        .withMessage("SHA-256 has a state only at multiples of 64 bytes, not after 65");
    assertThat(hash.finish()).isEqualTo(Layers.sha256(layer));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anything_afterFinish_refuses(ChainEngine engine) {
    ChainHash hash = engine.start();
    hash.finish();

    assertThatIllegalStateException().isThrownBy(hash::finish);
    assertThatIllegalStateException().isThrownBy(hash::state);
    assertThatIllegalStateException().isThrownBy(() -> hash.update(new byte[1], 0, 1));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void update_rangeOutsideTheArray_refusesAndLeavesTheHash(ChainEngine engine) {
    ChainHash hash = engine.start();

    assertThatThrownBy(() -> hash.update(new byte[64], 1, 64))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> hash.update(new byte[64], -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(hash.state()).isEqualTo(ChainState.INITIAL);
  }

  @ParameterizedTest
  @ValueSource(longs = {-64, -1, 1, 63, 65})
  void resume_notAtABlock_refuses(long bytesBefore) {
    for (ChainEngine engine : Layers.engines()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.resume(ChainState.INITIAL, bytesBefore))
          .withMessageContaining("not at " + bytesBefore);
    }
  }

  @Test
  void best_onThisMachine_isTheNativeEngineIfThereIsOne() {
    assertThat(ChainEngine.best())
        .isSameAs(ChainEngine.nativeEngine().orElseGet(ChainEngine::plain));
  }

  private static String digest(ChainEngine engine, String message) {
    byte[] bytes = message.getBytes(US_ASCII);
    ChainHash hash = engine.start();
    hash.update(bytes, 0, bytes.length);
    return hash.finish().hex();
  }

  @Provide
  Arbitrary<ChainEngine> engine() {
    return Arbitraries.of(Layers.engines());
  }

  @Provide
  Arbitrary<List<Integer>> pieces() {
    return Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.integers().between(0, 200)), Tuple.of(1, Arbitraries.of(SIZES)))
        .list()
        .ofMaxSize(12);
  }
}
