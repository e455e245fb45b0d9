package dev.lamella.fuzz;

import dev.lamella.core.Refusal;
import java.util.function.Consumer;
import java.util.function.Function;

/** What reads an input, and may only take it or refuse it. */
public final class Refused {
  /** For so long each target is given inputs that are made up. */
  public static final String TIME = "20s";

  /** Characters: a message may show a piece of what it is about, and not all of it. */
  private static final int LONGEST_MESSAGE = 2000;

  private Refused() {}

  /**
   * @param then what has to go well with what was read
   */
  public static <T, R> void or(T input, Function<T, R> reader, Consumer<R> then) {
    R read;
    try {
      read = reader.apply(input);
    } catch (Refusal e) {
      requireShort(e);
      return;
    }
    then.accept(read);
  }

  public static <T> void or(T input, Function<T, ?> reader) {
    or(input, reader, _ -> {});
  }

  /** What is wrong with an input is said without all of it. */
  public static void requireShort(Exception e) {
    int length = String.valueOf(e.getMessage()).length();
    if (length > LONGEST_MESSAGE) {
      throw new AssertionError("a message of " + length + " characters", e);
    }
  }
}
