package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.TrustedKey;
import dev.lamella.core.port.TrustIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Times are about that of the test: what is past its time is so by the clock. */
abstract class TrustIndexContract {
  private static final AccountName CI = new AccountName("ci-builder");
  private static final AccountName OTHER = new AccountName("other.one");

  private final Instant now = Instant.now();
  private final Instant later = now.plus(Duration.ofHours(1));
  final TrustIndex trust = trust();

  abstract TrustIndex trust();

  @Test
  void read_nothing_isEmpty() {
    assertThat(trust.read().keys()).isEmpty();
    assertThat(trust.read().ended()).isEmpty();
  }

  @Test
  void add_keys_areReadAsWritten() {
    TrustedKey first = key("first");
    TrustedKey second = new TrustedKey("Se_cond-2", text(294), now.minusNanos(1), later);
    trust.add(first);
    trust.add(second);
    trust.add(first);

    areTrusted(first, second);
  }

  @Test
  void add_byManyAtOnce_allAreRead() throws Exception {
    Race.of(
        30,
        i ->
            () -> {
              trust.add(key("key" + i));
              return i;
            });

    assertThat(trust.read().keys()).hasSize(30);
  }

  /** More than DynamoDB reads at once. */
  @Test
  void read_manyLargeKeys_areAll() {
    IntStream.range(0, 80)
        .forEach(i -> trust.add(new TrustedKey("key" + i, text(15_000), now, later)));
    trust.end(CI, now, later);

    assertThat(trust.read().keys()).hasSize(80);
    assertThat(trust.read().ended()).containsOnlyKeys(CI);
  }

  @Test
  void remove_key_isNotReadAnyMore() {
    TrustedKey kept = key("kept");
    trust.add(kept);
    trust.add(key("gone"));

    trust.remove("gone");
    trust.remove("gone");

    areTrusted(kept);
  }

  @Test
  void read_keyThatIsPastItsTime_isWithoutIt() {
    TrustedKey kept = key("kept");
    trust.add(kept);
    trust.add(new TrustedKey("past", text(1), now.minusSeconds(60), now));

    areTrusted(kept);
  }

  @Test
  void end_accounts_areReadAsWritten() {
    trust.end(CI, now, later);
    trust.end(OTHER, now.minusNanos(1), later);
    trust.end(CI, now, later);

    assertThat(trust.read().ended()).isEqualTo(Map.of(CI, now, OTHER, now.minusNanos(1)));
    assertThat(trust.read().keys()).isEmpty();
  }

  @Test
  void end_inAnyOrder_keepsTheLatest() {
    trust.end(CI, now.minusSeconds(2), later);
    trust.end(CI, now.minusSeconds(1), later.plusSeconds(1));
    trust.end(CI, now.minusSeconds(3), later.minusSeconds(1));

    assertThat(trust.read().ended()).isEqualTo(Map.of(CI, now.minusSeconds(1)));
  }

  @Test
  void end_byManyAtOnce_keepsTheLatest() throws Exception {
    Race.of(
        30,
        i ->
            () -> {
              trust.end(CI, now.plusNanos(i * 7 % 30), later.minusSeconds(i));
              return i;
            });

    assertThat(trust.read().ended()).isEqualTo(Map.of(CI, now.plusNanos(29)));
  }

  @Test
  void end_againForAShorterTime_isReadForAsLongAsBefore() {
    trust.end(CI, now.minusSeconds(20), later);
    trust.end(CI, now.minusSeconds(10), now.minusSeconds(5));

    assertThat(trust.read().ended()).isEqualTo(Map.of(CI, now.minusSeconds(10)));
  }

  @Test
  void end_againForALongerTime_isReadForThat() {
    trust.end(CI, now.minusSeconds(10), now.minusSeconds(5));
    trust.end(CI, now.minusSeconds(20), later);

    assertThat(trust.read().ended()).isEqualTo(Map.of(CI, now.minusSeconds(10)));
  }

  @Test
  void read_endThatIsPastItsTime_isWithoutIt() {
    trust.end(CI, now.minusSeconds(60), now);
    trust.end(OTHER, now, later);

    assertThat(trust.read().ended()).containsOnlyKeys(OTHER);
  }

  private TrustedKey key(String id) {
    return new TrustedKey(id, text(294), now, later);
  }

  /** A record compares its bytes by identity. */
  private void areTrusted(TrustedKey... keys) {
    Map<String, TrustedKey> read = trust.read().keys();
    assertThat(read.values())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyInAnyOrder(keys);
    assertThat(read).allSatisfy((id, key) -> assertThat(key.id()).isEqualTo(id));
  }

  private static String text(int length) {
    return Base64.getEncoder().encodeToString(Samples.bytes(length));
  }
}
