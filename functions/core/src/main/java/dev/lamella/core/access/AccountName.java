package dev.lamella.core.access;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.util.regex.Pattern;

/** What an account is called: what one signs in with, and what logs say. */
public record AccountName(String value) implements Comparable<AccountName> {
  // Before the names below, which are checked by them.
  private static final int LONGEST = 64;
  private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");

  /** Of who does not sign in. It has no secret; its grants are what such a caller may do. */
  public static final AccountName ANONYMOUS = new AccountName("anonymous");

  /** Of the account that is there from the deployment on. */
  public static final AccountName ADMINISTRATOR = new AccountName("administrator");

  /**
   * @throws Refusal {@code REQUEST_INVALID} outside the grammar, or over 64 characters
   */
  public AccountName {
    if (!fits(value)) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the name of an account is at most "
              + LONGEST
              + " lower-case letters, digits and single separators such as ci-builder, unlike "
              + quoted(value));
    }
  }

  /** Whether an account can be called so. */
  public static boolean fits(String value) {
    return value.length() <= LONGEST && GRAMMAR.matcher(value).matches();
  }

  @Override
  public int compareTo(AccountName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
