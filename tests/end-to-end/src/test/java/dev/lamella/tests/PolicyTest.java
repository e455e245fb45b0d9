package dev.lamella.tests;

import static dev.lamella.tests.TableCalls.LEADING_KEYS;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.template.CloudFormationYaml;
import dev.lamella.tests.Policy.Condition;
import dev.lamella.tests.Policy.Statement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies are read as IAM reads them. */
class PolicyTest {
  private static final Path TEMPLATE = StackTest.ROOT.resolve("template.yaml");
  private static final Condition TRUST =
      new Condition("ForAllValues:StringEquals", LEADING_KEYS, List.of("TRUST"));

  @Test
  void statement_allowsItsResourceUnderItsConditionAlone() {
    Condition uploads = new Condition("StringLike", "s3:prefix", List.of("uploads/*"));
    Statement list = new Statement("List", "s3:ListBucket", "Staging", List.of(uploads));
    assertThat(list.allows(listing("uploads/1"))).isTrue();
    assertThat(list.allows(listing(""))).isFalse();
    assertThat(list.allows(new AwsCall("s3:ListBucket", "Staging"))).isFalse();

    Statement query = new Statement("Trust", "dynamodb:Query", "AccessTable", List.of(TRUST));
    assertThat(query.allows(query("AccessTable", "TRUST"))).isTrue();
    assertThat(query.allows(query("AccessTable", "ACCOUNT#ci"))).isFalse();
    assertThat(query.allows(query("AccessTable", "TRUST", "ACCOUNT#ci"))).isFalse();
    assertThat(query.allows(query("AccessTable/index/index", "TRUST"))).isFalse();
  }

  @Test
  void policy_namesWhatIsTooMuchAndWhatIsTooLittle() {
    Policy policy =
        new Policy(
            "F",
            List.of(
                new Statement("Trust", "dynamodb:Query", "AccessTable", List.of(TRUST)),
                new Statement("Read", "s3:GetObject", "Staging/uploads/*", List.of())),
            List.of());
    AwsCall read = new AwsCall("s3:GetObject", "Staging/uploads/1");
    assertThat(policy.unused(List.of(read, query("AccessTable", "TRUST")))).isEmpty();
    assertThat(policy.unused(List.of(read)))
        .containsExactly("F: Trust dynamodb:Query AccessTable", "F: Trust where it is TRUST");
    assertThat(policy.refused(List.of(read))).isEmpty();
    assertThat(policy.refused(List.of(query("AccessTable", "ACCOUNT")))).hasSize(1);
  }

  @Test
  void null_isWhetherACallHasNothingOfAKey() {
    Condition seen = new Condition("Null", "s3:if-match", List.of("false"));
    Statement remove = new Statement("Remove", "s3:DeleteObject", "Staging/*", List.of(seen));
    AwsCall any = new AwsCall("s3:DeleteObject", "Staging/1");
    AwsCall same =
        new AwsCall("s3:DeleteObject", "Staging/1", Map.of("s3:if-match", Set.of("tag")));
    assertThat(remove.allows(any)).isFalse();
    assertThat(remove.allows(same)).isTrue();
  }

  @Test
  void policies_ofTheTemplate_areReadToTheEnd() {
    Policy policy = Policy.of(TEMPLATE, "VerifierFunction");
    assertThat(policy.statements())
        .extracting(Statement::toString)
        .contains(
            "ReadShards s3:GetObject StorageServer3/layers/*",
            "DispatchItself lambda:InvokeFunction VerifierFunction",
            "QueryIndex dynamodb:Query Table/index/index");
  }

  /** Storage servers that are no buckets of the stack are used as those are. */
  @ParameterizedTest
  @MethodSource("functions")
  void statement_ofStorageServersElsewhere_allowsWhatTheStacksOwnDo(String function) {
    Policy policy = Policy.of(TEMPLATE, function);
    Predicate<Statement> isOfTheFirst = of -> of.resource().startsWith("StorageServer0");
    assertThat(actions(policy.elsewhere().stream()))
        .isEqualTo(actions(policy.statements().stream().filter(isOfTheFirst)));
  }

  /** A call without such keys has none that do not fit. */
  @ParameterizedTest
  @MethodSource("functions")
  void statement_ofPartitions_isOfCallsThatNameThem(String function) {
    assertThat(Policy.of(TEMPLATE, function).statements())
        .filteredOn(of -> of.condition().stream().anyMatch(one -> one.key().equals(LEADING_KEYS)))
        .extracting(Statement::action)
        .doesNotContain("dynamodb:Scan");
  }

  static Stream<String> functions() {
    Map<?, ?> resources = (Map<?, ?>) Policy.child(CloudFormationYaml.read(TEMPLATE), "Resources");
    return resources.entrySet().stream()
        .filter(
            each -> "AWS::Serverless::Function".equals(((Map<?, ?>) each.getValue()).get("Type")))
        .map(each -> each.getKey().toString());
  }

  private static Set<String> actions(Stream<Statement> statements) {
    return statements.map(Statement::action).collect(toSet());
  }

  private static AwsCall listing(String prefix) {
    return new AwsCall("s3:ListBucket", "Staging", Map.of("s3:prefix", Set.of(prefix)));
  }

  private static AwsCall query(String resource, String... partitions) {
    return new AwsCall("dynamodb:Query", resource, Map.of(LEADING_KEYS, Set.of(partitions)));
  }
}
