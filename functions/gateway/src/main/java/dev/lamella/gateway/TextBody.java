package dev.lamella.gateway;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A body that the front door took for text. An HTTP API does that by the Content-Type alone, and
 * puts U+FFFD for bytes that are not UTF-8.
 *
 * @param length what {@code Content-Length} says: of the bytes that the client sent
 */
record TextBody(String text, Optional<String> length, String contentType) implements Body {
  private static final char REPLACEMENT = '\uFFFD';
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Override
  public byte[] bytes() {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean isWhole =
        length
            .filter(number -> NUMBER.matcher(number).matches())
            .map(number -> Long.parseLong(number) == bytes.length)
            .orElse(true);
    if (!isWhole) {
      throw changed();
    }
    return bytes;
  }

  /**
   * In a blob U+FFFD is a lost byte rather than a character. The length may not tell: U+FFFD has
   * three bytes, and so may have what it stands for.
   */
  @Override
  public byte[] blob() {
    if (text.indexOf(REPLACEMENT) >= 0) {
      throw changed();
    }
    return bytes();
  }

  private Refusal changed() {
    return new Refusal(
        ErrorCode.REQUEST_INVALID,
        "the API before this function took the body for text because of its Content-Type '"
            + contentType
            + "', and bytes of it were lost: send it as application/octet-stream");
  }
}
