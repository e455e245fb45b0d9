package dev.lamella.tests;

import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Requests to every route that there is, one of whose parameters is odd. */
final class OddParameters {
  private static final Pattern ROUTE =
      Pattern.compile("Route\\.of\\(\\s*\"([A-Z]+)\",\\s*\"([^\"]+)\"");

  private static final Pattern VARIABLE = Pattern.compile("\\{[a-z]+\\+?}");

  private static final List<String> VALUES =
      List.of(
          "",
          "a".repeat(256),
          "a".repeat(1_025),
          "0".repeat(2_048),
          "a/".repeat(1_500) + "a",
          "sha256:" + "a".repeat(3_000),
          "//",
          "../../x",
          "é🐳".repeat(600),
          "\u0000\u0001\n\r",
          "a\nb",
          "-1",
          "2147483647",
          "2147483648",
          "9223372036854775807");

  /** What no route, or only one, takes. */
  static final List<String> BODIES =
      List.of(
          "",
          "{",
          "[]",
          "null",
          "7",
          "\"x\"",
          "{}",
          "[".repeat(20_000),
          "{\"a\":".repeat(5_000),
          "\u0000",
          "\\ud83d",
          "{\"image\":\"\\ud83d\",\"layers\":[]}",
          "{\"image\":\"a\",\"layers\":[{\"digest\":\""
              + "sha256:"
              + "ab".repeat(32)
              + "\",\"size\":1e999}]}",
          "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"\\udc00\",\"digest\":\""
              + "sha256:"
              + "ab".repeat(32)
              + "\",\"size\":1},\"layers\":[]}",
          "{\"schemaVersion\":2,\"manifests\":[],\"artifactType\":\"\\ud83d\"}",
          "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"\\ud83d\":\"\"}}",
          "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"\":\"\"}}",
          "{\"schemaVersion\":" + "9".repeat(2_000) + "}",
          ManifestText.index(ManifestText.INDEX),
          "{\"staged\":[-1,2147483647],\"links\":[]}",
          "{\"digest\":\"" + "sha256:" + "ab".repeat(32) + "\",\"size\":-1,\"chain\":[\"\"]}");

  private OddParameters() {}

  /** A line of a route table. */
  record Route(String method, String template) {}

  /** As the function's sources have them, so that no new one is forgotten. */
  static List<Route> routes(String module) throws IOException {
    Path sources = StackTest.ROOT.resolve("functions/" + module + "/src/main/java");
    List<Route> routes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(path -> path.toString().endsWith("Routes.java")).toList()) {
        ROUTE
            .matcher(Files.readString(file))
            .results()
            .forEach(found -> routes.add(new Route(found.group(1), found.group(2))));
      }
    }
    return routes;
  }

  /**
   * Each value in each of a route's variables, in the query's parameters of each group at once, and
   * in its body.
   */
  static List<Map<String, Object>> events(Route route, List<Set<String>> groups) {
    String method = route.method();
    String template = route.template();
    List<Map<String, Object>> events = new ArrayList<>();
    List<String> names = VARIABLE.matcher(template).results().map(MatchResult::group).toList();
    for (String odd : VALUES) {
      for (String name : names) {
        String path = template.replace(name, URLEncoder.encode(odd, StandardCharsets.UTF_8));
        events.add(event(method, filled(path), Map.of(), "{}"));
        events.add(event(method, filled(template.replace(name, odd)), Map.of(), "{}"));
      }
      for (Set<String> group : groups) {
        Map<String, String> query =
            group.stream().collect(Collectors.toMap(parameter -> parameter, _ -> odd));
        events.add(event(method, filled(template), query, "{}"));
      }
      if (method.equals("POST")) {
        events.add(event(method, filled(template), Map.of(), body(odd)));
      }
    }
    return events;
  }

  /** Whatever any of the bodies has a field for. */
  private static String body(String odd) {
    String text = new String(Json.write(odd), StandardCharsets.UTF_8);
    String number = odd.matches("-?[0-9]+") ? odd : "9223372036854775807";
    return """
    {"deep": false, "dryRun": true, "name": %1$s, "image": %1$s, "digest": %1$s, "size": %2$s,
     "chain": [%1$s], "staged": [%2$s], "links": [{"before": %1$s, "after": %1$s}],
     "budget": {"bytes": %2$s, "seconds": %2$s},
     "layers": [{"digest": %1$s, "size": %2$s, "mediaType": %1$s, "resume": %1$s}]}
    """
        .formatted(text, number);
  }

  /** A path with what is right in place of the variables that are left. */
  private static String filled(String path) {
    return path.replace("/?", "")
        .replace("{name+}", "a")
        .replace("{digest}", "sha256:" + "ab".repeat(32))
        .replace("{reference}", "latest")
        .replace("{id}", "0123456789abcdef0123456789abcdef");
  }

  private static Map<String, Object> event(
      String method, String path, Map<String, String> query, String body) {
    return Map.of(
        "httpMethod", method,
        "path", path,
        "headers", Map.of("Content-Type", ManifestText.MANIFEST),
        "queryStringParameters", query,
        "requestContext", Map.of("path", path),
        "isBase64Encoded", false,
        "body", body);
  }
}
