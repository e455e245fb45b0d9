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

  public <R> Page<R> map(Function<T, R> each) {
    return new Page<>(items.stream().map(each).toList(), next);
  }
}
