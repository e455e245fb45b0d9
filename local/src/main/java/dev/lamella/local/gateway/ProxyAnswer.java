package dev.lamella.local.gateway;

import dev.lamella.local.template.ApiDefinition;
import dev.lamella.local.template.ApiKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a function answered, as the gateway passes it on.
 *
 * @param headers with the names that the gateway gives them
 */
@SuppressWarnings("ArrayRecordComponent") // A payload is large, and never compared.
record ProxyAnswer(int status, Map<String, List<String>> headers, byte[] body) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String REMAPPED = "x-amzn-remapped-";

  /** Names that a REST API renames in a function's answer. */
  private static final Set<String> RENAMED_BY_REST =
      caseless(
          "Connection",
          "Content-Length",
          "Content-MD5",
          "Date",
          "Expect",
          "Host",
          "Server",
          "User-Agent",
          "WWW-Authenticate");

  private static final Set<String> RENAMED_BY_HTTP = caseless("Content-Length", "Date");

  /** Headers of the connection: a function's answer cannot set them. */
  private static final Set<String> DROPPED =
      caseless("Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade");

  /**
   * Empty if it is not what a proxy integration may answer.
   *
   * @param accept the request's Accept header: a REST API decodes base64 only for binary types
   */
  static Optional<ProxyAnswer> parse(byte[] json, ApiDefinition api, String accept) {
    try {
      JsonNode answer = JSON.readTree(json);
      int status = answer.path("statusCode").asInt(0);
      if (status < 200 || status > 599) {
        return Optional.empty();
      }
      Map<String, List<String>> headers = headers(answer, api.kind());
      String text = answer.path("body").isNull() ? "" : answer.path("body").asString("");
      boolean decodes =
          answer.path("isBase64Encoded").asBoolean(false) && isBinary(api, headers, accept);
      byte[] body =
          decodes ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
      headers.putIfAbsent(
          "Content-Type",
          List.of(api.kind() == ApiKind.HTTP ? "text/plain; charset=utf-8" : "application/json"));
      return Optional.of(new ProxyAnswer(status, headers, body));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isBinary(
      ApiDefinition api, Map<String, List<String>> headers, String accept) {
    return switch (api.kind()) {
      case HTTP -> true;
      case REST ->
          MediaTypes.matches(api.binaryMediaTypes(), firstType(accept))
              || MediaTypes.matches(
                  api.binaryMediaTypes(),
                  firstType(headers.getOrDefault("Content-Type", List.of("")).get(0)));
    };
  }

  private static String firstType(String header) {
    return header.split("[,;]", 2)[0].strip();
  }

  private static Map<String, List<String>> headers(JsonNode answer, ApiKind kind) {
    Map<String, List<String>> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer
        .path("headers")
        .properties()
        .forEach(header -> given.put(header.getKey(), List.of(value(header.getValue()))));
    answer
        .path("multiValueHeaders")
        .properties()
        .forEach(
            header -> {
              List<String> values = new ArrayList<>();
              header.getValue().forEach(value -> values.add(value(value)));
              given.put(header.getKey(), values);
            });
    Set<String> renamed = kind == ApiKind.REST ? RENAMED_BY_REST : RENAMED_BY_HTTP;
    Map<String, List<String>> passed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    given.forEach(
        (name, values) -> {
          if (renamed.contains(name)) {
            passed.put(REMAPPED + name.toLowerCase(Locale.ROOT), values);
          } else if (!DROPPED.contains(name)) {
            passed.put(name, values);
          }
        });
    return passed;
  }

  private static Set<String> caseless(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    Collections.addAll(set, names);
    return Collections.unmodifiableSet(set);
  }

  private static String value(JsonNode value) {
    String text = value.asString("");
    if (text.chars().anyMatch(c -> c == '\r' || c == '\n')) {
      throw new IllegalArgumentException("a header value with a line break");
    }
    return text;
  }
}
