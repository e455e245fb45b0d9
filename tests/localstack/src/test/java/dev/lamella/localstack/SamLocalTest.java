package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;

import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.source.Source;
import dev.lamella.local.demo.Comparison;
import dev.lamella.local.demo.DemoImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Functions as SAM users run them: one at a time in a container, against the stack on LocalStack.
 */
@org.junit.jupiter.api.Tag("full")
class SamLocalTest extends CloudTest {
  private Path template;
  private Path variables;

  @BeforeAll
  void prepare(@TempDir Path directory) throws IOException {
    URI endpoint =
        cloud()
            .fromContainers()
            .orElseThrow(
                () ->
                    Skipped.because(
                        "sam local runs functions in containers, and Docker does not run, or has"
                            + " lost its bridge to another Docker here: start it, again too"
                            + " (https://docs.docker.com/engine/install)"));
    Command.Ended image =
        Command.run(
            Map.of("JAVA_HOME", System.getProperty("java.home")),
            Tools.MODULE.resolve("tools/base-image"),
            HostCloud.runtime());
    if (image.status() != 0) {
      throw Skipped.because(image.errors().strip());
    }
    // SAM passes no variables but those that the template names.
    template = Stack.BUILT.resolve("local.yaml");
    Files.writeString(
        template,
        Files.readString(Stack.BUILT.resolve("template.yaml"))
            .replaceFirst(
                "(?m)^( +)TABLE:",
                "$1AWS_ENDPOINT_URL: unset\n$1AWS_LAMBDA_FUNCTION_NAME: unset\n$0"));
    variables = directory.resolve("variables.json");
    Map<String, Map<String, String>> all = new TreeMap<>();
    for (String function : Functions.logicalIds()) {
      Map<String, String> own = new HashMap<>(functions().environment(function));
      own.put("AWS_ENDPOINT_URL", endpoint.toString());
      // SAM would call it by its logical id, by which it could not invoke itself.
      own.put("AWS_LAMBDA_FUNCTION_NAME", stack().physical(function));
      all.put(function, own);
    }
    Files.write(variables, Json.write(all));
  }

  /** That every event is understood shows {@link EventsTest}: a container takes 20 s. */
  static List<Path> anEventOfEachFunction() throws IOException {
    Map<String, Path> first = new TreeMap<>();
    for (Path event : EventsTest.events()) {
      first.putIfAbsent(Functions.of(event.getFileName().toString()), event);
    }
    return List.copyOf(first.values());
  }

  @ParameterizedTest
  @MethodSource("anEventOfEachFunction")
  void invoke_withAnEvent_isUnderstoodOrRefusedByName(Path event) throws Exception {
    String name = event.getFileName().toString();
    byte[] withToken = EventsTest.withToken(event);
    String output =
        Command.told(
                new String(withToken, StandardCharsets.UTF_8),
                ROOT,
                cloud().environment(),
                samProcess("invoke", Functions.of(name), "-e", "-").command().toArray())
            .orFail();
    JsonNode answer =
        Json.tree(output.strip().lines().toList().getLast().getBytes(StandardCharsets.UTF_8));
    EventsTest.assertUnderstoodOrRefused(name, withToken, answer.has("errorType"), answer);
  }

  @Test
  void startApi_takesAPushAndAPull(@TempDir Path directory) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Process api =
        samProcess("start-api", "--port", port, "--warm-containers", "LAZY")
            .redirectErrorStream(true)
            .redirectOutput(Tools.MODULE.resolve("target/start-api.log").toFile())
            .start();
    try {
      Eventually.await("sam local start-api", () -> !api.isAlive() || isOpen(port));
      Path archive = directory.resolve("image.tar");
      DemoImage.writeNoise(archive, directory.resolve("jib"));
      URI front = URI.create("http://127.0.0.1:" + port);
      Host host = administrator().host(front, directory.resolve("cache"));
      host.push(archive, "sam/image:1");
      host.pull("sam/image:1", directory.resolve("pulled"));
      ImageName image = new ImageName(new RepositoryName("sam/image"), new Tag("1"));
      Comparison.check(
          Source.open(archive).image(image, Optional.empty()), directory.resolve("pulled"));
    } finally {
      // Politely, so that it removes its containers.
      api.destroy();
      api.waitFor();
    }
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private ProcessBuilder samProcess(Object... arguments) {
    ProcessBuilder builder = new ProcessBuilder(tools().sam().toString(), "local");
    for (Object argument : arguments) {
      builder.command().add(argument.toString());
    }
    for (Object argument :
        new Object[] {
          "-t",
          template,
          "--env-vars",
          variables,
          "--skip-pull-image",
          "--parameter-overrides",
          "ApiType=REST",
          "Edge=none",
          "SignIn=on"
        }) {
      builder.command().add(argument.toString());
    }
    builder.environment().putAll(cloud().environment());
    return builder.directory(ROOT.toFile());
  }
}
