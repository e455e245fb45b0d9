package dev.lamella.host.store;

import java.time.Duration;
import java.util.Optional;

/** A try failed in a way that the next one may not. */
public final class TryAgain extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> after;
  private final boolean aboutUrl;

  private TryAgain(String reason, Optional<Duration> after, boolean aboutUrl) {
    super(reason);
    this.after = after;
    this.aboutUrl = aboutUrl;
  }

  public TryAgain(String reason) {
    this(reason, Optional.empty(), false);
  }

  TryAgain(String reason, Optional<Duration> after) {
    this(reason, after, false);
  }

  /** The signed URL is not good any more, or does not lead there any more. */
  static TryAgain withFreshUrl(String reason) {
    return new TryAgain(reason, Optional.empty(), true);
  }

  /** Whether the next try needs another URL. */
  public boolean isAboutUrl() {
    return aboutUrl;
  }

  Optional<Duration> after() {
    return after;
  }
}
