package dev.lamella.core.port;

import dev.lamella.core.RepositoryName;

/** The function that collects. */
public interface Janitor {

  /**
   * Has it go on with a run soon, at least once. Returns when that is sure to come.
   *
   * @param run id of a run that was started
   */
  void dispatch(String run);

  /**
   * Has it store, soon and at least once, the layers that clients put to staging whole after the
   * manifests of the image that name them. Returns when that is sure to come.
   */
  void storeLate(RepositoryName image);
}
