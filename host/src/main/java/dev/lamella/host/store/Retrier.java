package dev.lamella.host.store;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Tries something until it succeeds or the tries are used up. */
public final class Retrier {

  /** One try. */
  @FunctionalInterface
  public interface Try<T> {
    /**
     * @param number of this try, from 1 on
     */
    T make(int number) throws IOException, TryAgain;
  }

  private final Retries retries;

  Retrier(Retries retries) {
    this.retries = retries;
  }

  /** For what must not be done twice. */
  Retrier once() {
    return new Retrier(retries.once());
  }

  /**
   * @param action what is tried, for the message of the failure, such as "send shard 3"
   * @throws HostFailure {@code UNREACHABLE} where every try failed
   */
  public <T> T run(String action, Try<T> attempt) {
    for (int number = 1; ; number++) {
      Exception failed;
      Optional<Duration> asked = Optional.empty();
      boolean isUseless = false;
      try {
        return attempt.make(number);
      } catch (TryAgain e) {
        failed = e;
        asked = e.after();
        isUseless = e.isUseless();
      } catch (IOException e) {
        failed = e;
      }
      if (number >= retries.tries() || isUseless || Thread.currentThread().isInterrupted()) {
        String tries = number == 1 ? "" : " (%d tries)".formatted(number);
        throw new HostFailure(
            ExitCode.UNREACHABLE,
            "cannot %s: %s%s".formatted(action, reason(failed), tries),
            failed);
      }
      sleep(retries.pause(number, asked, ThreadLocalRandom.current()));
    }
  }

  /** A pause that grows with the number of times that nothing had changed. */
  public void pause(int times) {
    sleep(retries.pause(times, Optional.empty(), ThreadLocalRandom.current()));
  }

  /** For so long work that goes on elsewhere may show no progress before it is given up. */
  public Duration longestStandstill() {
    return retries.standstill();
  }

  /** The longest that is waited between two tries of itself. */
  Duration longestPause() {
    return retries.longest();
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }

  /** Messages of the JDK may quote a URL, and a signed URL is a secret. */
  private static String reason(Exception failed) {
    return switch (failed) {
      case java.net.ConnectException _ -> "the connection is refused; is the store running?";
      case java.net.UnknownHostException _ -> "the host name is unknown";
      case javax.net.ssl.SSLException e -> "TLS fails: " + withoutQuery(e);
      default -> withoutQuery(failed);
    };
  }

  private static String withoutQuery(Exception failed) {
    String message = failed.getMessage();
    return message == null ? failed.getClass().getSimpleName() : message.replaceAll("\\?\\S*", "");
  }
}
