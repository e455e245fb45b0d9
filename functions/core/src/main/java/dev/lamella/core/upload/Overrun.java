package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import java.util.HashMap;
import java.util.Map;

/** A limit of an account, and what is said to who goes over it. */
enum Overrun {
  LAYER(
      "layerBytes",
      "a layer of %d bytes is over the limit of %s, whose layers have at most %d",
      "make it smaller",
      "--layer-size"),
  UPLOADS(
      "uploads",
      "%d open uploads are over the limit of %s, which has at most %d at a time",
      "send fewer layers at a time",
      "--uploads"),
  STAGED(
      "stagedBytes",
      "%d bytes in staging are over the limit of %s, whose open uploads have at most %d together",
      "send fewer layers at a time",
      "--staged"),
  RATE(
      "uploadsPerMinute",
      "%d uploads in a minute are over the limit of %s, which begins at most %d",
      "send fewer layers at a time",
      "--per-minute");

  /** Seconds: layers take that long. */
  private static final int SOON = 15;

  private final String limit;
  private final String text;
  private final String help;
  private final String option;

  Overrun(String limit, String text, String help, String option) {
    this.limit = limit;
    this.text = text;
    this.help = help;
    this.option = option;
  }

  /**
   * @throws Refusal {@code TOO_LARGE} where it is more than there ever is: waiting does not help
   */
  void requireEver(Caller caller, long wanted, long most) {
    if (wanted > most) {
      throw new Refusal(
          ErrorCode.TOO_LARGE, message(caller, wanted, most, help), detail(caller, most));
    }
  }

  /**
   * @throws Refusal {@code TOOMANYREQUESTS} where it is more than there is now
   */
  void requireNow(Caller caller, long wanted, long most) {
    requireNow(
        caller,
        wanted,
        most,
        "try again when some have ended: what nobody goes on with ends by DELETE, or expires",
        SOON);
  }

  /** The same of what is counted by time. */
  void requireNow(Caller caller, long wanted, long most, int seconds) {
    requireNow(caller, wanted, most, "try again in %d seconds".formatted(seconds), seconds);
  }

  private void requireNow(Caller caller, long wanted, long most, String when, int seconds) {
    if (wanted > most) {
      Map<String, Object> detail = new HashMap<>(detail(caller, most));
      detail.put(Refusal.RETRY_AFTER, seconds);
      throw new Refusal(ErrorCode.TOOMANYREQUESTS, message(caller, wanted, most, when), detail);
    }
  }

  static Refusal busy(Caller caller) {
    return new Refusal(
        ErrorCode.TOOMANYREQUESTS,
        "others begin uploads as %s at the same moment: try again".formatted(caller.name()));
  }

  private Map<String, Object> detail(Caller caller, long most) {
    return Map.of("limit", limit, "account", caller.name(), "most", most);
  }

  private String message(Caller caller, long wanted, long most, String what) {
    String ask =
        caller.equals(Caller.ANYBODY)
            ? "ask who deployed the store for more"
            : "ask who administers the store for more (lamella account limit %s %s)"
                .formatted(caller.name(), option);
    return text.formatted(wanted, caller.name(), most) + ": " + what + ", or " + ask;
  }
}
