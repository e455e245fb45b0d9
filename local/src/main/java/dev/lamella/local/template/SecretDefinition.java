package dev.lamella.local.template;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A secret to be made.
 *
 * @param length characters of the value that is made for it; empty where it has none at first
 */
public record SecretDefinition(String logicalId, String name, OptionalInt length) {
  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private static final Set<String> KNOWN = Set.of("PasswordLength", "ExcludePunctuation");
  private static final int LONGEST = 4096;

  /**
   * @throws TemplateException if its value is to be made in a way that the local stack does not
   *     know
   */
  static SecretDefinition of(String logicalId, String name, Map<?, ?> properties) {
    if (properties.containsKey("SecretString")) {
      throw new TemplateException(
          logicalId + ": the local stack takes no SecretString: whoever has the template knows it");
    }
    if (!properties.containsKey("GenerateSecretString")) {
      return new SecretDefinition(logicalId, name, OptionalInt.empty());
    }
    Map<?, ?> generate = Tree.map(properties.get("GenerateSecretString"));
    boolean isPlain = Tree.text(generate, "ExcludePunctuation").orElse("").equals("true");
    int length = Tree.number(generate, "PasswordLength").orElse(0);
    if (!KNOWN.containsAll(generate.keySet()) || !isPlain || length < 1 || length > LONGEST) {
      throw new TemplateException(
          logicalId
              + ": GenerateSecretString must have a PasswordLength of 1 to "
              + LONGEST
              + " and ExcludePunctuation: true, and nothing else");
    }
    return new SecretDefinition(logicalId, name, OptionalInt.of(length));
  }

  /** A new value, of letters and digits; empty where none is to be made. */
  public Optional<String> generate(SecureRandom random) {
    return length.isEmpty()
        ? Optional.empty()
        : Optional.of(
            random
                .ints(length.getAsInt(), 0, LETTERS_AND_DIGITS.length())
                .mapToObj(LETTERS_AND_DIGITS::charAt)
                .map(String::valueOf)
                .collect(Collectors.joining()));
  }
}
