package dev.lamella.local.template;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The API that the template declares.
 *
 * @param stage {@code $default}, or the first segment of every path
 * @param binaryMediaTypes of a REST API: what it passes as bytes
 * @param responses of a REST API: what it answers by itself, by type
 */
public record ApiDefinition(
    String logicalId,
    ApiKind kind,
    String stage,
    Set<String> binaryMediaTypes,
    List<Route> routes,
    Map<String, GatewayResponse> responses) {

  public static final String DEFAULT_STAGE = "$default";

  public ApiDefinition {
    binaryMediaTypes = Set.copyOf(binaryMediaTypes);
    routes = List.copyOf(routes);
    responses = Map.copyOf(responses);
  }

  /** What comes before the path of a route: nothing, or a slash and the stage. */
  public String prefix() {
    return stage.equals(DEFAULT_STAGE) ? "" : "/" + stage;
  }

  /** What it answers by itself in place of AWS's words, if it has something for that. */
  public Optional<GatewayResponse> response(String type, int status) {
    if (type.isEmpty()) {
      return Optional.empty();
    }
    String general = status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
    return Optional.ofNullable(responses.get(type))
        .or(() -> Optional.ofNullable(responses.get(general)));
  }

  /**
   * @param method upper case, or {@code ANY}
   * @param path with {@code {name}} for a segment, {@code {name+}} for the rest, {@code $default}
   *     for all
   * @param function the function's name
   * @param timeout for which the API waits for the function
   */
  public record Route(String method, String path, String function, Duration timeout) {}
}
