package dev.lamella.local.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The template as YAML gives it: nested maps, lists and scalars. */
final class Tree {
  private Tree() {}

  /** The node as a map; what is absent, or no map, is empty. */
  static Map<?, ?> map(@Nullable Object node) {
    return node instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The node as a list; what is absent is empty, and a single value is a list of one. */
  static List<?> list(@Nullable Object node) {
    if (node instanceof List<?> list) {
      return list;
    }
    return node == null ? List.of() : List.of(node);
  }

  static Optional<String> text(Map<?, ?> map, String key) {
    return Optional.ofNullable(map.get(key)).map(String::valueOf);
  }

  static OptionalInt number(Map<?, ?> map, String key) {
    Optional<String> text = text(map, key);
    try {
      return text.isPresent() ? OptionalInt.of(Integer.parseInt(text.get())) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      throw new TemplateException(key + " must be a whole number, not '" + text.get() + "'", e);
    }
  }

  /**
   * A resource's properties over those of Globals, as SAM merges them: maps key by key, lists one
   * after the other, and of two scalars the resource's own.
   */
  static Map<String, Object> merge(Map<?, ?> globals, Map<?, ?> own) {
    Map<String, Object> merged = new LinkedHashMap<>();
    globals.forEach((key, value) -> merged.put(String.valueOf(key), value));
    own.forEach(
        (key, value) ->
            merged.merge(String.valueOf(key), value, (general, special) -> both(general, special)));
    return merged;
  }

  private static Object both(Object general, Object special) {
    if (general instanceof Map<?, ?> left
        && special instanceof Map<?, ?> right
        && !isIntrinsic(left)
        && !isIntrinsic(right)) {
      return merge(left, right);
    }
    if (general instanceof List<?> left && special instanceof List<?> right) {
      List<Object> all = new ArrayList<>(left);
      all.addAll(right);
      return all;
    }
    return special;
  }

  static boolean isIntrinsic(Map<?, ?> node) {
    return node.size() == 1
        && node.keySet().iterator().next() instanceof String key
        && (key.equals("Ref") || key.startsWith("Fn::"));
  }
}
