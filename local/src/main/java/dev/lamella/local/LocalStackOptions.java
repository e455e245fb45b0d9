package dev.lamella.local;

import dev.lamella.embedded.Shaping;
import dev.lamella.local.lambda.InvocationInterceptor;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** How a local stack runs. Each {@code with…} gives other options, and leaves these as they are. */
public final class LocalStackOptions implements Cloneable {
  private static final String SIGN_IN = "SignIn";

  private final Path template;
  private final Path data;
  private int port;
  private Function<List<URI>, Map<String, String>> parameters = endpoints -> Map.of();
  private Shaping shaping = Shaping.NONE;
  private int concurrency = 16;
  private int extraS3Endpoints;
  private boolean tablesInMemory;
  private Duration retryDelay = Duration.ofSeconds(1);
  private InvocationInterceptor interceptor = InvocationInterceptor.NONE;
  private EnvironmentCustomizer environment = EnvironmentCustomizer.NONE;
  private InstantSource clock = InstantSource.system();

  private LocalStackOptions(Path template, Path data) {
    this.template = template;
    this.data = data;
  }

  /**
   * A free port, the template's defaults but for sign-in, which is off, no shaping, 16 invocations
   * at once of each function.
   *
   * @param data directory that is kept between runs; one stack at a time can have it
   */
  public static LocalStackOptions of(Path template, Path data) {
    return new LocalStackOptions(template, data);
  }

  /**
   * @param port of the API; 0 for any free one
   */
  public LocalStackOptions withPort(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
    }
    return with(options -> options.port = port);
  }

  /** Adds a value for a parameter of the template, over its default. */
  public LocalStackOptions withParameter(String name, String value) {
    return withParameters(endpoints -> Map.of(name, value));
  }

  /**
   * Adds values that depend on the S3 endpoints: first the stack's own, then the extra ones. They
   * are asked for when these are known.
   */
  public LocalStackOptions withParameters(Function<List<URI>, Map<String, String>> more) {
    Function<List<URI>, Map<String, String>> all =
        endpoints -> {
          Map<String, String> values = new HashMap<>(parameters.apply(endpoints));
          values.putAll(more.apply(endpoints));
          return values;
        };
    return with(options -> options.parameters = all);
  }

  /** Has the store ask who uses it. Without this, whoever reaches it may do everything. */
  public LocalStackOptions withSignIn() {
    return withParameter(SIGN_IN, "on");
  }

  public LocalStackOptions withShaping(Shaping shaping) {
    return with(options -> options.shaping = shaping);
  }

  /**
   * @param concurrency invocations at once of a function that reserves none; more of them wait
   */
  public LocalStackOptions withConcurrency(int concurrency) {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, not " + concurrency);
    }
    return with(options -> options.concurrency = concurrency);
  }

  /**
   * @param count of further S3 endpoints beside the stack's own, each with the same keys and with
   *     buckets of the same names
   */
  public LocalStackOptions withExtraS3Endpoints(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("extra S3 endpoints must not be negative");
    }
    return with(options -> options.extraS3Endpoints = count);
  }

  /**
   * Keeps the tables in memory: they are quicker, and gone when the stack stops, unlike what is in
   * S3.
   */
  public LocalStackOptions withTablesInMemory() {
    return with(options -> options.tablesInMemory = true);
  }

  /**
   * @param delay before the first retry of an asynchronous invocation, twice that before the second
   *     (AWS waits one and two minutes)
   */
  public LocalStackOptions withRetryDelay(Duration delay) {
    return with(options -> options.retryDelay = delay);
  }

  public LocalStackOptions withInterceptor(InvocationInterceptor interceptor) {
    return with(options -> options.interceptor = interceptor);
  }

  public LocalStackOptions withEnvironment(EnvironmentCustomizer customizer) {
    return with(options -> options.environment = customizer);
  }

  /**
   * @param clock what time it is for the functions; S3 and the like have their own
   */
  public LocalStackOptions withClock(InstantSource clock) {
    return with(options -> options.clock = clock);
  }

  private LocalStackOptions with(Consumer<LocalStackOptions> change) {
    try {
      LocalStackOptions changed = (LocalStackOptions) clone();
      change.accept(changed);
      return changed;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("it can be cloned", e);
    }
  }

  Path template() {
    return template;
  }

  Path data() {
    return data;
  }

  int port() {
    return port;
  }

  /** In place of the template's own, where it has such a parameter. */
  Map<String, String> defaults() {
    return Map.of(SIGN_IN, "off");
  }

  Map<String, String> parameters(List<URI> endpoints) {
    return parameters.apply(endpoints);
  }

  Shaping shaping() {
    return shaping;
  }

  int concurrency() {
    return concurrency;
  }

  int extraS3Endpoints() {
    return extraS3Endpoints;
  }

  boolean tablesInMemory() {
    return tablesInMemory;
  }

  Duration retryDelay() {
    return retryDelay;
  }

  InvocationInterceptor interceptor() {
    return interceptor;
  }

  EnvironmentCustomizer environment() {
    return environment;
  }

  InstantSource clock() {
    return clock;
  }
}
