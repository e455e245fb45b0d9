package dev.lamella.core.port;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Some of many, and where to go on. Pages may be empty and still have a next one.
 *
 * @param next what to ask for the page after this one; empty where this is the last. Good for as
 *     long as what is paged through keeps its order, also from another process
 */
public record Page<T>(List<T> items, Optional<String> next) {
  public Page {
    items = List.copyOf(items);
  }

  /**
   * The first {@code limit} of some, of which one more was asked for; of an empty page there is no
   * next one.
   */
  public static <T> Page<T> of(List<T> some, int limit, Function<T, String> name) {
    return limit == 0 || some.size() <= limit
        ? new Page<>(some.subList(0, Math.min(limit, some.size())), Optional.empty())
        : new Page<>(some.subList(0, limit), Optional.of(name.apply(some.get(limit - 1))));
  }

  public <R> Page<R> map(Function<T, R> each) {
    return new Page<>(items.stream().map(each).toList(), next);
  }
}
