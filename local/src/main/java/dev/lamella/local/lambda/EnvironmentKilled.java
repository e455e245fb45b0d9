package dev.lamella.local.lambda;

/** Thrown by an {@link InvocationInterceptor}: the environment ends, and its handler with it. */
public final class EnvironmentKilled extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EnvironmentKilled() {
    super("signal: killed");
  }
}
