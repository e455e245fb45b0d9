package dev.lamella.house;

import static dev.lamella.house.TemplateTest.PARAMETERS;
import static dev.lamella.house.TemplateTest.TEMPLATE;
import static dev.lamella.house.TemplateTest.list;
import static dev.lamella.house.TemplateTest.map;
import static dev.lamella.house.TemplateTest.properties;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.template.FunctionDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever deploys the stack with another value of a parameter gets functions that know it. */
class TemplateVersionsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9]+)}");

  /** Characters of a version's description that Lambda takes. */
  private static final int LONGEST = 256;

  static List<FunctionDefinition> functions() {
    return TemplateTest.functions();
  }

  /** SAM sees no change of a parameter's value: only another description is another version. */
  @ParameterizedTest
  @MethodSource("functions")
  void versionDescription_namesTheParametersThatTheFunctionIsTold(FunctionDefinition function) {
    Set<String> told = new TreeSet<>();
    collectParameters(properties(function).get("Environment"), told);
    String description = description(function);
    assertThat(description).contains("${SettingsRevision}");
    assertThat(told).allMatch(name -> description.contains("${" + name + "}"));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void versionDescription_ofTheLongestValues_isOneThatLambdaTakes(FunctionDefinition function) {
    String longest =
        VARIABLE.matcher(description(function)).replaceAll(name -> longest(name.group(1)));
    assertThat(longest.length()).as(longest).isLessThanOrEqualTo(LONGEST);
  }

  private static String description(FunctionDefinition function) {
    return String.valueOf(map(properties(function), "VersionDescription").get("Fn::Sub"));
  }

  private static String longest(String parameter) {
    Map<?, ?> declared = map(PARAMETERS, parameter);
    return Stream.of(
            list(declared.get("AllowedValues")).stream(),
            list(declared.get("MaxValue")).stream(),
            list(declared.get("MaxLength")).stream()
                .map(length -> "x".repeat(Integer.parseInt(String.valueOf(length)))))
        .flatMap(values -> values.map(String::valueOf))
        .max(Comparator.comparingInt(String::length))
        .orElseThrow(() -> new AssertionError(parameter + " has no bounds"));
  }

  /** Those that a value refers to, also by a condition. */
  private static void collectParameters(@Nullable Object node, Set<String> parameters) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("Ref") instanceof String name && PARAMETERS.containsKey(name)) {
        parameters.add(name);
      }
      if (map.get("Fn::If") instanceof List<?> choice) {
        Map<?, ?> conditions = map(TEMPLATE, "Conditions");
        collectParameters(conditions.get(choice.getFirst()), parameters);
      }
      map.values().forEach(value -> collectParameters(value, parameters));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collectParameters(value, parameters));
    } else if (node instanceof String text) {
      VARIABLE
          .matcher(text)
          .results()
          .map(found -> found.group(1))
          .filter(PARAMETERS::containsKey)
          .forEach(parameters::add);
    }
  }
}
