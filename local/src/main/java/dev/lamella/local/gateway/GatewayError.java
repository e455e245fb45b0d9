package dev.lamella.local.gateway;

import dev.lamella.local.template.ApiKind;

/** What a gateway answers by itself, in the words of each kind of API. */
enum GatewayError {
  BAD_REQUEST(400, "Bad Request", 400, "Bad Request"),
  NO_ROUTE(404, "Not Found", 403, "Missing Authentication Token"),
  NO_STAGE(404, "Not Found", 403, "Forbidden"),
  TOO_LARGE(413, "Request Entity Too Large", 413, "Request Too Long"),
  /** Lambda refused the call. */
  NOT_INVOKED(500, "Internal Server Error", 500, "Internal server error"),
  /** The function failed, or its answer is none. */
  FUNCTION_FAILED(502, "Internal Server Error", 502, "Internal server error"),
  TIMED_OUT(503, "Service Unavailable", 504, "Endpoint request timed out");

  private final int httpStatus;
  private final String httpMessage;
  private final int restStatus;
  private final String restMessage;

  GatewayError(int httpStatus, String httpMessage, int restStatus, String restMessage) {
    this.httpStatus = httpStatus;
    this.httpMessage = httpMessage;
    this.restStatus = restStatus;
    this.restMessage = restMessage;
  }

  int status(ApiKind kind) {
    return kind == ApiKind.HTTP ? httpStatus : restStatus;
  }

  String json(ApiKind kind) {
    return "{\"message\":\"" + (kind == ApiKind.HTTP ? httpMessage : restMessage) + "\"}";
  }
}
