package dev.lamella.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What was made once: public keys of key pairs that are no more, and what they signed. */
public final class Kept {
  private Kept() {}

  public static String text(String name) {
    try (InputStream in = Kept.class.getResourceAsStream("kept/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
