package dev.lamella.local;

import java.util.Map;

/** Changes the environment that a function gets: a test's way to give it other storage servers. */
@FunctionalInterface
public interface EnvironmentCustomizer {
  /** Leaves every environment as the template has it. */
  EnvironmentCustomizer NONE = (function, environment) -> environment;

  /**
   * @param function the function's logical id
   * @param environment with what the stack adds
   */
  Map<String, String> customize(String function, Map<String, String> environment);
}
