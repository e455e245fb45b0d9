package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.TokenScope;
import dev.lamella.local.demo.DemoImage;
import dev.lamella.local.template.CloudFormationYaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second stack beside the first, and what is left of it. */
@Tag("full")
class SecondStackTest extends CloudTest {
  private static final String NAME = "lamella-second";

  @Test
  void secondStack_holdsItsOwnImagesAndLeavesNothingButThemWhenDeleted(@TempDir Path directory)
      throws Exception {
    Stack second = Stack.deploy(cloud(), tools(), NAME);
    Path archive = directory.resolve("image.tar");
    DemoImage.writeNoise(archive, directory.resolve("jib"));
    Host host = second.administrator().host(directory.resolve("cache"));
    host.push(archive, "second/image:1");
    host.pull("second/image:1", directory.resolve("pulled"));
    Command.Ended elsewhere =
        administrator()
            .host(directory.resolve("cache"))
            .tryPull("second/image:1", directory.resolve("other"));
    assertThat(elsewhere.status()).isNotZero();
    assertThat(elsewhere.errors()).contains("second/image");
    // Neither the one's secret nor its token is good for the other.
    Account stranger = new Account(second.api(), "administrator", administrator().secret());
    assertThat(stranger.tryToken(TokenScope.STORE).statusCode()).isEqualTo(401);
    String token = administrator().token(TokenScope.STORE);
    assertThat(Api.of(stack().api(), token).get("/v1/images").statusCode()).isEqualTo(200);
    assertThat(Api.of(second.api(), token).get("/v1/images").statusCode()).isEqualTo(401);

    TreeSet<String> before = new TreeSet<>(resources());
    second.delete();
    TreeSet<String> kept = new TreeSet<>();
    for (String logicalId : retained()) {
      kept.add(second.physical(logicalId));
    }
    assertThat(before).containsAll(kept).hasSizeGreaterThan(2 * kept.size());
    // LocalStack's engine knows no DeletionPolicy and deletes that too; house.TemplateTest sees
    // that
    // the template keeps all that holds images.
    assertThat(kept).containsAll(resources());
  }

  /** What the template keeps when a stack is deleted, so that no image is lost by it. */
  private static List<String> retained() {
    List<String> retained = new ArrayList<>();
    Map<?, ?> template = CloudFormationYaml.read(ROOT.resolve("template.yaml"));
    ((Map<?, ?>) requireNonNull(template.get("Resources")))
        .forEach(
            (id, resource) -> {
              if (((Map<?, ?>) resource).containsKey("DeletionPolicy")) {
                retained.add(id.toString());
              }
            });
    return retained;
  }

  /** Of everything that a stack can have, the names of what belongs to the second stack. */
  private static Set<String> resources() {
    TreeSet<String> names = new TreeSet<>();
    aws().s3().listBuckets().buckets().forEach(bucket -> names.add(bucket.name()));
    names.addAll(aws().dynamoDb().listTables().tableNames());
    aws().lambda().listFunctionsPaginator().functions().forEach(f -> names.add(f.functionName()));
    aws().sqs().listQueues().queueUrls().forEach(url -> names.add(url.replaceFirst(".*/", "")));
    aws().events().listRules(_ -> {}).rules().forEach(rule -> names.add(rule.name()));
    aws()
        .logs()
        .describeLogGroupsPaginator(_ -> {})
        .logGroups()
        .forEach(group -> names.add(group.logGroupName()));
    for (Map.Entry<String, String> list :
        Map.of(
                "iam list-roles", "Roles[].RoleName",
                "cloudwatch describe-alarms", "MetricAlarms[].AlarmName",
                "apigateway get-rest-apis", "items[].name",
                "secretsmanager list-secrets", "SecretList[].Name")
            .entrySet()) {
      names.addAll(List.of(Stack.aws(cloud(), tools(), list.getKey(), list.getValue())));
    }
    names.removeIf(name -> !name.startsWith(NAME));
    return names;
  }
}
