package dev.lamella.core.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.Parallel;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.Json;
import dev.lamella.core.memory.MemoryCollections;
import dev.lamella.core.port.Janitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartCollectionTest {
  private static final Duration LEASE = Duration.ofMinutes(20);

  private final MemoryCollections collections = new MemoryCollections();
  private final Queue<String> invoked = new ConcurrentLinkedQueue<>();
  private volatile boolean isUnreachable;
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final StartCollection start = new StartCollection(collections, new Invoked(), () -> now);

  private final class Invoked implements Janitor {
    @Override
    public void dispatch(String run) {
      if (isUnreachable) {
        throw new Unavailable("the janitor", new IOException("it is throttled"));
      }
      invoked.add(run);
    }

    @Override
    public void storeLate(RepositoryName image) {
      throw new AssertionError("nobody asked for " + image);
    }
  }

  @Test
  void start_byThirtyAtOnce_invokesOneJanitor() {
    String run = startThirty();
    assertThat(invoked).containsExactly(run);
    now = now.plus(LEASE).minusSeconds(1);
    assertThat(startThirty()).isEqualTo(run);
    assertThat(invoked).hasSize(1);
  }

  @Test
  void start_runThatNobodyWorksOnAnyMore_isTakenUpByOne() {
    String run = startThirty();
    now = now.plus(LEASE);
    assertThat(startThirty()).isEqualTo(run);
    assertThat(invoked).containsExactly(run, run);
  }

  @Test
  void start_runWhoseJanitorHadNoMoreTime_isTakenUpAtOnce() {
    CollectionRun run = start.start(new CollectionRequest(false));
    assertThat(collections.save(run.takenUp(now).left())).isTrue();
    assertThat(startThirty()).isEqualTo(run.id());
    assertThat(invoked).containsExactly(run.id(), run.id());
  }

  @Test
  void start_runThatAnEarlierReleaseSaved_isTakenUp() {
    String saved =
        new String(Json.write(CollectionRun.begun(true, true, now).left()), StandardCharsets.UTF_8);
    CollectionRun old =
        Json.read(
            saved.replace(",\"seen\":null", "").getBytes(StandardCharsets.UTF_8),
            CollectionRun.class);
    assertThat(old.isFree(now)).isTrue();
  }

  @Test
  void start_noJanitorCanBeInvoked_isSoAtOnceForTheNext() {
    isUnreachable = true;
    assertThatThrownBy(() -> start.start(new CollectionRequest(false)))
        .isInstanceOf(Unavailable.class);
    isUnreachable = false;
    assertThat(invoked).isEmpty();
    startThirty();
    assertThat(invoked).hasSize(1);
  }

  private String startThirty() {
    List<Integer> thirty = IntStream.range(0, 30).boxed().toList();
    Set<String> runs =
        Set.copyOf(Parallel.map(thirty, 30, _ -> start.start(new CollectionRequest(false)).id()));
    assertThat(runs).hasSize(1);
    return runs.iterator().next();
  }
}
