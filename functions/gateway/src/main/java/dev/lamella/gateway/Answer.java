package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an endpoint answers, until it is encoded for API Gateway. */
public final class Answer {
  private static final String JSON = "application/json";

  /** So many bytes fit the 6 MB of a function's answer, also in base64. */
  static final int LARGEST = 4_500_000;

  private final int status;
  private final Map<String, String> headers = new TreeMap<>();
  private final byte[] body;

  private Answer(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  public static Answer json(int status, Object value) {
    return bytes(status, JSON, Json.write(value));
  }

  /** These bytes exactly. On HEAD the gateway measures and drops them. */
  public static Answer bytes(int status, String contentType, byte[] body) {
    return new Answer(status, body).with("Content-Type", contentType);
  }

  /** What a refusal looks like, for an endpoint that has to add headers to it. */
  public static Answer refusal(Refusal refusal) {
    return Errors.answer(refusal);
  }

  public static Answer empty(int status) {
    return new Answer(status, new byte[0]);
  }

  public Answer with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  int status() {
    return status;
  }

  /** Says where the page after this one is; nothing where this is the last. */
  public Answer withNextPage(Optional<String> url) {
    url.ifPresent(next -> with("Link", "<" + next + ">; rel=\"next\""));
    return this;
  }

  APIGatewayProxyResponseEvent event() {
    if (body.length > LARGEST) {
      return Errors.answer(
              new Refusal(
                  ErrorCode.TOO_LARGE,
                  "the answer has "
                      + body.length
                      + " bytes, over the limit of "
                      + LARGEST
                      + ": ask for less at a time"))
          .event();
    }
    APIGatewayProxyResponseEvent event =
        new APIGatewayProxyResponseEvent().withStatusCode(status).withHeaders(headers);
    return text()
        .map(text -> event.withBody(text).withIsBase64Encoded(false))
        .orElseGet(
            () ->
                event.withBody(Base64.getEncoder().encodeToString(body)).withIsBase64Encoded(true));
  }

  /**
   * The body as text, where it is one and base64 is not the shorter way to say it in the JSON of an
   * event: a function answers at most 6 MB, and a manifest of 4 MiB must fit.
   */
  private Optional<String> text() {
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
