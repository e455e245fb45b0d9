package dev.lamella.core.manifest;

import static dev.lamella.core.Quoted.quoted;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Fields of manifests and descriptors, of the types that clients decode them to. What is null is as
 * if it were left out.
 */
final class Fields {
  private static final Pattern TYPE = Pattern.compile("[\\x20-\\x7e]{1,255}");

  private Fields() {}

  static Refusal invalid(String why) {
    return new Refusal(ErrorCode.MANIFEST_INVALID, "the manifest cannot be taken: " + why);
  }

  /**
   * Clients written in Go read {@code Layers} as {@code layers}: it must not say something else.
   */
  static void requireExactNames(JsonNode object, Set<String> known, String where) {
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        known.stream()
            .filter(name::equalsIgnoreCase)
            .findFirst()
            .ifPresent(
                field -> {
                  throw invalid(
                      "its field " + quoted(where + name) + " is written '" + field + "'");
                });
      }
    }
  }

  static Optional<JsonNode> find(JsonNode object, String field) {
    return Optional.of(object.path(field))
        .filter(found -> !found.isMissingNode() && !found.isNull());
  }

  static Optional<String> text(JsonNode object, String field, String where) {
    Optional<JsonNode> found = find(object, field);
    if (found.isPresent() && !found.get().isString()) {
      throw invalid("its " + where + field + " is not a text");
    }
    return found.map(JsonNode::asString);
  }

  static void requireTexts(JsonNode object, String field, String where) {
    find(object, field)
        .filter(list -> !list.isArray() || !list.valueStream().allMatch(JsonNode::isString))
        .ifPresent(
            _ -> {
              throw invalid("its " + where + field + " is not a list of texts");
            });
  }

  static Map<String, String> annotations(JsonNode object, String where) {
    Optional<JsonNode> given = find(object, "annotations");
    if (given.isEmpty()) {
      return Map.of();
    }
    if (!given.get().isObject()) {
      throw invalid("its " + where + "annotations are not an object");
    }
    Map<String, String> annotations = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : given.get().properties()) {
      JsonNode value = entry.getValue();
      if (!value.isString() || !isUnicode(entry.getKey()) || !isUnicode(value.asString())) {
        throw invalid(
            "its annotation " + quoted(where + entry.getKey()) + " is not a text of Unicode");
      }
      annotations.put(entry.getKey(), value.asString());
    }
    return annotations;
  }

  /** JSON's escapes can say half of a character. */
  private static boolean isUnicode(String text) {
    return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }

  /** Types are ASCII, and short (RFC 6838, section 4.2). */
  static String requireType(String type, String where) {
    if (!TYPE.matcher(type).matches()) {
      throw invalid("its " + where + " is not a media type, but " + quoted(type));
    }
    return type;
  }
}
