package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as an endpoint sees it: decoded from payload format 1.0, which both types of API send.
 *
 * @param path without the API's stage, percent-decoded
 * @param variables what the route's pattern found in the path, in order
 * @param stage what stands before the path in a URL of this API, such as {@code /live}; empty for
 *     an HTTP API, and behind the edge
 */
public record Call(
    String method,
    String path,
    List<String> variables,
    String stage,
    APIGatewayProxyRequestEvent event) {

  /** What the edge (template.yaml) adds to every request: it names the stage itself. */
  private static final String EDGE = "X-Lamella-Edge";

  static Call of(APIGatewayProxyRequestEvent event) {
    if (event.getHttpMethod() == null || event.getPath() == null) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the event is not a request of API Gateway in payload format 1.0");
    }
    return new Call(
        event.getHttpMethod().toUpperCase(Locale.ROOT),
        path(event),
        List.of(),
        header(event, EDGE).isPresent() ? "" : stage(event),
        event);
  }

  Call with(List<String> found) {
    return new Call(method, path, found, stage, event);
  }

  public String variable(int number) {
    return variables.get(number);
  }

  public Optional<String> query(String name) {
    return Optional.ofNullable(event.getQueryStringParameters()).map(query -> query.get(name));
  }

  /**
   * A query parameter that counts, or else {@code absent}.
   *
   * @throws Refusal {@code REQUEST_INVALID} for anything but a whole number from 0 to 2,147,483,647
   */
  public int queryNumber(String name, int absent) {
    String text = query(name).orElse(Integer.toString(absent));
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Refused below, as a negative number is.
    }
    throw new Refusal(
        ErrorCode.REQUEST_INVALID,
        "query parameter '" + name + "' is not a whole number from 0 on");
  }

  /**
   * A query parameter that says how much is wanted at most, or else {@code most}, also where it is
   * empty or more than that.
   *
   * @throws Refusal {@code REQUEST_INVALID} for anything but digits
   */
  public int queryLimit(String name, int most) {
    String text = query(name).orElse("");
    if (text.isEmpty() || (text.length() > 9 && text.chars().allMatch(c -> c >= '0' && c <= '9'))) {
      return most;
    }
    return Math.min(most, queryNumber(name));
  }

  /** The same, or else 0. */
  public int queryNumber(String name) {
    return queryNumber(name, 0);
  }

  /** The first header of that name, in whatever case it was sent. */
  public Optional<String> header(String name) {
    return header(event, name);
  }

  private static Optional<String> header(APIGatewayProxyRequestEvent event, String name) {
    Map<String, String> headers = event.getHeaders();
    if (headers == null) {
      return Optional.empty();
    }
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** What {@code Content-Type} says, without its parameters; empty where it is absent. */
  public String contentType() {
    return header("Content-Type").orElse("").split(";", 2)[0].strip();
  }

  /**
   * Where the client finds the page after this one.
   *
   * @param kept query parameters that stay as they are, where they are given
   */
  public String nextPage(String last, String... kept) {
    StringBuilder url = new StringBuilder(stage + path + "?last=" + encoded(last));
    for (String name : kept) {
      query(name)
          .ifPresent(value -> url.append('&').append(name).append('=').append(encoded(value)));
    }
    return url.toString();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /**
   * The body of a manifest, or JSON.
   *
   * @throws Refusal {@code REQUEST_INVALID} if it is not as long as it was sent
   */
  public byte[] body() {
    return body(TextBody::bytes);
  }

  /**
   * The body of a blob or a part of one.
   *
   * @throws Refusal {@code REQUEST_INVALID} if it may not be what was sent
   */
  public byte[] blob() {
    return body(TextBody::blob);
  }

  private byte[] body(Function<TextBody, byte[]> ofText) {
    String body = event.getBody();
    if (body == null) {
      return new byte[0];
    }
    if (!Boolean.TRUE.equals(event.getIsBase64Encoded())) {
      return ofText.apply(new TextBody(body, header("Content-Length"), contentType()));
    }
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "the event's body is not the base64 it claims to be");
    }
  }

  /**
   * An HTTP API names the format's version, and has decoded the path; a REST API does neither. No
   * path of ours has a percent sign, so one that is left was encoded twice: what stands before the
   * function has seen another path than the one meant.
   */
  private static String path(APIGatewayProxyRequestEvent event) {
    String path = event.getVersion() == null ? decoded(event.getPath()) : event.getPath();
    if (path.indexOf('%') >= 0) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the path is percent-encoded more than once, or has a percent sign: encode it once");
    }
    return path;
  }

  private static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refusal(ErrorCode.REQUEST_INVALID, "the path has a broken percent-encoding");
    }
  }

  /** The context's path has the stage in front, the event's has not. */
  private static String stage(APIGatewayProxyRequestEvent event) {
    return Optional.ofNullable(event.getRequestContext())
        .map(APIGatewayProxyRequestEvent.ProxyRequestContext::getPath)
        .filter(path -> path.endsWith(event.getPath()))
        .map(path -> path.substring(0, path.length() - event.getPath().length()))
        .orElse("");
  }
}
