package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.core.api.Json;
import dev.lamella.core.report.Tally;
import dev.lamella.local.template.CloudFormationYaml;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import dev.lamella.local.template.TemplateException;
import dev.lamella.verifier.Metrics;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What template.yaml promises of every function and parameter, also of those to come. */
class TemplateTest {
  private static final Path ROOT = Repository.here().root();
  static final Path FILE = ROOT.resolve("template.yaml");
  static final Map<?, ?> TEMPLATE = CloudFormationYaml.read(FILE);
  static final Map<?, ?> RESOURCES = map(TEMPLATE, "Resources");
  static final Map<?, ?> PARAMETERS = map(TEMPLATE, "Parameters");

  /** Names that the template gives would forbid a second stack. */
  private static final List<String> FIXED_NAMES =
      List.of("AlarmName", "BucketName", "FunctionName", "LogGroupName", "QueueName", "TableName");

  static List<FunctionDefinition> functions() {
    return Template.read(FILE, Map.of(), PseudoParameters.LOCAL).functions();
  }

  static Stream<String> parameters() {
    return PARAMETERS.keySet().stream().map(String::valueOf);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_isBuiltFromItsModule(FunctionDefinition function) {
    Map<?, ?> resource = map(RESOURCES, function.logicalId());
    assertThat(map(resource, "Metadata")).isEqualTo(Map.of("BuildMethod", "makefile"));
    assertThat(properties(function).get("CodeUri")).isEqualTo("functions/" + function.module());
    assertThat(ROOT.resolve("functions").resolve(function.module()).resolve("Makefile"))
        .hasContent("include ../sam.mk");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_hasALogGroupThatEnds(FunctionDefinition function) {
    Object group = map(properties(function), "LoggingConfig").get("LogGroup");
    String logs = function.logicalId().replaceFirst("Function$", "Logs");
    assertThat(group).isEqualTo(Map.of("Ref", logs));
    assertThat(map(map(RESOURCES, logs), "Properties").get("RetentionInDays"))
        .isEqualTo(Map.of("Ref", "LogRetentionDays"));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_raisesAlarmsOfErrorsAndThrottles(FunctionDefinition function) {
    Map<String, Object> name =
        Map.of("Name", "FunctionName", "Value", Map.of("Ref", function.logicalId()));
    assertThat(alarms("AWS/Lambda", name)).contains("Errors", "Throttles");
  }

  /** An event whose caller does not wait must not be lost. */
  @ParameterizedTest
  @MethodSource("functions")
  void function_invokedAsynchronously_hasDeadLettersAndTheirAlarm(FunctionDefinition function) {
    if (map(TEMPLATE, "Resources").toString().contains(function.logicalId() + ".Arn}:live")) {
      assertThat(properties(function).get("Events")).as("API Gateway waits for it").isNull();
      return;
    }
    String queue = function.logicalId().replaceFirst("Function$", "DeadLetters");
    assertThat(map(properties(function), "EventInvokeConfig", "DestinationConfig", "OnFailure"))
        .isEqualTo(
            Map.of("Type", "SQS", "Destination", Map.of("Fn::GetAtt", List.of(queue, "Arn"))));
    assertThat(map(RESOURCES, queue).get("Type")).isEqualTo("AWS::SQS::Queue");
    Map<String, Object> name =
        Map.of("Name", "QueueName", "Value", Map.of("Fn::GetAtt", List.of(queue, "QueueName")));
    assertThat(alarms("AWS/SQS", name)).contains("ApproximateNumberOfMessagesVisible");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_mayDoNothingButWhatItsPolicyNames(FunctionDefinition function) {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Object policy : list(properties(function).get("Policies"))) {
      assertThat(policy).as("a policy of its own, none of AWS's").isInstanceOf(Map.class);
      collectStatements(policy, statements);
    }
    assertThat(statements).isNotEmpty();
    for (Map<?, ?> statement : statements) {
      assertThat(list(statement.get("Action")))
          .isNotEmpty()
          .noneMatch(action -> action.toString().contains("*"));
      assertThat(list(statement.get("Resource")))
          .isNotEmpty()
          .allMatch(TemplateTest::isOfTheStackOrGiven);
    }
  }

  @Test
  void resources_haveNoFixedNames() {
    RESOURCES.forEach(
        (id, resource) -> {
          Map<?, ?> properties = map((Map<?, ?>) resource, "Properties");
          for (String name : FIXED_NAMES) {
            assertThat(properties.get(name) instanceof String).as("%s of %s", name, id).isFalse();
          }
        });
  }

  /** Deleting a stack, or a change that replaces a bucket, loses no image. */
  @Test
  void whatHoldsImages_outlivesTheStack() {
    RESOURCES.forEach(
        (id, resource) -> {
          Map<?, ?> kept = (Map<?, ?>) resource;
          if (List.of("AWS::S3::Bucket", "AWS::DynamoDB::Table").contains(kept.get("Type"))) {
            assertThat(kept.get("DeletionPolicy")).as("%s", id).isEqualTo("RetainExceptOnCreate");
            assertThat(kept.get("UpdateReplacePolicy")).as("%s", id).isEqualTo("Retain");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void parameter_isDescribedHasADefaultAndBounds(String name) {
    Map<?, ?> parameter = map(PARAMETERS, name);
    assertThat(String.valueOf(parameter.get("Description"))).endsWith(".");
    assertThat(parameter.containsKey("Default")).isTrue();
    assertThat(keys(parameter))
        .containsAnyOf("AllowedPattern", "AllowedValues", "MaxLength", "MaxValue");
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void parameter_ofAWrongValue_isRefusedByName(String name) {
    List<String> wrong = wrongValues(map(PARAMETERS, name));
    assertThat(wrong).isNotEmpty();
    for (String value : wrong) {
      assertThatThrownBy(() -> Template.read(FILE, Map.of(name, value), PseudoParameters.LOCAL))
          .isInstanceOf(TemplateException.class)
          .hasMessageContaining("the parameter " + name + " cannot be");
    }
  }

  /** An alarm of a metric that no function writes never rings. */
  @Test
  void damagedShardsAlarm_isOfAMetricThatTheVerifierWrites() {
    Map<?, ?> alarm = map(RESOURCES, "DamagedShardsAlarm", "Properties");
    List<Object> dimensions =
        list(alarm.get("Dimensions")).stream()
            .<Object>map(dimension -> ((Map<?, ?>) dimension).get("Name"))
            .toList();
    String line = new Metrics("verifier", Tally.NOTHING, Instant.EPOCH).line();
    JsonNode written =
        Json.tree(line.getBytes(StandardCharsets.UTF_8)).at("/_aws/CloudWatchMetrics/0");
    assertThat(alarm.get("Namespace")).isEqualTo(written.path("Namespace").asString());
    assertThat(written.path("Dimensions").valueStream().map(TemplateTest::texts))
        .contains(dimensions);
    assertThat(written.path("Metrics").valueStream().map(metric -> metric.path("Name").asString()))
        .contains(String.valueOf(alarm.get("MetricName")));
    assertThat(dimensions).containsExactly("FunctionName");
    assertThat(((Map<?, ?>) list(alarm.get("Dimensions")).getFirst()).get("Value"))
        .isEqualTo(Map.of("Ref", "VerifierFunction"));
  }

  private static List<Object> texts(JsonNode array) {
    return array.valueStream().<Object>map(JsonNode::asString).toList();
  }

  private static List<String> wrongValues(Map<?, ?> parameter) {
    List<String> wrong = new ArrayList<>();
    if (parameter.containsKey("AllowedValues") || parameter.containsKey("AllowedPattern")) {
      wrong.add("neither this nor that");
    }
    if ("Number".equals(parameter.get("Type"))) {
      wrong.add("many");
    }
    next(parameter.get("MinValue"), -1).ifPresent(wrong::add);
    next(parameter.get("MaxValue"), 1).ifPresent(wrong::add);
    if (parameter.get("MaxLength") instanceof Integer longest) {
      wrong.add("x".repeat(longest + 1));
    }
    return wrong;
  }

  private static Optional<String> next(@Nullable Object number, int step) {
    return Optional.ofNullable(number)
        .map(value -> new BigDecimal(value.toString()).add(BigDecimal.valueOf(step)).toString());
  }

  /** The metrics of that dimension whose alarms have somebody to tell. */
  private static List<String> alarms(String namespace, Map<String, Object> dimension) {
    List<String> metrics = new ArrayList<>();
    for (Object resource : RESOURCES.values()) {
      Map<?, ?> properties = map((Map<?, ?>) resource, "Properties");
      if (namespace.equals(properties.get("Namespace"))
          && list(properties.get("Dimensions")).contains(dimension)) {
        assertThat(properties.toString()).contains("AlarmActions", "AlarmTopicArn");
        metrics.add(String.valueOf(properties.get("MetricName")));
      }
    }
    return metrics;
  }

  /** Also those under a condition. */
  static void collectStatements(Object node, List<Map<?, ?>> statements) {
    if (node instanceof Map<?, ?> map) {
      if (map.containsKey("Effect")) {
        statements.add(map);
      } else {
        map.values().forEach(value -> collectStatements(value, statements));
      }
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collectStatements(value, statements));
    }
  }

  private static boolean isOfTheStackOrGiven(Object resource) {
    return resource instanceof Map<?, ?> intrinsic
        && (intrinsic.containsKey("Ref")
            || intrinsic.containsKey("Fn::GetAtt")
            || String.valueOf(intrinsic.get("Fn::Sub")).startsWith("${"));
  }

  static Map<?, ?> properties(FunctionDefinition function) {
    return map(map(RESOURCES, function.logicalId()), "Properties");
  }

  static Map<?, ?> map(Map<?, ?> from, String... path) {
    Map<?, ?> found = from;
    for (String key : path) {
      assertThat(found.containsKey(key)).as("%s in %s", key, found.keySet()).isTrue();
      found = found.get(key) instanceof Map<?, ?> next ? next : Map.of();
    }
    return found;
  }

  static List<String> keys(Map<?, ?> map) {
    return map.keySet().stream().map(String::valueOf).toList();
  }

  static List<?> list(@Nullable Object node) {
    if (node instanceof List<?> list) {
      return list;
    }
    return node == null ? List.of() : List.of(node);
  }
}
