package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What an endpoint answers, until it is encoded for API Gateway. */
public final class Answer {
  private static final String JSON = "application/json";

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

  APIGatewayProxyResponseEvent event() {
    APIGatewayProxyResponseEvent event =
        new APIGatewayProxyResponseEvent().withStatusCode(status).withHeaders(headers);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return event.withBody(text).withIsBase64Encoded(false);
    } catch (CharacterCodingException e) {
      return event.withBody(Base64.getEncoder().encodeToString(body)).withIsBase64Encoded(true);
    }
  }
}
