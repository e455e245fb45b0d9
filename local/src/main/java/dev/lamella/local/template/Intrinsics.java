package dev.lamella.local.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evaluates the template's functions ({@code Ref}, {@code Fn::Sub}, …) in a part of its tree. */
final class Intrinsics {
  private static final Object NO_VALUE = new Object();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(!?)([^}]+)}");

  private final Map<String, Object> values;
  private final Map<?, ?> conditions;
  private final Map<?, ?> mappings;
  private final ResourceNames names;
  private final Set<String> underway = new HashSet<>();

  Intrinsics(
      Map<String, Object> parameters,
      Map<?, ?> conditions,
      Map<?, ?> mappings,
      ResourceNames names,
      PseudoParameters pseudo) {
    this.values = new HashMap<>(parameters);
    this.conditions = conditions;
    this.mappings = mappings;
    this.names = names;
    values.putAll(
        Map.of(
            "AWS::Region", pseudo.region(),
            "AWS::AccountId", pseudo.account(),
            "AWS::Partition", "aws",
            "AWS::URLSuffix", "amazonaws.com",
            "AWS::StackName", pseudo.stack(),
            "AWS::StackId", pseudo.arn("cloudformation", "stack/" + pseudo.stack() + "/local"),
            "AWS::NoValue", NO_VALUE));
  }

  /** The node with every function replaced by its value; an empty string for an absent node. */
  Object evaluate(@Nullable Object node) {
    Object value = value(node);
    return value == NO_VALUE ? "" : value;
  }

  /** Whether the named condition holds. */
  boolean condition(String name) {
    Object body = conditions.get(name);
    if (body == null) {
      throw new TemplateException("the template has no condition " + name);
    }
    if (!underway.add(name)) {
      throw new TemplateException("the condition " + name + " depends on itself");
    }
    try {
      return truth(body);
    } finally {
      underway.remove(name);
    }
  }

  private Object value(@Nullable Object node) {
    return switch (node) {
      case null -> "";
      case Map<?, ?> map when Tree.isIntrinsic(map) -> {
        Map.Entry<?, ?> call = map.entrySet().iterator().next();
        yield apply(String.valueOf(call.getKey()), call.getValue());
      }
      case Map<?, ?> map -> {
        Map<String, Object> evaluated = new LinkedHashMap<>();
        map.forEach(
            (key, child) -> {
              Object value = value(child);
              if (value != NO_VALUE) {
                evaluated.put(String.valueOf(key), value);
              }
            });
        yield evaluated;
      }
      case List<?> list -> {
        List<Object> evaluated = new ArrayList<>();
        list.stream().map(this::value).filter(v -> v != NO_VALUE).forEach(evaluated::add);
        yield evaluated;
      }
      default -> node;
    };
  }

  private Object apply(String function, @Nullable Object argument) {
    return switch (function) {
      case "Ref" -> ref(String.valueOf(argument));
      case "Fn::GetAtt" -> attribute(argument);
      case "Fn::Sub" -> substitute(argument);
      case "Fn::If" -> {
        List<?> branches = arguments(function, argument, 3);
        yield value(branches.get(condition(String.valueOf(branches.get(0))) ? 1 : 2));
      }
      case "Fn::Equals", "Fn::Not" -> truth(Map.of(function, argument));
      case "Fn::Join" -> {
        List<?> parts = arguments(function, argument, 2);
        yield Tree.list(value(parts.get(1))).stream()
            .map(String::valueOf)
            .collect(Collectors.joining(text(parts.get(0))));
      }
      case "Fn::Split" -> {
        List<?> parts = arguments(function, argument, 2);
        yield List.of(text(parts.get(1)).split(Pattern.quote(text(parts.get(0))), -1));
      }
      case "Fn::Select" -> select(arguments(function, argument, 2));
      case "Fn::FindInMap" -> find(Tree.list(argument));
      default -> throw new TemplateException("the local stack does not know " + function);
    };
  }

  private boolean truth(@Nullable Object node) {
    if (!(node instanceof Map<?, ?> map) || map.size() != 1) {
      throw new TemplateException("not a condition: " + node);
    }
    String function = String.valueOf(map.keySet().iterator().next());
    Object argument = map.values().iterator().next();
    return switch (function) {
      case "Condition" -> condition(String.valueOf(argument));
      case "Fn::Equals" -> {
        List<?> sides = arguments(function, argument, 2);
        yield text(sides.get(0)).equals(text(sides.get(1)));
      }
      case "Fn::And" -> Tree.list(argument).stream().allMatch(this::truth);
      case "Fn::Or" -> Tree.list(argument).stream().anyMatch(this::truth);
      case "Fn::Not" -> !truth(arguments(function, argument, 1).get(0));
      default -> throw new TemplateException("not a condition: " + node);
    };
  }

  private Object ref(String id) {
    Object value = values.get(id);
    if (value != null) {
      return value;
    }
    return names.ref(id).orElseThrow(() -> unknown("Ref", id));
  }

  private Object attribute(@Nullable Object argument) {
    String path = Tree.list(argument).stream().map(this::text).collect(Collectors.joining("."));
    int dot = path.indexOf('.');
    if (dot < 0) {
      throw unknown("Fn::GetAtt", path);
    }
    return names
        .attribute(path.substring(0, dot), path.substring(dot + 1))
        .orElseThrow(() -> unknown("Fn::GetAtt", path));
  }

  private String substitute(@Nullable Object argument) {
    List<?> parts = Tree.list(argument);
    String pattern = String.valueOf(parts.get(0));
    Map<?, ?> local = parts.size() > 1 ? Tree.map(parts.get(1)) : Map.of();
    return VARIABLE
        .matcher(pattern)
        .replaceAll(
            match -> Matcher.quoteReplacement(variable(match.group(1), match.group(2), local)));
  }

  private String variable(String literal, String name, Map<?, ?> local) {
    if (!literal.isEmpty()) {
      return "${" + name + "}";
    }
    if (local.containsKey(name)) {
      return text(local.get(name));
    }
    Object value = values.get(name);
    if (value != null) {
      return text(value);
    }
    return names
        .ref(name)
        .orElseGet(() -> name.contains(".") ? text(attribute(name)) : text(ref(name)));
  }

  private Object select(List<?> arguments) {
    List<?> choices = Tree.list(value(arguments.get(1)));
    int index = Integer.parseInt(text(arguments.get(0)));
    if (index < 0 || index >= choices.size()) {
      throw new TemplateException("Fn::Select: no element " + index + " in " + choices);
    }
    return value(choices.get(index));
  }

  private Object find(List<?> keys) {
    Object found = mappings;
    for (Object key : keys) {
      found = Tree.map(found).get(text(key));
      if (found == null) {
        throw new TemplateException("Fn::FindInMap finds nothing for " + keys);
      }
    }
    return found;
  }

  private String text(@Nullable Object node) {
    return String.valueOf(evaluate(node));
  }

  private static List<?> arguments(String function, @Nullable Object argument, int count) {
    List<?> list = Tree.list(argument);
    if (list.size() != count) {
      throw new TemplateException(function + " takes " + count + " arguments, not " + list);
    }
    return list;
  }

  private static TemplateException unknown(String function, String what) {
    return new TemplateException(
        function + " " + what + ": the template has no such parameter, resource or attribute");
  }
}
