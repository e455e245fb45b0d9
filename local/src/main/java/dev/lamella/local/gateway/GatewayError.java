package dev.lamella.local.gateway;

import dev.lamella.local.template.ApiDefinition;
import dev.lamella.local.template.ApiKind;
import java.util.Map;

/**
 * What a gateway answers by itself, in the words of each kind of API. A REST API may have its own.
 */
enum GatewayError {
  BAD_REQUEST("DEFAULT_4XX", 400, "Bad Request", 400, "Bad Request"),
  NO_ROUTE("MISSING_AUTHENTICATION_TOKEN", 404, "Not Found", 403, "Missing Authentication Token"),
  /** Outside of every API: none has words of its own for it. */
  NO_STAGE("", 404, "Not Found", 403, "Forbidden"),
  TOO_LARGE("REQUEST_TOO_LARGE", 413, "Request Entity Too Large", 413, "Request Too Long"),
  /** Lambda refused the call. */
  NOT_INVOKED("INTEGRATION_FAILURE", 500, "Internal Server Error", 500, "Internal server error"),
  /** The function failed, or its answer is none. */
  FUNCTION_FAILED("DEFAULT_5XX", 502, "Internal Server Error", 502, "Internal server error"),
  TIMED_OUT("INTEGRATION_TIMEOUT", 503, "Service Unavailable", 504, "Endpoint request timed out");

  private final String type;
  private final int httpStatus;
  private final String httpMessage;
  private final int restStatus;
  private final String restMessage;

  /**
   * @param type of the gateway response of a REST API
   */
  GatewayError(
      String type, int httpStatus, String httpMessage, int restStatus, String restMessage) {
    this.type = type;
    this.httpStatus = httpStatus;
    this.httpMessage = httpMessage;
    this.restStatus = restStatus;
    this.restMessage = restMessage;
  }

  record OwnAnswer(int status, Map<String, String> headers, String json) {}

  OwnAnswer answer(ApiDefinition api) {
    boolean isHttp = api.kind() == ApiKind.HTTP;
    int status = isHttp ? httpStatus : restStatus;
    String message = isHttp ? httpMessage : restMessage;
    OwnAnswer usual = new OwnAnswer(status, Map.of(), "{\"message\":\"" + message + "\"}");
    return api.response(type, status)
        .map(own -> new OwnAnswer(own.status().orElse(status), own.headers(), own.body(message)))
        .orElse(usual);
  }
}
