package dev.lamella.aws;

import dev.lamella.core.StorageServer;
import dev.lamella.core.report.Budget;
import dev.lamella.core.verify.VerifySettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A function's environment variables, checked when they are read: at the function's start. */
public final class Environment {
  /** The verifier's 300 s, three times, with Lambda's pauses between them. */
  private static final Duration VERIFY_LEASE = Duration.ofMinutes(20);

  /** Read in seconds, also where a function gets no more than 75 MiB a second. */
  private static final long VERIFY_BATCH = 256 << 20;

  private final Map<String, String> variables;

  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * @throws IllegalArgumentException naming the variable where it is not set, or blank
   */
  public String required(String name) {
    return optional(name)
        .orElseThrow(
            () -> new IllegalArgumentException("environment variable " + name + " is not set"));
  }

  /** Empty where the variable is not set, or blank. */
  public Optional<String> optional(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * A whole number, {@code usual} where the variable is not set.
   *
   * @throws IllegalArgumentException naming the variable where its value is not one from {@code
   *     least} to {@code most}
   */
  public int number(String name, int usual, int least, int most) {
    Optional<String> text = optional(name);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "environment variable %s is '%s', not a whole number from %d to %d"
            .formatted(name, text.get(), least, most));
  }

  /**
   * {@code STORAGE_SERVERS}.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public List<StorageServer> storageServers() {
    return StorageServers.parse("STORAGE_SERVERS", required("STORAGE_SERVERS"));
  }

  /**
   * What an operator may tune of verification, from variables that begin with {@code VERIFY}.
   *
   * @throws IllegalArgumentException naming the variable that is wrong
   */
  public VerifySettings verification() {
    return new VerifySettings(
        new Budget(
            (long) number("VERIFY_BUDGET_GIB", 100, 1, 1_000_000) << 30,
            Duration.ofMinutes(number("VERIFY_BUDGET_MINUTES", 60, 1, 1440)).toSeconds()),
        Duration.ofHours(number("VERIFY_EVERY_HOURS", 6, 1, 168)),
        Duration.ofDays(number("VERIFY_WITHIN_DAYS", 30, 1, 3650)),
        VERIFY_LEASE,
        VERIFY_BATCH);
  }

  /** Where a service answers, by its own variable or the one for all, as the AWS SDKs read them. */
  Optional<URI> endpoint(String service) {
    return optional("AWS_ENDPOINT_URL_" + service)
        .or(() -> optional("AWS_ENDPOINT_URL"))
        .map(URI::create);
  }

  boolean hasEndpoints() {
    return variables.keySet().stream().anyMatch(name -> name.startsWith("AWS_ENDPOINT_URL"));
  }
}
