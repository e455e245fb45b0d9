package dev.lamella.tests;

import dev.lamella.local.template.CloudFormationYaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What template.yaml lets a function do.
 *
 * @param statements where all storage servers are the stack's own
 * @param elsewhere what it may do besides on storage servers that are not, by ARNs that are given
 */
record Policy(String function, List<Statement> statements, List<Statement> elsewhere) {
  private static final Pattern NAMED = Pattern.compile("\\$\\{(\\w+)(\\.\\w+)?}");

  /**
   * One action on one resource.
   *
   * @param resource begins with a logical id; a star at its end stands for any text
   * @param condition by operator and key
   */
  record Statement(String sid, String action, String resource, List<Condition> condition) {
    Statement {
      condition = List.copyOf(condition);
    }

    boolean allows(AwsCall call) {
      return action.equals(call.action())
          && matches(resource, call.resource())
          && condition.stream().allMatch(each -> each.holds(call));
    }

    @Override
    public String toString() {
      return sid + " " + action + " " + resource;
    }
  }

  /**
   * That what a call has of a key is one of some values, or like one of them; or, by {@code Null},
   * whether it has nothing of it.
   */
  record Condition(String operator, String key, List<String> values) {
    Condition {
      values = List.copyOf(values);
    }

    boolean holds(AwsCall call) {
      Set<String> had = call.context().getOrDefault(key, Set.of());
      if (operator.equals("Null")) {
        return values.equals(List.of(String.valueOf(had.isEmpty())));
      }
      boolean all = had.stream().allMatch(one -> values.stream().anyMatch(like -> fits(like, one)));
      return switch (operator) {
        // As IAM has it, none are all.
        case "ForAllValues:StringEquals", "ForAllValues:StringLike" -> all;
        case "StringLike" -> all && had.size() == 1;
        default -> throw new AssertionError("what does it mean? " + this);
      };
    }

    boolean fits(String value, String one) {
      return operator.endsWith("Like") ? matches(value, one) : value.equals(one);
    }
  }

  static Policy of(Path template, String function) {
    Map<?, ?> resources = (Map<?, ?>) child(CloudFormationYaml.read(template), "Resources");
    Policy policy = new Policy(function, new ArrayList<>(), new ArrayList<>());
    Map<?, ?> properties = (Map<?, ?>) child((Map<?, ?>) child(resources, function), "Properties");
    list(child(properties, "Policies")).forEach(document -> policy.add((Map<?, ?>) document));
    for (Object each : resources.values()) {
      Map<?, ?> resource = (Map<?, ?>) each;
      if ("AWS::IAM::Policy".equals(resource.get("Type"))) {
        Map<?, ?> apart = (Map<?, ?>) child(resource, "Properties");
        if (child(apart, "Roles").equals(List.of(Map.of("Ref", function + "Role")))) {
          policy.add((Map<?, ?>) child(apart, "PolicyDocument"));
        }
      }
    }
    return new Policy(function, List.copyOf(policy.statements), List.copyOf(policy.elsewhere));
  }

  private void add(Map<?, ?> document) {
    for (Object each : list(child(document, "Statement"))) {
      Map<?, ?> statement = (Map<?, ?>) each;
      if (statement.get("Fn::If") instanceof List<?> choice) {
        if (!choice.getFirst().equals("HasMoreStorageServers")
            || !choice.getLast().equals(Map.of("Ref", "AWS::NoValue"))) {
          throw new AssertionError("not simply left out: " + choice);
        }
        parts((Map<?, ?>) choice.get(1)).forEach(elsewhere::add);
      } else {
        parts(statement).forEach(statements::add);
      }
    }
  }

  private static Stream<Statement> parts(Map<?, ?> statement) {
    if (!"Allow".equals(statement.get("Effect"))) {
      throw new AssertionError("what does it allow? " + statement);
    }
    String sid = child(statement, "Sid").toString();
    List<Condition> conditions = new ArrayList<>();
    if (statement.get("Condition") instanceof Map<?, ?> operators) {
      operators.forEach(
          (operator, keys) ->
              ((Map<?, ?>) keys)
                  .forEach(
                      (key, values) ->
                          conditions.add(
                              new Condition(
                                  operator.toString(),
                                  key.toString(),
                                  list(values).stream().map(String::valueOf).toList()))));
    }
    return list(child(statement, "Action")).stream()
        .flatMap(
            action ->
                list(child(statement, "Resource")).stream()
                    .map(on -> new Statement(sid, action.toString(), name(on), conditions)));
  }

  private static String name(Object resource) {
    Map<?, ?> call = (Map<?, ?>) resource;
    Object argument = call.values().iterator().next();
    return switch (call.keySet().iterator().next().toString()) {
      case "Ref" -> argument.toString().replaceFirst("\\.Alias$", "");
      case "Fn::GetAtt" -> ((List<?>) argument).get(0).toString();
      case "Fn::Sub" -> NAMED.matcher(argument.toString()).replaceAll("$1");
      default -> throw new AssertionError("what does it name? " + resource);
    };
  }

  /** Calls that it does not allow. */
  Set<String> refused(Collection<AwsCall> calls) {
    Set<String> refused = new TreeSet<>();
    for (AwsCall call : calls) {
      if (statements.stream().noneMatch(statement -> statement.allows(call))) {
        refused.add(function + ": " + call);
      }
    }
    return refused;
  }

  /**
   * What it allows, and no call needs: an action on a resource, or, of a statement, a value of its
   * condition.
   */
  Set<String> unused(Collection<AwsCall> calls) {
    Set<String> unused = new TreeSet<>();
    for (Statement statement : statements) {
      if (calls.stream().noneMatch(statement::allows)) {
        unused.add(function + ": " + statement);
      }
      for (Condition condition : statement.condition()) {
        condition.values().stream()
            .filter(_ -> !condition.operator().equals("Null"))
            .filter(value -> !isUsed(statement.sid(), condition, value, calls))
            .forEach(
                value -> unused.add(function + ": " + statement.sid() + " where it is " + value));
      }
    }
    return unused;
  }

  private boolean isUsed(String sid, Condition condition, String value, Collection<AwsCall> calls) {
    return calls.stream()
        .filter(
            call ->
                call.context().getOrDefault(condition.key(), Set.of()).stream()
                    .anyMatch(one -> condition.fits(value, one)))
        .anyMatch(
            call -> statements.stream().anyMatch(of -> of.sid().equals(sid) && of.allows(call)));
  }

  private static boolean matches(String pattern, String text) {
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : text.equals(pattern);
  }

  static Object child(Map<?, ?> node, String name) {
    Object child = node.get(name);
    if (child == null) {
      throw new AssertionError("has no " + name + ": " + node.keySet());
    }
    return child;
  }

  private static List<?> list(Object node) {
    return node instanceof List<?> list ? list : List.of(node);
  }
}
