package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;

import dev.lamella.core.api.Json;
import dev.lamella.host.Lamella;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A container host: the {@code lamella} command, in a process of its own.
 *
 * @param cache where it notes the uploads that it began
 * @param environment who it is, and what else it knows
 */
record Host(URI store, Path cache, Map<String, String> environment) {
  Host {
    environment = Map.copyOf(environment);
  }

  /** Nobody whom the store knows. */
  Host(URI store, Path cache) {
    this(store, cache, Map.of());
  }

  /**
   * @return the command's report
   * @throws AssertionError with what it said, where it failed
   */
  JsonNode push(Path source, String image) {
    return json(tryPush(source, image));
  }

  Command.Ended tryPush(Path source, String image) {
    return run("push", source, image, "--to", store, "--json");
  }

  /**
   * @return the command's report
   * @throws AssertionError with what it said, where it failed
   */
  JsonNode pull(String image, Path target) {
    return json(tryPull(image, target));
  }

  Command.Ended tryPull(String image, Path target) {
    return run("pull", image, target, "--from", store, "--json");
  }

  /** {@code docker-credential-lamella get}: who this host is by its role at AWS. */
  Command.Ended credential(String registry) {
    return told(registry, "docker-credential", "get");
  }

  Command.Ended run(Object... arguments) {
    return told("", arguments);
  }

  private Command.Ended told(String input, Object... arguments) {
    List<Object> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Lamella.class.getName()));
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment);
    all.put("XDG_CACHE_HOME", cache.toString());
    // Nothing that somebody keeps on this machine.
    all.put("DOCKER_CONFIG", cache.toString());
    return Command.told(input, ROOT, all, command.toArray());
  }

  private static JsonNode json(Command.Ended ended) {
    return Json.tree(ended.orFail().getBytes(StandardCharsets.UTF_8));
  }
}
