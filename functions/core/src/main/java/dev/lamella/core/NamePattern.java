package dev.lamella.core;

import static dev.lamella.core.Quoted.quoted;

import java.util.Optional;

/**
 * The name of an image, or several at once: {@code *} stands for any text, slashes too, as in
 * {@code team/*}.
 */
public record NamePattern(String value) {
  private static final int LONGEST = 255;

  /** Matches every name. */
  public static final NamePattern ALL = new NamePattern("*");

  /**
   * @throws Refusal {@code REQUEST_INVALID} where it can match no image name
   */
  public NamePattern {
    if (value.length() > LONGEST) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a name pattern has at most " + LONGEST + " characters, not " + value.length());
    }
    try {
      var _ = new RepositoryName(value.replace('*', 'x'));
    } catch (Refusal e) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "a name pattern is an image name, in which * stands for any text, such as team/*, unlike "
              + quoted(value));
    }
  }

  /** Matches that name alone. */
  public static NamePattern of(RepositoryName name) {
    return new NamePattern(name.value());
  }

  /** What each name begins with that it matches. */
  public String prefix() {
    int star = value.indexOf('*');
    return star < 0 ? value : value.substring(0, star);
  }

  /** Whether it matches all that begins with its prefix, or, where it is no pattern, is. */
  public boolean isPrefix() {
    return prefix().length() >= value.length() - 1;
  }

  /** The image that it names, where it is no pattern. */
  public Optional<RepositoryName> exact() {
    return value.indexOf('*') < 0 ? Optional.of(new RepositoryName(value)) : Optional.empty();
  }

  public boolean matches(RepositoryName name) {
    return matches(value, name.value());
  }

  /**
   * Whether a text is as a pattern says, whatever both are about.
   *
   * <p>Each text between two stars is taken where it comes first after the one before: wherever a
   * later place would do, this one does. So nothing is tried twice.
   */
  public static boolean matches(String pattern, String text) {
    int first = pattern.indexOf('*');
    if (first < 0) {
      return text.equals(pattern);
    }
    int last = pattern.lastIndexOf('*');
    int end = text.length() - (pattern.length() - last - 1);
    if (end < first || !text.startsWith(pattern.substring(0, first))) {
      return false;
    }
    int at = first;
    for (int star = first; star < last; ) {
      int next = pattern.indexOf('*', star + 1);
      String between = pattern.substring(star + 1, next);
      int found = text.indexOf(between, at, end);
      if (found < 0) {
        return false;
      }
      at = found + between.length();
      star = next;
    }
    return text.endsWith(pattern.substring(last + 1));
  }

  @Override
  public String toString() {
    return value;
  }
}
