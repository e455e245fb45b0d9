package dev.lamella.host.store;

import java.util.Locale;
import java.util.Optional;

/** What a 401 says of a bearer's token. Where it sends to is not looked at. */
final class Challenge {
  private Challenge() {}

  /** Whether it asks for a token. */
  static boolean isBearer(Optional<String> header) {
    return header.filter(text -> text.toLowerCase(Locale.ROOT).startsWith("bearer ")).isPresent();
  }

  /** Whether the token that was there is no good, or not any more. */
  static boolean isAboutToken(Optional<String> header) {
    return isBearer(header) && header.orElse("").contains("error=\"invalid_token\"");
  }
}
