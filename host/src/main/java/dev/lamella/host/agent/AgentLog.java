package dev.lamella.host.agent;

/** Takes one line for each transfer, and for what went wrong. Thread-safe. */
@FunctionalInterface
public interface AgentLog {
  /**
   * @param line {@link dev.lamella.host.outcome.Plain}
   */
  void line(String line);
}
