package dev.lamella.host.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.host.outcome.HostFailure;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WindowTest {
  private final Window window = new Window(10);

  @Test
  void bytes_filledOutOfOrder_areReadableUpToTheFirstGap() {
    window.fill(5, 5);
    assertThat(window.filled()).isZero();
    window.fill(0, 2);
    assertThat(window.filled()).isEqualTo(2);
    window.fill(2, 3);
    assertThat(window.awaitFilled(10)).isEqualTo(10);
  }

  @Test
  void bytes_acrossTheEndOfTheRing_areTheSame() {
    window.release(0, 7);
    window.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}), 8);
    ByteBuffer read = ByteBuffer.allocate(4);
    window.read(read, 9);
    assertThat(read.array()).containsExactly(2, 3, 4, 5);
  }

  @Test
  void room_isUpToWhereTheWindowEnds() {
    assertThat(window.room(0)).isEqualTo(10);
    assertThat(window.room(9)).isEqualTo(1);
    window.release(3, 2);
    assertThat(window.room(9)).isEqualTo(1);
    window.release(0, 3);
    assertThat(window.room(9)).isEqualTo(6);
    assertThat(window.isReleased(4)).isTrue();
    assertThat(window.isReleased(5)).isFalse();
  }

  @Test
  void reserve_pastTheWindow_waitsUntilAllBeforeItIsReleased() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean released = new AtomicBoolean();
    AtomicBoolean wasReleased = new AtomicBoolean();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  begun.countDown();
                  window.reserve(8, 6);
                  wasReleased.set(released.get());
                });
    begun.await();
    window.release(2, 8);
    released.set(true);
    window.release(0, 2);
    waiting.join();
    assertThat(wasReleased).isTrue();
  }

  @Test
  void reserve_ofMoreThanTheWindow_isRefused() {
    assertThatThrownBy(() -> window.reserve(0, 11))
        .isInstanceOf(HostFailure.class)
        .hasMessage("a shard of 11 bytes does not fit a window of 10 bytes");
  }

  @Test
  void awaitFilled_whenNoMoreComes_returnsWhatThereIs() {
    window.fill(0, 3);
    window.end();
    assertThat(window.awaitFilled(4)).isEqualTo(3);
  }

  @Test
  void waiting_whenInterrupted_fails() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> window.awaitFilled(1)).isInstanceOf(HostFailure.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
