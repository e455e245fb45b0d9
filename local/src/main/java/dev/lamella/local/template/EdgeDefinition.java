package dev.lamella.local.template;

import java.util.Map;

/**
 * The CloudFront distribution that the template puts before its API.
 *
 * @param host of the API, as the distribution asks for it
 * @param path that it puts before every path, or nothing
 * @param headers that it adds to every request
 */
public record EdgeDefinition(String host, String path, Map<String, String> headers) {
  public EdgeDefinition {
    headers = Map.copyOf(headers);
  }
}
