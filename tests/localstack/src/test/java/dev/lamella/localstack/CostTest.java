package dev.lamella.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.demo.DemoImage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The requests that docs/aws.md computes the costs of a push and a pull from. They are all that
 * LocalStack is asked: the pom has this test run first, before others leave work that goes on.
 */
@Tag("full")
class CostTest extends CloudTest {
  /** Also those that ended with an error, such as a condition that did not hold: AWS bills them. */
  private static final Pattern REQUEST =
      Pattern.compile(
          "AWS ((?:s3|dynamodb|lambda)\\.\\w+) =>|/_aws/execute-api/\\S+?(/complete|/parts|/token)?"
              + " =>");

  /** Those of the API's requests that ask for the end of an upload. */
  private static final String COMPLETE = "api/complete";

  /** And those that sign in. */
  private static final String TOKEN = "api/token";

  /** And those that announce what is staged. */
  private static final String PARTS = "api/parts";

  @Test
  void requestsOfAPushAndAPull_areThoseOfTheDocs(@TempDir Path directory) throws Exception {
    Path archive = directory.resolve("image.tar");
    DemoImage.writeNoise(archive, directory.resolve("jib"));
    // The first token of a store has its key made.
    var _ = administrator().token();
    Host host = administrator().host(directory.resolve("cache"));
    Map<String, Integer> before = requests();
    JsonNode push = host.push(archive, "cost/image:1");
    Map<String, Integer> pushed = difference(requests(), before);
    before = requests();
    host.pull("cost/image:1", directory.resolve("pulled"));
    Map<String, Integer> pulled = difference(requests(), before);
    int layers = push.path("layers").size();
    int shards = 0;
    for (JsonNode layer : push.path("layers")) {
      shards += layer.path("shards").asInt();
    }
    System.out.println("A push of " + shards + " shards of " + layers + " layers: " + pushed);
    System.out.println("A pull of the same: " + pulled);

    assertThat(pushed).containsEntry("s3.PutObject", 2 * shards);
    assertThat(pushed.get("s3.GetObject")).isBetween(shards, 4 * shards);
    assertThat(pushed.get("lambda.Invoke")).isBetween(Math.ceilDiv(shards, 4), shards);
    assertThat(pushed.get("dynamodb.PutItem")).isBetween(shards, shards + layers);
    assertThat(pushed).containsEntry("dynamodb.TransactWriteItems", layers + 1);
    // Who signs in is given one token, and asked nothing more.
    assertThat(pushed).containsEntry(TOKEN, 1);
    assertThat(pulled).containsEntry(TOKEN, 1);
    // The push table's other lines, with room for how often a host announces and asks.
    assertThat(pushed.get("api")).isBetween(2 * layers + 3, shards + 3 * layers + 5);
    // A slow machine has a host ask again for a layer's end, and each time staging is listed.
    int completes = Objects.requireNonNull(pushed.get(COMPLETE));
    assertThat(completes).isGreaterThanOrEqualTo(layers);
    // An announcement looks for what is staged, and claims what it hands over.
    int announced = Objects.requireNonNull(pushed.get(PARTS));
    assertThat(announced).isBetween(layers, shards);
    assertThat(pushed.get("s3.ListObjectsV2")).isBetween(announced, announced + 2 * completes);
    assertThat(pushed.get("dynamodb.UpdateItem"))
        .isBetween(2 * layers + 1, 3 * layers + announced + 1);
    assertThat(pulled).containsEntry("s3.GetObject", shards).containsEntry("api", layers + 4);
    assertThat(pulled)
        .containsOnlyKeys(
            "api",
            TOKEN,
            "s3.GetObject",
            "dynamodb.BatchGetItem",
            "dynamodb.GetItem",
            "dynamodb.Query");
  }

  /** How many of each kind LocalStack has answered. */
  private static Map<String, Integer> requests() {
    Map<String, Integer> counts = new TreeMap<>();
    REQUEST.matcher(cloud().log()).results().forEach(found -> count(counts, found));
    return counts;
  }

  private static void count(Map<String, Integer> counts, MatchResult found) {
    String request = found.group(1);
    counts.merge(request == null ? "api" : request, 1, Integer::sum);
    if (found.group(2) != null) {
      counts.merge("api" + found.group(2), 1, Integer::sum);
    }
  }

  private static Map<String, Integer> difference(
      Map<String, Integer> after, Map<String, Integer> before) {
    Map<String, Integer> difference = new TreeMap<>(after);
    before.forEach((kind, count) -> difference.merge(kind, -count, Integer::sum));
    difference.values().removeIf(count -> count == 0);
    return difference;
  }
}
