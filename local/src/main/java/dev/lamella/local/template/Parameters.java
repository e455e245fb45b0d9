package dev.lamella.local.template;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The template's parameters: given values over defaults, checked as CloudFormation checks them. */
final class Parameters {
  private Parameters() {}

  /** The value of every parameter: a string, or a list of strings for the list types. */
  static Map<String, Object> resolve(Map<?, ?> declared, Map<String, String> given) {
    for (String name : new TreeSet<>(given.keySet())) {
      if (!declared.containsKey(name)) {
        throw new TemplateException(
            "the template has no parameter " + name + "; it has " + new TreeSet<>(names(declared)));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    declared.forEach(
        (key, declaration) -> {
          String name = String.valueOf(key);
          values.put(name, value(name, Tree.map(declaration), given.get(name)));
        });
    return values;
  }

  private static Object value(String name, Map<?, ?> declaration, @Nullable String given) {
    Object value = given == null ? declaration.get("Default") : given;
    if (value == null) {
      throw new TemplateException("the parameter " + name + " has no default: give it a value");
    }
    String text = String.valueOf(value);
    String type = String.valueOf(declaration.get("Type"));
    if (type.equals("CommaDelimitedList") || type.startsWith("List<")) {
      List<String> items = text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*"));
      items.forEach(item -> check(name, declaration, type, item));
      return items;
    }
    check(name, declaration, type, text);
    return text;
  }

  private static void check(String name, Map<?, ?> declaration, String type, String text) {
    List<?> allowed = Tree.list(declaration.get("AllowedValues"));
    if (!allowed.isEmpty() && allowed.stream().map(String::valueOf).noneMatch(text::equals)) {
      throw new TemplateException(refusal(name, text, "it must be one of " + allowed));
    }
    Object pattern = declaration.get("AllowedPattern");
    if (pattern != null && !Pattern.matches(pattern.toString(), text)) {
      throw new TemplateException(refusal(name, text, "it must match " + pattern));
    }
    checkBound(name, declaration, "MinLength", text, text.length(), 1);
    checkBound(name, declaration, "MaxLength", text, text.length(), -1);
    if (type.equals("Number")) {
      checkNumber(name, declaration, text);
    }
  }

  private static void checkNumber(String name, Map<?, ?> declaration, String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      checkBound(name, declaration, "MinValue", text, number, 1);
      checkBound(name, declaration, "MaxValue", text, number, -1);
    } catch (NumberFormatException e) {
      throw new TemplateException(refusal(name, text, "it must be a number"), e);
    }
  }

  private static void checkBound(
      String name, Map<?, ?> declaration, String bound, String text, Number value, int sign) {
    Object limit = declaration.get(bound);
    if (limit == null) {
      return;
    }
    int order = new BigDecimal(limit.toString()).compareTo(new BigDecimal(value.toString()));
    if (Integer.signum(order) == sign) {
      throw new TemplateException(refusal(name, text, "its " + bound + " is " + limit));
    }
  }

  private static String refusal(String name, String text, String rule) {
    return "the parameter " + name + " cannot be '" + text + "': " + rule;
  }

  private static List<String> names(Map<?, ?> declared) {
    return declared.keySet().stream().map(String::valueOf).toList();
  }
}
