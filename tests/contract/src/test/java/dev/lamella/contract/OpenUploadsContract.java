package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.LayerId;
import dev.lamella.core.access.Allowance;
import dev.lamella.core.access.Limits;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.OpenUploads.Held;
import dev.lamella.core.port.OpenUploads.Places;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

abstract class OpenUploadsContract {
  /** Of a minute that began 20 seconds ago. Not in the past: DynamoDB drops what has ended. */
  private final Instant now =
      Instant.ofEpochSecond(OpenUploads.minute(Instant.now()) * 60 + 20, 123_456_789);

  private final Instant until = now.plus(Duration.ofDays(2));
  private static final Allowance MUCH = new Allowance(1, 1_000, 1L << 50, 60_000);

  final OpenUploads open = openUploads();
  private final String account = "ci-" + LayerId.random();

  abstract OpenUploads openUploads();

  @Test
  void take_places_areHeldAsTaken() {
    Places one = places(now, 7);
    Places three = places(now.plusSeconds(1), 0, 5_000_000_000L, 1L << 50 >> 1);
    assertThat(open.of(account)).isEqualTo(Held.NOTHING);
    assertThat(take(one, MUCH).orElseThrow()).isEqualTo(open.of(account));
    Held held = take(three, MUCH).orElseThrow();
    assertThat(held.places()).containsExactlyInAnyOrder(one, three);
    assertThat(held.uploads()).isEqualTo(4);
    assertThat(held.begunIn(OpenUploads.minute(now))).isEqualTo(4);
    assertThat(held.of(three.id())).contains(three);
    assertThat(open.of(account).places()).containsExactlyInAnyOrder(one, three);
    assertThat(open.of(account + "-other")).isEqualTo(Held.NOTHING);
  }

  @Test
  void take_asManyAsOneCallBegins_isOneStep() {
    long[] bytes = IntStream.range(0, Limits.MOST_UPLOADS).mapToLong(i -> i).toArray();
    Places many = places(now, bytes);
    assertThat(take(many, MUCH).orElseThrow().uploads()).isEqualTo(Limits.MOST_UPLOADS);
    assertThat(take(places(now, 1), MUCH)).isEmpty();
    open.drop(account, open.of(account), many.bytes().keySet());
    assertThat(open.of(account).places()).isEmpty();
  }

  @Test
  void take_moreThanIsAllowed_changesNothing() {
    take(places(now, 10, 10), MUCH);
    Held before = open.of(account);
    assertThat(take(places(now, 1, 1), new Allowance(1, 3, 1_000, 100))).isEmpty();
    assertThat(take(places(now, 5, 6), new Allowance(1, 9, 30, 100))).isEmpty();
    assertThat(take(places(now, 1, 1), new Allowance(1, 9, 1_000, 3))).isEmpty();
    assertThat(open.of(account)).isEqualTo(before);
    assertThat(take(places(now, 5, 5), new Allowance(1, 4, 30, 4))).isPresent();
    // A first call, too.
    assertThat(open.take(account + "-new", places(now, 1, 1), new Allowance(1, 1, 9, 9), until))
        .isEmpty();
    assertThat(open.take(account + "-new", places(now, 9, 1), new Allowance(1, 9, 9, 9), until))
        .isEmpty();
    assertThat(open.take(account + "-new", places(now, 1, 1), new Allowance(1, 9, 9, 1), until))
        .isEmpty();
    assertThat(open.of(account + "-new")).isEqualTo(Held.NOTHING);
  }

  /** Answers get lost, and then the same is sent again. */
  @Test
  void take_again_isNotCountedAgain() {
    Allowance two = new Allowance(1, 2, 20, 2);
    Places places = places(now, 10, 10);
    Held first = take(places, two).orElseThrow();
    assertThat(take(places, two)).contains(first);
    assertThat(open.of(account)).isEqualTo(first);
  }

  @Test
  void take_inTheNextMinute_isCountedAnew() {
    Allowance two = new Allowance(1, 9, 900, 2);
    assertThat(take(places(now, 1, 1), two)).isPresent();
    assertThat(take(places(now.plusSeconds(39), 1), two)).isEmpty();
    assertThat(take(places(now.plusSeconds(40), 1), two)).isPresent();
    // A clock that is behind counts in the minute that has begun.
    assertThat(take(places(now, 1), two)).isPresent();
    assertThat(take(places(now, 1), two)).isEmpty();
    assertThat(open.of(account).begunIn(OpenUploads.minute(now))).isEqualTo(2);
    assertThat(open.of(account).begunIn(OpenUploads.minute(now) + 2)).isZero();
  }

  @Test
  void take_byThirtyAtOnce_hasAsManyAsAreAllowedAndNoMore() throws Exception {
    for (Allowance ten :
        List.of(
            new Allowance(1, 10, 1L << 40, 60_000),
            new Allowance(1, 1_000, 109, 60_000),
            new Allowance(1, 1_000, 1L << 40, 10))) {
      String raced = account + "-" + LayerId.random();
      List<Optional<Held>> taken =
          Race.of(30, _ -> () -> open.take(raced, places(now, 10), ten, until));
      assertThat(taken.stream().flatMap(Optional::stream)).hasSize(10);
      Held held = open.of(raced);
      assertThat(held.uploads()).isEqualTo(10);

      // Those who find them all gone take their places at once.
      Set<LayerId> gone = ids(held);
      Instant later = now.plusSeconds(60);
      List<Boolean> again =
          Race.of(
              30,
              i ->
                  () -> {
                    if (i < 10) {
                      open.drop(raced, held, gone);
                      return false;
                    }
                    return open.take(raced, places(later, 10), ten, until).isPresent();
                  });
      int fresh = (int) again.stream().filter(one -> one).count();
      assertThat(open.of(raced).uploads()).isEqualTo(fresh).isLessThanOrEqualTo(10);
      for (int i = fresh; i < 10; i++) {
        assertThat(open.take(raced, places(later, 10), ten, until)).isPresent();
      }
      assertThat(open.take(raced, places(later, 10), ten, until)).isEmpty();
    }
  }

  @Test
  void grow_places_isHeldToTheBytes() throws Exception {
    Places one = places(now, 10);
    Places other = places(now, 10);
    take(one, MUCH);
    take(other, MUCH);
    Places more = one.with(one.id(), 30);
    assertThat(open.grow(account, one, more, 39)).isFalse();
    assertThat(open.grow(account, more, one.with(one.id(), 40), 1_000)).isFalse();
    assertThat(open.grow(account + "-other", one, more, 1_000)).isFalse();
    assertThat(open.of(account).bytes()).isEqualTo(20);
    assertThat(open.grow(account, one, more, 40)).isTrue();
    assertThat(open.grow(account, one, more, 40)).isTrue();
    assertThat(open.of(account).bytes()).isEqualTo(40);
    assertThat(open.of(account).places()).containsExactlyInAnyOrder(more, other);

    List<Boolean> grown =
        Race.of(30, i -> () -> open.grow(account, other, other.with(other.id(), 11L + i), 1_000));
    assertThat(grown.stream().filter(won -> won)).hasSize(1);
    assertThat(open.of(account).bytes()).isBetween(41L, 70L);
    assertThat(take(places(now, 100), new Allowance(1, 9, 130, 99))).isEmpty();
  }

  @Test
  void drop_uploads_leavesTheOthers() {
    Places alone = places(now, 10);
    Places several = places(now, 1, 2, 4);
    Places grown = places(now, 100);
    List<Places> many = Stream.generate(() -> places(now, 1)).limit(50).toList();
    Stream.concat(Stream.of(alone, several, grown), many.stream())
        .forEach(places -> take(places, MUCH));
    Held seen = open.of(account);
    open.grow(account, grown, grown.with(grown.id(), 200), 1_000);
    LayerId two = key(several, 2);
    Set<LayerId> gone =
        Stream.concat(Stream.of(alone.id(), two), many.stream().map(Places::id))
            .collect(Collectors.toSet());

    open.drop(account, seen, gone);
    open.drop(account, seen, gone);

    Held left = open.of(account);
    assertThat(left.places())
        .containsExactlyInAnyOrder(
            several.without(Set.of(two)).orElseThrow(), grown.with(grown.id(), 200));
    assertThat(left.uploads()).isEqualTo(3);
    assertThat(left.bytes()).isEqualTo(205);
    assertThat(left.kept()).isEqualTo(3);
    // What another call has changed since is left to the next look.
    open.drop(account, seen, Set.of(grown.id()));
    assertThat(open.of(account).bytes()).isEqualTo(205);
    open.drop(account, left, ids(left));
    assertThat(open.of(account).places()).isEmpty();
    // The numbers are those of the places.
    assertThat(take(places(now, 5, 5), new Allowance(1, 2, 10, 60_000))).isPresent();
    assertThat(take(places(now, 0), new Allowance(1, 2, 10, 60_000))).isEmpty();
  }

  private Optional<Held> take(Places places, Allowance most) {
    return open.take(account, places, most, until);
  }

  private static Set<LayerId> ids(Held held) {
    return held.places().stream()
        .flatMap(places -> places.bytes().keySet().stream())
        .collect(Collectors.toSet());
  }

  private static LayerId key(Places places, long bytes) {
    return places.bytes().entrySet().stream()
        .filter(entry -> entry.getValue() == bytes)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static Places places(Instant since, long... bytes) {
    Map<LayerId, Long> all = new HashMap<>();
    LayerId id = LayerId.random();
    all.put(id, bytes[0]);
    for (int i = 1; i < bytes.length; i++) {
      all.put(LayerId.random(), bytes[i]);
    }
    return new Places(id, all, since);
  }
}
