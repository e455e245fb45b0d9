package dev.lamella.local;

import dev.lamella.local.lambda.InvocationInterceptor;
import dev.lamella.local.storage.Shaping;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How a local stack runs.
 *
 * @param data directory that is kept between runs; one stack at a time can have it
 * @param port of the API; 0 for any free one
 * @param parameters of the template, over its defaults. They are asked for when the S3 endpoints
 *     are known: first the stack's own, then the extra ones
 * @param concurrency invocations at once of a function that reserves none
 * @param extraS3Endpoints further S3 endpoints beside the stack's own, each with the same keys and
 *     with buckets of the same names
 * @param retryDelay before the first retry of an asynchronous invocation, twice that before the
 *     second (AWS waits one and two minutes)
 * @param clock what time it is for the functions; S3 and the like have their own
 */
public record LocalStackOptions(
    Path template,
    Path data,
    int port,
    Function<List<URI>, Map<String, String>> parameters,
    Shaping shaping,
    int concurrency,
    int extraS3Endpoints,
    Duration retryDelay,
    InvocationInterceptor interceptor,
    EnvironmentCustomizer environment,
    InstantSource clock) {

  public LocalStackOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
    }
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, not " + concurrency);
    }
    if (extraS3Endpoints < 0) {
      throw new IllegalArgumentException("extraS3Endpoints must not be negative");
    }
  }

  /** A free port, the template's defaults, no shaping, 16 invocations at once of each function. */
  public static LocalStackOptions of(Path template, Path data) {
    return new LocalStackOptions(
        template,
        data,
        0,
        endpoints -> Map.of(),
        Shaping.NONE,
        16,
        0,
        Duration.ofSeconds(1),
        InvocationInterceptor.NONE,
        EnvironmentCustomizer.NONE,
        InstantSource.system());
  }

  public LocalStackOptions withPort(int newPort) {
    return new LocalStackOptions(
        template,
        data,
        newPort,
        parameters,
        shaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        environment,
        clock);
  }

  /** Adds a value for a parameter. */
  public LocalStackOptions withParameter(String name, String value) {
    return withParameters(endpoints -> Map.of(name, value));
  }

  /** Adds values that depend on the S3 endpoints. */
  public LocalStackOptions withParameters(Function<List<URI>, Map<String, String>> more) {
    return new LocalStackOptions(
        template,
        data,
        port,
        endpoints -> {
          Map<String, String> all = new HashMap<>(parameters.apply(endpoints));
          all.putAll(more.apply(endpoints));
          return all;
        },
        shaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        environment,
        clock);
  }

  public LocalStackOptions withShaping(Shaping newShaping) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        newShaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        environment,
        clock);
  }

  public LocalStackOptions withConcurrency(int newConcurrency) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        newConcurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        environment,
        clock);
  }

  public LocalStackOptions withExtraS3Endpoints(int count) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        concurrency,
        count,
        retryDelay,
        interceptor,
        environment,
        clock);
  }

  public LocalStackOptions withRetryDelay(Duration delay) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        concurrency,
        extraS3Endpoints,
        delay,
        interceptor,
        environment,
        clock);
  }

  public LocalStackOptions withInterceptor(InvocationInterceptor newInterceptor) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        newInterceptor,
        environment,
        clock);
  }

  public LocalStackOptions withEnvironment(EnvironmentCustomizer customizer) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        customizer,
        clock);
  }

  public LocalStackOptions withClock(InstantSource newClock) {
    return new LocalStackOptions(
        template,
        data,
        port,
        parameters,
        shaping,
        concurrency,
        extraS3Endpoints,
        retryDelay,
        interceptor,
        environment,
        newClock);
  }
}
