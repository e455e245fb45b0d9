package dev.lamella.gateway;

import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an endpoint answers, until it is encoded for what the call came through. */
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

  /** The same with status 401, for who may sign in to be granted it. */
  public static Answer unauthorized(Refusal refusal) {
    Answer answer = Errors.answer(refusal);
    Answer unauthorized = new Answer(401, answer.body);
    unauthorized.headers.putAll(answer.headers);
    return unauthorized;
  }

  public static Answer empty(int status) {
    return new Answer(status, new byte[0]);
  }

  public Answer with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  public int status() {
    return status;
  }

  /** A copy, in order of name. */
  public Map<String, String> headers() {
    return new TreeMap<>(headers);
  }

  /** Not a copy: it may be large. */
  public byte[] body() {
    return body;
  }

  /** Says where the page after this one is; nothing where this is the last. */
  public Answer withNextPage(Optional<String> url) {
    url.ifPresent(next -> with("Link", "<" + next + ">; rel=\"next\""));
    return this;
  }
}
