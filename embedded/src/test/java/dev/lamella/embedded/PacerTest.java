package dev.lamella.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long SECOND = 1_000_000_000L;

  @Property
  void lateWakeUps_addUpToNoDrift(
      @ForAll @IntRange(min = 10_000, max = 100_000_000) int rate,
      @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 0, max = 50_000_000) Integer> late) {
    Pacer pacer = new Pacer(rate);
    long now = 0;
    long passed = 0;
    for (int oversleep : late) {
      int bytes = pacer.quantum();
      now += pacer.delay(now, bytes) + oversleep;
      passed += bytes;
    }
    double exact = passed * 1e9 / rate;
    // Never faster than the rate, and never further behind than the last wake-ups were late: what
    // a quantum takes is at least the time in which a lateness of one wake-up is made up for.
    assertThat((double) now).isGreaterThanOrEqualTo(exact - late.size() - 1);
    long sleepless = late.stream().mapToLong(Integer::longValue).sum();
    assertThat((double) now).isLessThanOrEqualTo(exact + sleepless);
  }

  @Test
  void wakeUpsAlwaysLateByLessThanAQuantum_keepTheRate() {
    Pacer pacer = new Pacer(4_000_000);
    long now = 0;
    int quanta = 1000;
    for (int i = 0; i < quanta; i++) {
      now += pacer.delay(now, pacer.quantum()) + SECOND / 200;
    }
    double exact = quanta * (double) pacer.quantum() * SECOND / 4_000_000;
    assertThat((double) now).isBetween(exact, exact * 1.001);
  }

  @Test
  void silence_earnsNoBurst() {
    Pacer pacer = new Pacer(1000);
    assertThat(pacer.delay(0, 10)).isEqualTo(SECOND / 100);
    long later = 60 * SECOND;
    assertThat(pacer.delay(later, 200)).isEqualTo(SECOND / 10);
    pacer.restart(2 * later);
    assertThat(pacer.delay(2 * later, 10)).isEqualTo(SECOND / 100);
  }
}
