package dev.lamella.core.report;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image, or several at once: {@code *} stands for any text, slashes too, as in
 * {@code team/*}.
 */
public record NamePattern(String value) {
  private static final int LONGEST = 255;

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

  /** The image that it names, where it is no pattern. */
  public Optional<RepositoryName> exact() {
    return value.indexOf('*') < 0 ? Optional.of(new RepositoryName(value)) : Optional.empty();
  }

  public boolean matches(RepositoryName name) {
    // Between the stars, nothing of the grammar of names means anything to a regular expression
    // but the dot.
    return Pattern.matches(value.replace(".", "\\.").replace("*", ".*"), name.value());
  }

  @Override
  public String toString() {
    return value;
  }
}
