package dev.lamella.local.gateway;

import dev.lamella.local.template.ApiDefinition.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the route of a request: a path without variables before one with them, those before a
 * greedy one, {@code $default} last; and of one path, the method's own before {@code ANY}.
 */
final class RouteTable {
  private final List<Route> routes;

  RouteTable(List<Route> routes) {
    this.routes =
        routes.stream()
            .sorted(
                Comparator.comparingInt((Route route) -> rank(route.path()))
                    .thenComparingInt(route -> -route.path().length())
                    .thenComparingInt(route -> route.method().equals("ANY") ? 1 : 0))
            .toList();
  }

  /** A route and the values of its path's variables. */
  record Match(Route route, Map<String, String> variables) {}

  /**
   * @param path after the stage, percent-encoded or not: variables get what it has
   */
  Optional<Match> find(String method, String path) {
    for (Route route : routes) {
      if (route.method().equals(method) || route.method().equals("ANY")) {
        Optional<Map<String, String>> variables = variables(route.path(), path);
        if (variables.isPresent()) {
          return Optional.of(new Match(route, variables.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static int rank(String path) {
    if (path.equals("$default")) {
      return 3;
    }
    if (path.endsWith("+}")) {
      return 2;
    }
    return path.contains("{") ? 1 : 0;
  }

  private static Optional<Map<String, String>> variables(String pattern, String path) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (pattern.equals("$default")) {
      return Optional.of(variables);
    }
    List<String> expected = segments(pattern);
    List<String> actual = segments(path);
    for (int i = 0; i < expected.size(); i++) {
      String segment = expected.get(i);
      if (i >= actual.size()) {
        return Optional.empty();
      }
      if (segment.startsWith("{") && segment.endsWith("+}")) {
        variables.put(
            segment.substring(1, segment.length() - 2),
            String.join("/", actual.subList(i, actual.size())));
        return Optional.of(variables);
      }
      if (segment.startsWith("{") && segment.endsWith("}")) {
        variables.put(segment.substring(1, segment.length() - 1), actual.get(i));
      } else if (!segment.equals(actual.get(i))) {
        return Optional.empty();
      }
    }
    return expected.size() == actual.size() ? Optional.of(variables) : Optional.empty();
  }

  /**
   * A slash at the end makes no segment of its own: API Gateway takes {@code /v2/} for {@code /v2}.
   */
  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(List.of(path.split("/")));
    if (!segments.isEmpty() && segments.get(0).isEmpty()) {
      segments.remove(0);
    }
    return segments;
  }
}
