package dev.lamella.local.template;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a REST API answers by itself in place of AWS's words, as {@code
 * x-amazon-apigateway-gateway-responses} has it.
 *
 * @param status in place of AWS's, if another
 * @param template of the body
 */
public record GatewayResponse(OptionalInt status, Map<String, String> headers, String template) {
  private static final String MESSAGE = "$context.error.messageString";
  private static final String HEADER = "gatewayresponse.header.";

  public GatewayResponse {
    headers = Map.copyOf(headers);
  }

  /**
   * @param message what AWS says
   */
  public String body(String message) {
    return template.replace(MESSAGE, '"' + message + '"');
  }

  /** All that the definition of an API has, by type. */
  static Map<String, GatewayResponse> in(Map<?, ?> definition) {
    Map<String, GatewayResponse> all = new HashMap<>();
    Tree.map(definition.get("x-amazon-apigateway-gateway-responses"))
        .forEach((type, response) -> all.put(String.valueOf(type), of(Tree.map(response))));
    return all;
  }

  private static GatewayResponse of(Map<?, ?> response) {
    Map<String, String> headers = new LinkedHashMap<>();
    Tree.map(response.get("responseParameters"))
        .forEach(
            (name, value) ->
                headers.put(
                    String.valueOf(name).replace(HEADER, ""),
                    String.valueOf(value).replaceAll("^'|'$", "")));
    String template =
        Tree.text(Tree.map(response.get("responseTemplates")), "application/json")
            .orElse("{\"message\":" + MESSAGE + "}");
    return new GatewayResponse(Tree.number(response, "statusCode"), headers, template);
  }
}
