package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;
import static java.util.stream.Collectors.toMap;

import dev.lamella.core.api.Json;
import dev.lamella.local.template.FunctionDefinition;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The real template, deployed as users do it: {@code sam deploy} with the local set of
 * samconfig.toml.
 *
 * @param outputs by name
 * @param resources the physical id of each by its logical id
 */
record Stack(
    Cloud cloud,
    Tools tools,
    String name,
    Map<String, String> outputs,
    Map<String, String> resources) {

  static final Path BUILT = Tools.MODULE.resolve("target/sam");

  /**
   * {@code sam build}, of what Maven has packed. Were a source newer than that, it would start
   * Maven, in the tree of which these tests run.
   */
  static void build(Tools tools, Cloud cloud) throws IOException {
    for (FunctionDefinition function : Functions.template().functions()) {
      String module = function.module();
      Path packed = ROOT.resolve("functions/%1$s/target/lamella-%1$s.zip".formatted(module));
      Files.setLastModifiedTime(packed, FileTime.from(Instant.now()));
    }
    Command.run(cloud.environment(), tools.sam(), "build", "--config-env", "local", "-b", BUILT)
        .orFail();
  }

  /**
   * @param parameters {@code Name=value}, in place of the local set's; none to keep these
   * @throws AssertionError with what CloudFormation said, where it failed
   */
  static Stack deploy(Cloud cloud, Tools tools, String name, String... parameters) {
    tryDeploy(cloud, tools, name, parameters).orFail();
    JsonNode stack =
        ask(cloud, tools, "describe-stacks", name).path("Stacks").path(0).path("Outputs");
    JsonNode resources =
        ask(cloud, tools, "list-stack-resources", name).path("StackResourceSummaries");
    return new Stack(
        cloud,
        tools,
        name,
        pairs(stack, "OutputKey", "OutputValue"),
        pairs(resources, "LogicalResourceId", "PhysicalResourceId"));
  }

  static Command.Ended tryDeploy(Cloud cloud, Tools tools, String name, String... parameters) {
    List<Object> command =
        new ArrayList<>(
            List.of(
                tools.sam(),
                "deploy",
                "--config-file",
                ROOT.resolve("samconfig.toml"),
                "--config-env",
                "local",
                "--template-file",
                BUILT.resolve("template.yaml"),
                "--stack-name",
                name));
    if (parameters.length > 0) {
      command.add("--parameter-overrides");
      command.addAll(List.of(parameters));
    }
    return Command.run(cloud.environment(), command.toArray());
  }

  /** Deletes it, and returns when it is gone. */
  void delete() {
    delete(cloud, tools, name);
  }

  static void delete(Cloud cloud, Tools tools, String name) {
    Command.run(
            cloud.environment(),
            tools.sam(),
            "delete",
            "--config-env",
            "local",
            "--no-prompts",
            "--stack-name",
            name)
        .orFail();
  }

  /** Where its API is, on LocalStack. */
  URI api() {
    String id = URI.create(outputs.get("Endpoint")).getHost().replaceFirst("[.].*", "");
    return cloud.endpoint().resolve("/_aws/execute-api/" + id + "/live");
  }

  /** Who signs in as the output HowToSignIn says: its first command reads the secret. */
  Account administrator() {
    String command = outputs.getOrDefault("HowToSignIn", "").split(" [|] ", 2)[0];
    List<Object> words = new ArrayList<>(List.of(command.split(" ")));
    if (!words.getFirst().equals("aws")) {
      throw new AssertionError("the output HowToSignIn does not say how: " + outputs);
    }
    words.set(0, tools.aws());
    String secret = Command.run(cloud.environment(), words.toArray()).orFail().strip();
    return new Account(api(), "administrator", secret);
  }

  /**
   * @throws AssertionError where the stack has no such resource
   */
  String physical(String logicalId) {
    String id = resources.get(logicalId);
    if (id == null) {
      throw new AssertionError(name + " has no " + logicalId + ": " + resources.keySet());
    }
    return id;
  }

  /**
   * What AWS's command answers.
   *
   * @param question such as {@code iam list-roles}
   * @param query of the answer, a list of words
   */
  static String[] aws(Cloud cloud, Tools tools, String question, String query) {
    List<Object> command = new ArrayList<>(List.of(tools.aws()));
    command.addAll(List.of(question.split(" ")));
    command.addAll(List.of("--output", "text", "--query", query));
    return Command.run(cloud.environment(), command.toArray()).orFail().strip().split("\\s+");
  }

  private static JsonNode ask(Cloud cloud, Tools tools, String question, String stack) {
    String answer =
        Command.run(
                cloud.environment(),
                tools.aws(),
                "cloudformation",
                question,
                "--output",
                "json",
                "--stack-name",
                stack)
            .orFail();
    return Json.tree(answer.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> pairs(JsonNode list, String key, String value) {
    return Stream.iterate(0, index -> index < list.size(), index -> index + 1)
        .map(list::get)
        .collect(toMap(entry -> entry.path(key).asString(), entry -> entry.path(value).asString()));
  }
}
