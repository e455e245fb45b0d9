package dev.lamella.house;

import static dev.lamella.house.TemplateTest.PARAMETERS;
import static dev.lamella.house.TemplateTest.RESOURCES;
import static dev.lamella.house.TemplateTest.collectStatements;
import static dev.lamella.house.TemplateTest.list;
import static dev.lamella.house.TemplateTest.map;
import static dev.lamella.house.TemplateTest.properties;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.AuditAction;
import dev.lamella.core.identity.SigningKeys;
import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What template.yaml promises of signing in: who reaches what, and what a new value changes. */
class TemplateSignInTest {
  private static final String METADATA = "MetadataFunction";
  private static final String COORDINATOR = "UploadCoordinatorFunction";
  private static final String IDENTITY = "IdentityFunction";
  private static final String AUDITOR = "AuditorFunction";
  private static final Set<String> READS = Set.of("get", "head");
  private static final Set<String> ALL =
      Set.of("get", "head", "delete", "options", "patch", "post", "put");

  /** Of identity, with the methods by which each is asked for. */
  private static final Map<String, Set<String>> OF_IDENTITY =
      Map.of(
          "/token", Set.of("get", "head", "post"),
          "/v1/account", ALL,
          "/v1/accounts", ALL,
          "/v1/accounts/{proxy+}", ALL,
          "/v1/keys", ALL);

  static List<FunctionDefinition> functions() {
    return TemplateTest.functions();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HttpApi", "RestApi"})
  void route_ofEachMethod_goesToTheFunctionThatAnswersIt(String api) {
    Map<String, Map<String, String>> expected = new TreeMap<>();
    for (String path : List.of("/", "/{proxy+}")) {
      for (String method : ALL) {
        put(expected, path, method, READS.contains(method) ? METADATA : COORDINATOR);
      }
    }
    OF_IDENTITY.forEach(
        (path, methods) -> methods.forEach(method -> put(expected, path, method, IDENTITY)));
    READS.forEach(method -> put(expected, "/v1/audit", method, AUDITOR));
    assertThat(routes(api)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {METADATA, COORDINATOR, IDENTITY, AUDITOR})
  void functionBehindTheApi_mayBeInvokedByIt(String function) {
    Map<?, ?> permission =
        map(RESOURCES, function.replaceFirst("Function$", "Permission"), "Properties");
    assertThat(permission.get("Principal")).isEqualTo("apigateway.amazonaws.com");
    assertThat(permission.get("FunctionName")).isEqualTo(Map.of("Ref", function + ".Alias"));
    assertThat(permission.get("SourceArn")).isNotNull();
  }

  /** Only identity reads secrets and writes accounts; who checks tokens reads what to trust. */
  @ParameterizedTest
  @MethodSource("functions")
  void function_reachesOfAccountsAndSecrets_whatItsWorkNeeds(FunctionDefinition function) {
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Map<?, ?> statement : statements(function)) {
      if (names(statement, "AccessTable", "AdministratorSecret", "SigningKeySecret")) {
        statements.add(statement);
      }
    }
    Object table = Map.of("Fn::GetAtt", List.of("AccessTable", "Arn"));
    Object administrator = Map.of("Ref", "AdministratorSecret");
    Object key = Map.of("Ref", "SigningKeySecret");
    switch (function.logicalId()) {
      case IDENTITY -> {
        assertThat(statements).isEqualTo(statements(function));
        Map<Object, Set<String>> allowed = new java.util.HashMap<>();
        for (Map<?, ?> statement : statements) {
          assertThat(statement.containsKey("Condition")).isFalse();
          for (Object resource : list(statement.get("Resource"))) {
            list(statement.get("Action"))
                .forEach(
                    action ->
                        allowed
                            .computeIfAbsent(resource, _ -> new TreeSet<>())
                            .add(String.valueOf(action)));
          }
        }
        assertThat(allowed)
            .isEqualTo(
                Map.of(
                    table,
                    Set.of(
                        "dynamodb:DeleteItem",
                        "dynamodb:GetItem",
                        "dynamodb:PutItem",
                        "dynamodb:Query",
                        "dynamodb:UpdateItem"),
                    administrator,
                    Set.of("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
                    key,
                    Set.of(
                        "secretsmanager:DescribeSecret",
                        "secretsmanager:GetSecretValue",
                        "secretsmanager:PutSecretValue")));
      }
      case METADATA, COORDINATOR, AUDITOR -> {
        assertThat(statements).hasSize(1);
        assertThat(statements.getFirst().get("Action")).isEqualTo("dynamodb:Query");
        assertThat(statements.getFirst().get("Resource")).isEqualTo(table);
        assertThat(statements.getFirst().get("Condition"))
            .isEqualTo(
                Map.of(
                    "ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of("TRUST"))));
      }
      default -> assertThat(statements).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_isToldOfSignIn_whatItsWorkNeeds(FunctionDefinition function) {
    Set<String> expected =
        switch (function.logicalId()) {
          case IDENTITY ->
              Set.of(
                  "SIGN_IN",
                  "ACCESS_TABLE",
                  "SERVICE",
                  "ADMINISTRATOR_SECRET",
                  "SIGNING_KEY_SECRET");
          case METADATA, COORDINATOR, AUDITOR -> Set.of("SIGN_IN", "ACCESS_TABLE", "SERVICE");
          default -> Set.of();
        };
    Set<String> told = new TreeSet<>(function.environment().keySet());
    told.retainAll(
        Set.of("SIGN_IN", "ACCESS_TABLE", "SERVICE", "ADMINISTRATOR_SECRET", "SIGNING_KEY_SECRET"));
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void signIn_isOnUnlessAParameterSaysOtherwiseAloud() {
    Map<?, ?> parameter = map(PARAMETERS, "SignIn");
    assertThat(parameter.get("Default")).isEqualTo("on");
    assertThat(parameter.get("AllowedValues")).isEqualTo(List.of("on", "off"));
    assertThat(String.valueOf(parameter.get("Description")))
        .contains("whoever reaches the API may push, pull, delete and read everything");
  }

  /** A stack that has a parameter keeps its value where a deployment says none. */
  @Test
  void samconfig_hasSignInOn_inEachSetThatNamesParameters() throws IOException {
    String sets = Files.readString(Repository.here().root().resolve("samconfig.toml"));
    Map<String, String> signIn = new TreeMap<>();
    Pattern.compile("(?s)\\n\\[([a-z]+)\\.deploy\\.parameters](.*?)(?=\\n\\[|$)")
        .matcher(sets)
        .results()
        .forEach(
            set ->
                Pattern.compile("\\bSignIn=(\\w+)")
                    .matcher(set.group(2))
                    .results()
                    .forEach(value -> signIn.put(set.group(1), value.group(1))));
    assertThat(signIn).isEqualTo(Map.of("local", "on", "production", "on"));
  }

  /** 256 bits at least: of letters and digits, a character has almost six. */
  @Test
  void administratorSecret_isMadeAtRandom_andTheSigningKeyByIdentity() {
    Map<?, ?> made = map(RESOURCES, "AdministratorSecret", "Properties", "GenerateSecretString");
    assertThat(made).isEqualTo(Map.of("PasswordLength", 43, "ExcludePunctuation", true));
    assertThat(TemplateTest.keys(map(RESOURCES, "SigningKeySecret", "Properties")))
        .containsExactly("Description", "KmsKeyId");
  }

  /** An alarm of what no function writes never rings. */
  @Test
  void signingKeyReplacedAlarm_isOfWhatIdentityLogs() {
    Map<?, ?> filter = map(RESOURCES, "SigningKeyReplacedMetric", "Properties");
    assertThat(filter.get("LogGroupName")).isEqualTo(Map.of("Ref", "IdentityLogs"));
    assertThat(filter.get("FilterPattern")).isEqualTo('"' + SigningKeys.REPLACED + '"');
    Map<?, ?> metric = (Map<?, ?>) list(filter.get("MetricTransformations")).getFirst();
    Map<?, ?> alarm = map(RESOURCES, "SigningKeyReplacedAlarm", "Properties");
    assertThat(alarm.get("Namespace")).isEqualTo(metric.get("MetricNamespace"));
    assertThat(alarm.get("MetricName")).isEqualTo(metric.get("MetricName"));
  }

  /** The trail tells of everybody: who can read logs can do nothing else, and nobody else can. */
  @ParameterizedTest
  @MethodSource("functions")
  void function_readsLogs_whereItIsTheAuditor(FunctionDefinition function) {
    List<Map<?, ?>> ofLogs =
        statements(function).stream()
            .filter(statement -> String.valueOf(statement.get("Action")).contains("logs:"))
            .toList();
    if (!function.logicalId().equals(AUDITOR)) {
      assertThat(ofLogs).isEmpty();
      return;
    }
    assertThat(statements(function)).hasSize(2);
    assertThat(ofLogs).hasSize(1);
    assertThat(ofLogs.getFirst().get("Action")).isEqualTo("logs:FilterLogEvents");
    List<String> groups =
        functions().stream()
            .filter(writer -> properties(writer).toString().contains("SIGN_IN"))
            .map(writer -> writer.logicalId().replaceFirst("Function$", "Logs"))
            .toList();
    assertThat(list(ofLogs.getFirst().get("Resource")))
        .isEqualTo(
            groups.stream().map(group -> Map.of("Fn::GetAtt", List.of(group, "Arn"))).toList());
    assertThat(function.environment().get("AUDIT_LOGS")).isEqualTo(String.join(",", groups));
  }

  /** An alarm of lines that no function writes never rings. */
  @Test
  void failedSignInsAlarm_isOfTheLinesThatIdentityWrites() throws IOException {
    Map<?, ?> filter = map(RESOURCES, "FailedSignInsMetric", "Properties");
    assertThat(filter.get("LogGroupName")).isEqualTo(Map.of("Ref", "IdentityLogs"));
    String pattern =
        "{ $.audit.action = \"%s\" && $.audit.status = 401 }".formatted(AuditAction.SIGN_IN.text());
    assertThat(filter.get("FilterPattern")).isEqualTo(pattern);
    assertThat(Files.readString(Repository.here().root().resolve("docs/audit.md")))
        .contains(pattern);
    Map<?, ?> metric = (Map<?, ?>) list(filter.get("MetricTransformations")).getFirst();
    Map<?, ?> alarm = map(RESOURCES, "FailedSignInsAlarm", "Properties");
    assertThat(alarm.get("Namespace")).isEqualTo(metric.get("MetricNamespace"));
    assertThat(alarm.get("MetricName")).isEqualTo(metric.get("MetricName"));
    assertThat(alarm.toString()).contains("AlarmTopicArn");
  }

  @Test
  void accessTable_isKeptAndRestoredAsTheOther() {
    Map<?, ?> table = map(RESOURCES, "Table", "Properties");
    Map<?, ?> access = map(RESOURCES, "AccessTable", "Properties");
    for (String setting :
        List.of(
            "BillingMode",
            "KeySchema",
            "TimeToLiveSpecification",
            "PointInTimeRecoverySpecification",
            "SSESpecification")) {
      assertThat(access.get(setting)).as(setting).isEqualTo(table.get(setting)).isNotNull();
    }
  }

  private static List<Map<?, ?>> statements(FunctionDefinition function) {
    List<Map<?, ?>> statements = new ArrayList<>();
    collectStatements(list(properties(function).get("Policies")), statements);
    return statements;
  }

  private static boolean names(Map<?, ?> statement, String... resources) {
    String all = String.valueOf(statement.get("Resource"));
    return Stream.of(resources).anyMatch(all::contains);
  }

  private static void put(
      Map<String, Map<String, String>> routes, String path, String method, String function) {
    routes.computeIfAbsent(path, _ -> new TreeMap<>()).put(method, function);
  }

  /** The function of each method of each path. */
  private static Map<String, Map<String, String>> routes(String api) {
    Map<String, Map<String, String>> routes = new TreeMap<>();
    map(RESOURCES, api, "Properties", "DefinitionBody", "paths")
        .forEach(
            (path, operations) ->
                ((Map<?, ?>) operations)
                    .forEach(
                        (method, operation) -> {
                          if (!"parameters".equals(method)) {
                            put(
                                routes,
                                String.valueOf(path),
                                String.valueOf(method),
                                function((Map<?, ?>) operation));
                          }
                        }));
    return routes;
  }

  private static String function(Map<?, ?> operation) {
    Object uri = map(operation, "x-amazon-apigateway-integration", "uri").get("Fn::Sub");
    return Pattern.compile("/functions/\\$\\{([A-Za-z]+)\\.Arn}:live/")
        .matcher(String.valueOf(uri))
        .results()
        .map((MatchResult found) -> found.group(1))
        .findFirst()
        .orElseThrow();
  }
}
