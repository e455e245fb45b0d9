package dev.lamella.host.store;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and bytes on the wire, tries that failed included; adds them to another's. */
public final class Meter {
  private final Optional<Meter> whole;
  private final LongAdder requests = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();

  public Meter() {
    this.whole = Optional.empty();
  }

  private Meter(Meter whole) {
    this.whole = Optional.of(whole);
  }

  /** A meter of a part: what it counts is counted here as well. */
  public Meter part() {
    return new Meter(this);
  }

  void request() {
    requests.increment();
    whole.ifPresent(Meter::request);
  }

  void sent(long bytes) {
    sent.add(bytes);
    whole.ifPresent(meter -> meter.sent(bytes));
  }

  void received(long bytes) {
    received.add(bytes);
    whole.ifPresent(meter -> meter.received(bytes));
  }

  public long requests() {
    return requests.sum();
  }

  /** Bytes of bodies sent. */
  public long sent() {
    return sent.sum();
  }

  /** Bytes of bodies received. */
  public long received() {
    return received.sum();
  }
}
