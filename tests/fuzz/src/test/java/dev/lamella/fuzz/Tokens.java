package dev.lamella.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** JSON Web Tokens made of text that is easier to change than base64 is. */
public final class Tokens {
  private Tokens() {}

  /**
   * @param text the header's line, the claims', and the signature's, which is in base64 as it is
   */
  public static String of(String text) {
    String[] lines = text.split("\n", 3);
    return base64(lines[0])
        + "."
        + (lines.length > 1 ? base64(lines[1]) : "")
        + "."
        + (lines.length > 2 ? lines[2].strip() : "");
  }

  public static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
