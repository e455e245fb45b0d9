package dev.lamella.core;

import java.util.List;

/**
 * Something that Lamella depends on throttles, fails or does not answer: the same request may
 * succeed later. Or it is not there any more: then its operator has to do something first.
 */
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A list that goes with an exception, as all that an exception holds may. */
  private final transient List<String> storageServers;

  private final boolean isMissing;

  /**
   * @param dependency what did not answer, for the caller to read, such as "the shard-writer"
   */
  public Unavailable(String dependency, Throwable cause) {
    this(dependency + " is not available", List.of(), false, cause);
  }

  private Unavailable(
      String message, List<String> storageServers, boolean isMissing, Throwable cause) {
    super(message, cause);
    this.storageServers = List.copyOf(storageServers);
    this.isMissing = isMissing;
  }

  /**
   * What was deployed is not there any more.
   *
   * @param resource such as "bucket b (staging)"
   */
  public static Unavailable missing(String resource, Throwable cause) {
    return new Unavailable(resource + " does not exist", List.of(), true, cause);
  }

  /**
   * None of these storage servers takes or gives what it is asked for.
   *
   * @param ids at least one
   */
  public static Unavailable storageServers(List<String> ids, Throwable cause) {
    String message =
        (ids.size() == 1 ? "storage server " : "storage servers ")
            + String.join(", ", ids)
            + (ids.size() == 1 ? " is" : " are")
            + " not available";
    return new Unavailable(message, ids, false, cause);
  }

  /** Whether it is of no use to try again before an operator has restored what is missing. */
  public boolean isMissing() {
    return isMissing;
  }

  /** The ids of the storage servers that it was, where it was those. */
  public List<String> storageServers() {
    return storageServers;
  }
}
