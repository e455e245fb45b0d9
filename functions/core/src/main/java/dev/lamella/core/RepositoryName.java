package dev.lamella.core;

import static dev.lamella.core.Quoted.quoted;

import java.util.regex.Pattern;

/**
 * The name of an image repository, such as {@code team/app}, by the grammar of the OCI Distribution
 * Specification.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
  /** The specification bounds host and name together at 255; Lamella bounds the name alone. */
  private static final int LONGEST = 255;

  private static final Pattern GRAMMAR =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

  /**
   * @throws Refusal {@code NAME_INVALID} outside the grammar, or over 255 characters
   */
  public RepositoryName {
    if (value.length() > LONGEST) {
      throw new Refusal(
          ErrorCode.NAME_INVALID,
          "an image name has at most 255 characters, not " + value.length());
    }
    if (!GRAMMAR.matcher(value).matches()) {
      throw new Refusal(
          ErrorCode.NAME_INVALID,
          "an image name is lower-case letters, digits and single separators such as team/app,"
              + " unlike "
              + quoted(value));
    }
  }

  @Override
  public int compareTo(RepositoryName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
