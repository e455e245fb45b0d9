package dev.lamella.local.http;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server answers by itself, in OCI form: what was wrong, and what to do. */
final class Refusals implements Request.Handler {
  /** Jetty's word for a version of HTTP that it could speak on another port. */
  private static final int ANOTHER_VERSION = HttpStatus.UPGRADE_REQUIRED_426;

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Object reason = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    if (status == ANOTHER_VERSION) {
      response.setStatus(HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505);
    }
    response.getHeaders().put("Content-Type", "application/json");
    response.write(
        true,
        StandardCharsets.UTF_8.encode(json(status, reason instanceof String text ? text : null)),
        callback);
    return true;
  }

  /**
   * @param reason in Jetty's words
   */
  static String json(int status, @Nullable String reason) {
    ErrorCode code =
        switch (status) {
          case HttpStatus.PAYLOAD_TOO_LARGE_413, HttpStatus.URI_TOO_LONG_414, 431 ->
              ErrorCode.TOO_LARGE;
          case HttpStatus.SERVICE_UNAVAILABLE_503 -> ErrorCode.UNAVAILABLE;
          default -> status < 500 || status == 505 ? ErrorCode.REQUEST_INVALID : ErrorCode.INTERNAL;
        };
    return new String(
        Json.write(ErrorAnswer.of(code.name(), message(status, reason), Map.of())),
        StandardCharsets.UTF_8);
  }

  private static String message(int status, @Nullable String reason) {
    return switch (status) {
      case HttpStatus.REQUEST_TIMEOUT_408 ->
          "the request comes too slowly: send its head within a minute, and its body without a"
              + " rest";
      case HttpStatus.URI_TOO_LONG_414 ->
          "the target of the request is too long: send 64 KiB at most";
      case HttpStatus.EXPECTATION_FAILED_417 ->
          "the request expects what this server does not do: expect 100-continue, or nothing";
      case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
          "the head of the request is too large: send 64 KiB of header fields at most";
      case ANOTHER_VERSION, HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505 ->
          "this port does not speak that version of HTTP: send HTTP/1.1";
      case HttpStatus.SERVICE_UNAVAILABLE_503 -> "the server is about to end: try again later";
      default ->
          status < 500
              ? "the request cannot be read"
                  + (reason == null ? "" : " (" + reason + ")")
                  + ": send plain HTTP/1.1, as this port speaks it"
              : "the server failed: its log says why, try again or report it";
    };
  }
}
