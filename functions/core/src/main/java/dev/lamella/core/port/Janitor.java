package dev.lamella.core.port;

/** The function that collects. */
@FunctionalInterface
public interface Janitor {

  /**
   * Has it go on with a run soon, at least once. Returns when that is sure to come.
   *
   * @param run id of a run that was started
   */
  void dispatch(String run);
}
