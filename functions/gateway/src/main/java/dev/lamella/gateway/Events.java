package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.access.Caller;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Calls and answers as events in payload format 1.0, which both types of API send and take. */
final class Events {
  /** What the edge (template.yaml) adds to every request: it names the stage itself. */
  private static final String EDGE = "X-Lamella-Edge";

  private Events() {}

  /**
   * @throws Refusal {@code REQUEST_INVALID} for what is no such event
   */
  static Call call(APIGatewayProxyRequestEvent event) {
    if (event.getHttpMethod() == null || event.getPath() == null) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID,
          "the event is not a request of API Gateway in payload format 1.0");
    }
    Call call =
        new Call(
            event.getHttpMethod().toUpperCase(Locale.ROOT),
            path(event),
            List.of(),
            stage(event),
            query(event),
            Optional.ofNullable(event.getHeaders()).orElse(Map.of()),
            () -> new byte[0],
            Caller.NOBODY);
    return event.getBody() == null ? call : call.with(body(event, call));
  }

  private static Map<String, List<String>> query(APIGatewayProxyRequestEvent event) {
    Map<String, List<String>> query = new HashMap<>();
    Optional.ofNullable(event.getQueryStringParameters())
        .ifPresent(last -> last.forEach((name, value) -> query.put(name, List.of(value))));
    Optional.ofNullable(event.getMultiValueQueryStringParameters()).ifPresent(query::putAll);
    return query;
  }

  private static Body body(APIGatewayProxyRequestEvent event, Call call) {
    String body = event.getBody();
    if (!Boolean.TRUE.equals(event.getIsBase64Encoded())) {
      return new TextBody(body, call.header("Content-Length"), call.contentType());
    }
    return () -> {
      try {
        return Base64.getDecoder().decode(body);
      } catch (IllegalArgumentException e) {
        throw new Refusal(
            ErrorCode.REQUEST_INVALID, "the event's body is not the base64 it claims to be");
      }
    };
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
    boolean isBehindEdge =
        event.getHeaders() != null
            && event.getHeaders().keySet().stream().anyMatch(EDGE::equalsIgnoreCase);
    return Optional.ofNullable(event.getRequestContext())
        .map(APIGatewayProxyRequestEvent.ProxyRequestContext::getPath)
        .filter(path -> !isBehindEdge && path.endsWith(event.getPath()))
        .map(path -> path.substring(0, path.length() - event.getPath().length()))
        .orElse("");
  }

  static APIGatewayProxyResponseEvent of(Answer answer) {
    byte[] body = answer.body();
    if (body.length > Answer.LARGEST) {
      return of(
          Errors.answer(
              new Refusal(
                  ErrorCode.TOO_LARGE,
                  "the answer has "
                      + body.length
                      + " bytes, over the limit of "
                      + Answer.LARGEST
                      + ": ask for less at a time")));
    }
    APIGatewayProxyResponseEvent event =
        new APIGatewayProxyResponseEvent()
            .withStatusCode(answer.status())
            .withHeaders(answer.headers());
    return text(body)
        .map(text -> event.withBody(text).withIsBase64Encoded(false))
        .orElseGet(
            () ->
                event.withBody(Base64.getEncoder().encodeToString(body)).withIsBase64Encoded(true));
  }

  /**
   * The body as text, where it is one and base64 is not the shorter way to say it in the JSON of an
   * event: a function answers at most 6 MB, and a manifest of 4 MiB must fit.
   */
  private static Optional<String> text(byte[] body) {
    long escaped = 0;
    for (byte b : body) {
      escaped +=
          b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t'
              ? 2
              : b < ' ' && b >= 0 ? 6 : 1;
    }
    if (escaped > Math.ceilDiv(body.length, 3) * 4L) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
