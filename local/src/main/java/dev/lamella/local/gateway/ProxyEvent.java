package dev.lamella.local.gateway;

import dev.lamella.local.template.ApiDefinition;
import dev.lamella.local.template.ApiKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the proxy event of payload format 1.0.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">format</a>
 */
final class ProxyEvent {
  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter REQUEST_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

  private final ApiDefinition api;
  private final String account;
  private final Clock clock = Clock.systemUTC();

  ProxyEvent(ApiDefinition api, String account) {
    this.api = api;
    this.account = account;
  }

  byte[] json(ProxyRequest request, RouteTable.Match match, String requestId) {
    ObjectNode event = JSON.createObjectNode();
    if (api.kind() == ApiKind.HTTP) {
      event.put("version", "1.0");
    }
    event.put("resource", match.route().path());
    event.put("path", request.path());
    event.put("httpMethod", request.method());
    putMaps(event, "headers", "multiValueHeaders", request.headers());
    putMaps(event, "queryStringParameters", "multiValueQueryStringParameters", request.query());
    if (match.variables().isEmpty()) {
      event.putNull("pathParameters");
    } else {
      match.variables().forEach(event.putObject("pathParameters")::put);
    }
    event.putNull("stageVariables");
    putContext(event.putObject("requestContext"), request, match, requestId);
    putBody(event, request);
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void putContext(
      ObjectNode context, ProxyRequest request, RouteTable.Match match, String requestId) {
    ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
    String host = request.headers().getOrDefault("Host", List.of("")).get(0);
    context
        .put("accountId", account)
        .put("apiId", api.logicalId())
        .put("domainName", host)
        .put("domainPrefix", host.split("[.:]", 2)[0])
        .put("extendedRequestId", requestId)
        .put("httpMethod", request.method())
        .put("path", api.prefix() + request.path())
        .put("protocol", "HTTP/1.1")
        .put("requestId", requestId)
        .put("requestTime", REQUEST_TIME.format(now))
        .put("requestTimeEpoch", now.toInstant().toEpochMilli())
        .put("resourceId", request.method() + " " + match.route().path())
        .put("resourcePath", match.route().path())
        .put("stage", api.stage());
    context
        .putObject("identity")
        .put("sourceIp", request.sourceAddress())
        .put("userAgent", request.headers().getOrDefault("User-Agent", List.of("")).get(0));
  }

  /** Single values take the last one, as both kinds of API do. */
  private static void putMaps(
      ObjectNode event, String single, String multiple, Map<String, List<String>> values) {
    if (values.isEmpty()) {
      event.putNull(single);
      event.putNull(multiple);
      return;
    }
    ObjectNode last = event.putObject(single);
    ObjectNode all = event.putObject(multiple);
    values.forEach(
        (name, list) -> {
          last.put(name, list.get(list.size() - 1));
          list.forEach(all.putArray(name)::add);
        });
  }

  private void putBody(ObjectNode event, ProxyRequest request) {
    if (request.body().length == 0) {
      event.putNull("body");
      event.put("isBase64Encoded", false);
      return;
    }
    String type = request.headers().getOrDefault("content-type", List.of("")).get(0);
    boolean binary = isBinary(type) || request.headers().containsKey("content-encoding");
    event.put(
        "body",
        binary
            ? Base64.getEncoder().encodeToString(request.body())
            : new String(request.body(), StandardCharsets.UTF_8));
    event.put("isBase64Encoded", binary);
  }

  /**
   * A REST API passes as bytes what its BinaryMediaTypes name; an HTTP API all but text, JSON, XML
   * and JavaScript by their plain names ({@code application/vnd.….v1+json} is bytes).
   */
  private boolean isBinary(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return switch (api.kind()) {
      case REST -> MediaTypes.matches(api.binaryMediaTypes(), type);
      case HTTP ->
          !type.startsWith("text/")
              && !List.of("application/json", "application/xml", "application/javascript")
                  .contains(type);
    };
  }
}
