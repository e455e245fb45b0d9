package dev.lamella.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.host.outcome.HostFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MemoryBudgetTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final MemoryBudget budget = new MemoryBudget(100, LONG);

  @Test
  void take_givesHalfOfWhatIsFreeAndNeverLessThanNeeded() {
    MemoryBudget.Lease first = budget.take(10, 1_000);
    assertThat(first.bytes()).isEqualTo(50);
    assertThat(budget.take(10, 20).bytes()).isEqualTo(20);
    assertThat(budget.take(30, 30).bytes()).isEqualTo(30);
    first.close();
    first.close();
    assertThat(budget.take(50, 50).bytes()).isEqualTo(50);
  }

  @Test
  void take_moreThanThereEverIs_isRefusedAndSaysWhatToDo() {
    assertThatThrownBy(() -> budget.take(101, 101))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("more memory");
  }

  @Test
  void take_whereNothingIsFree_isRefusedAfterAWhile() {
    MemoryBudget impatient = new MemoryBudget(100, Duration.ofMillis(1));
    MemoryBudget.Lease all = impatient.take(100, 100);
    assertThatThrownBy(() -> impatient.take(1, 1))
        .isInstanceOfSatisfying(
            Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOOMANYREQUESTS));
    all.close();
    assertThat(impatient.take(100, 100).bytes()).isEqualTo(100);
  }

  /** One that needs little does not overtake one that needs much. */
  @Test
  void take_whereNothingIsFree_isInTheOrderOfThoseWhoWait() throws InterruptedException {
    MemoryBudget.Lease all = budget.take(100, 100);
    List<Integer> order = new CopyOnWriteArrayList<>();
    Thread large = waiting(90, order);
    Thread small = waiting(1, order);
    all.close();
    large.join();
    small.join();
    assertThat(order).containsExactly(90, 1);
  }

  private Thread waiting(int bytes, List<Integer> order) {
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  MemoryBudget.Lease lease = budget.take(bytes, bytes);
                  order.add(bytes);
                  lease.close();
                });
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }
}
