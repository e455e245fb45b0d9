package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.source.Source;
import dev.lamella.host.source.SourceImage;
import dev.lamella.local.demo.Comparison;
import dev.lamella.local.demo.DemoImage;
import dev.lamella.local.template.FunctionDefinition;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sqs.model.Message;
import tools.jackson.databind.JsonNode;

/** Functions that cannot start, fail, or run out of time. */
class FaultsTest extends CloudTest {
  private static final String SHARD_WRITER = "ShardWriterFunction";

  @TempDir Path directory;

  @org.junit.jupiter.api.Tag("full")
  @ParameterizedTest
  @MethodSource("dev.lamella.localstack.Functions#logicalIds")
  void start_withoutAVariable_endsWithAMessageThatNamesIt(String function) {
    // Identity and auditor have nothing of the store's.
    boolean isOfTheStore = !List.of("IdentityFunction", "AuditorFunction").contains(function);
    String needed = isOfTheStore ? "TABLE" : "SERVICE";
    String version =
        functions()
            .publish(
                function,
                29,
                environment -> {
                  environment.remove(needed);
                  return environment;
                });
    Functions.Outcome outcome = functions().invoke(function, version, "{}".getBytes(UTF_8));
    assertThat(outcome.isError()).as(outcome.payload().toString()).isTrue();
    assertThat(outcome.payload().path("errorMessage").asString())
        .contains("environment variable " + needed + " is not set");
  }

  /** No caller waits for these events, so what comes of them must not be lost. */
  @org.junit.jupiter.api.Tag("full")
  @Test
  void eventThatFailsEachTime_endsInTheDeadLettersOfItsFunction() throws Exception {
    List<FunctionDefinition> functions =
        Functions.template().functions().stream()
            .filter(function -> function.deadLetters().isPresent())
            .toList();
    assertThat(functions).hasSizeGreaterThan(3);
    for (FunctionDefinition function : functions) {
      Path event = ROOT.resolve("events").resolve(function.module() + "-malformed.json");
      functions().invokeAsynchronously(function.logicalId(), Files.readAllBytes(event));
    }
    for (FunctionDefinition function : functions) {
      String queue = function.logicalId().replaceFirst("Function$", "DeadLetters");
      JsonNode letter = deadLetter(stack().physical(queue));
      JsonNode context = letter.path("requestContext");
      assertThat(context.path("functionArn").asString())
          .contains(stack().physical(function.logicalId()));
      assertThat(context.path("condition").asString()).isEqualTo("RetriesExhausted");
      assertThat(context.path("approximateInvokeCount").asInt()).isGreaterThan(1);
      assertThat(letter.path("responsePayload").path("errorType").asString())
          .isEqualTo("dev.lamella.core.Refusal");
    }
  }

  private static JsonNode deadLetter(String queue) {
    List<Message> letters = new ArrayList<>();
    Eventually.await(
        "a letter in " + queue,
        () -> {
          letters.addAll(aws().sqs().receiveMessage(receive -> receive.queueUrl(queue)).messages());
          return !letters.isEmpty();
        });
    return Json.tree(letters.getFirst().body().getBytes(UTF_8));
  }

  @Test
  void push_whoseShardWritersFail_isTakenUpAgain() throws Exception {
    assertTakenUpAgain(
        "fail",
        60,
        environment -> {
          environment.put("TABLE", "no-such-table");
          return environment;
        });
  }

  /** S3 takes their connections and never answers. */
  @org.junit.jupiter.api.Tag("full")
  @Test
  void push_whoseShardWritersRunOutOfTime_isTakenUpAgain() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      assertTakenUpAgain(
          "time-out",
          5,
          environment -> {
            environment.put(
                "AWS_ENDPOINT_URL_S3",
                "http://" + cloud().thisMachine() + ":" + silent.getLocalPort());
            return environment;
          });
    }
  }

  /**
   * While the shard-writers are those with the fault, `complete` finds shards missing. When they
   * are well again, the push that goes on all the while comes to its end.
   */
  private void assertTakenUpAgain(
      String name, int timeout, UnaryOperator<Map<String, String>> fault) throws Exception {
    Path archive = directory.resolve("image.tar");
    DemoImage.writeNoise(archive, directory.resolve("jib"));
    ImageName image = new ImageName(new RepositoryName("faults/" + name), new Tag("1"));
    SourceImage source = Source.open(archive).image(image, Optional.empty());
    Host host = administrator().host(directory.resolve("cache"));
    long unfinished = unfinished();
    String well = functions().live(SHARD_WRITER);
    functions().use(SHARD_WRITER, functions().publish(SHARD_WRITER, timeout, fault));
    FutureTask<Command.Ended> push =
        new FutureTask<>(() -> host.tryPush(archive, image.toString()));
    try {
      Thread.ofVirtual().start(push);
      Eventually.await("an upload without all its shards", () -> unfinished() > unfinished);
    } finally {
      functions().use(SHARD_WRITER, well);
    }
    push.get().orFail();
    host.pull(image.toString(), directory.resolve("pulled"));
    Comparison.check(source, directory.resolve("pulled"));
  }

  /** How often the write side had to answer that shards are still missing. */
  private static long unfinished() {
    return Logs.of(aws(), stack().physical("UploadCoordinatorFunction")).stream()
        .filter(line -> line.message().contains("/complete 202"))
        .count();
  }
}
