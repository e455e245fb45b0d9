package dev.lamella.local.lambda;

/** Why Lambda does not take a call, with the names and status codes of its API. */
public enum Rejection {
  NOT_FOUND(404, "ResourceNotFoundException"),
  NOT_JSON(400, "InvalidRequestContentException"),
  TOO_LARGE(413, "RequestTooLargeException"),
  THROTTLED(429, "TooManyRequestsException"),
  STOPPING(500, "ServiceException");

  private final int status;
  private final String type;

  Rejection(int status, String type) {
    this.status = status;
    this.type = type;
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }
}
