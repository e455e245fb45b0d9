package dev.lamella.host.store;

import java.time.Duration;
import java.util.Optional;

/** A try failed in a way that the next one may not. */
public final class TryAgain extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> after;
  private final boolean aboutUrl;
  private final boolean useless;

  private TryAgain(String reason, Optional<Duration> after, boolean aboutUrl, boolean useless) {
    super(reason);
    this.after = after;
    this.aboutUrl = aboutUrl;
    this.useless = useless;
  }

  public TryAgain(String reason) {
    this(reason, Optional.empty(), false, false);
  }

  TryAgain(String reason, Optional<Duration> after) {
    this(reason, after, false, false);
  }

  /** The signed URL is not good any more, or does not lead there any more. */
  static TryAgain withFreshUrl(String reason) {
    return new TryAgain(reason, Optional.empty(), true, false);
  }

  /** It will fail the same way until somebody mends something: there is nothing to wait for. */
  static TryAgain later(String reason) {
    return new TryAgain(reason, Optional.empty(), false, true);
  }

  /** Whether the next try, of this run, would fail as well. */
  boolean isUseless() {
    return useless;
  }

  /** Whether the next try needs another URL. */
  public boolean isAboutUrl() {
    return aboutUrl;
  }

  Optional<Duration> after() {
    return after;
  }
}
