package dev.lamella.core.read;

import dev.lamella.core.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A list in lexical order, from any text on. The text need not be one of those listed, nor one that
 * could be; the empty text is before all.
 *
 * @param parse refuses what can be none of them
 */
record NamesAfter<T>(Function<String, T> parse, Function<T, String> name, Listing<T> listing) {
  /** To look at a time, where the list has to be looked through for the text. */
  private static final int PAGE = 1_000;

  /** No name or tag begins with anything after this. */
  private static final char LAST = 'z';

  /** The pages of what is listed. */
  @FunctionalInterface
  interface Listing<T> {
    List<T> after(Optional<T> last, int limit);
  }

  /**
   * @param limit at most so many, 1 or more
   */
  List<T> list(String text, int limit) {
    Optional<T> from = parsed(text);
    if (text.isEmpty() || from.isPresent()) {
      return listing.after(from, limit);
    }
    List<T> found = new ArrayList<>();
    if (text.charAt(0) > LAST) {
      return found;
    }
    from = longestPrefix(text);
    while (found.size() < limit) {
      List<T> some = listing.after(from, PAGE);
      some.stream().filter(one -> name.apply(one).compareTo(text) > 0).forEach(found::add);
      if (some.size() < PAGE) {
        break;
      }
      from = Optional.of(some.getLast());
    }
    return List.copyOf(found.subList(0, Math.min(limit, found.size())));
  }

  /** It is before the text, and all that is between them begins with it. */
  private Optional<T> longestPrefix(String text) {
    for (int end = Math.min(text.length(), 255); end > 0; end--) {
      Optional<T> prefix = parsed(text.substring(0, end));
      if (prefix.isPresent()) {
        return prefix;
      }
    }
    return Optional.empty();
  }

  private Optional<T> parsed(String text) {
    try {
      return Optional.of(parse.apply(text));
    } catch (Refusal e) {
      return Optional.empty();
    }
  }
}
