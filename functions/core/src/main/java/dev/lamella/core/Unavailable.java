package dev.lamella.core;

import java.util.List;

/**
 * Something that Lamella depends on throttles, fails or does not answer: the same request may
 * succeed later.
 */
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A list that goes with an exception, as all that an exception holds may. */
  private final transient List<String> storageServers;

  /**
   * @param dependency what did not answer, for the caller to read, such as "the shard-writer"
   */
  public Unavailable(String dependency, Throwable cause) {
    super(dependency + " is not available", cause);
    this.storageServers = List.of();
  }

  private Unavailable(List<String> storageServers, Throwable cause) {
    super(
        (storageServers.size() == 1 ? "storage server " : "storage servers ")
            + String.join(", ", storageServers)
            + (storageServers.size() == 1 ? " is" : " are")
            + " not available",
        cause);
    this.storageServers = List.copyOf(storageServers);
  }

  /**
   * None of these storage servers takes or gives what it is asked for.
   *
   * @param ids at least one
   */
  public static Unavailable storageServers(List<String> ids, Throwable cause) {
    return new Unavailable(ids, cause);
  }

  /** The ids of the storage servers that it was, where it was those. */
  public List<String> storageServers() {
    return storageServers;
  }
}
