package dev.lamella.gateway;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.ErrorAnswer;
import java.util.Map;

/**
 * The one place that turns what went wrong into an answer: in OCI form, with a status, and never
 * with a stack trace.
 */
final class Errors {
  private Errors() {}

  static Answer answer(RuntimeException error, String requestId) {
    return switch (error) {
      case Refusal refusal -> answer(refusal);
      case Unavailable unavailable ->
          answer(
              ErrorCode.UNAVAILABLE,
              unavailable.getMessage()
                  + (unavailable.isMissing()
                      ? ": the store's operator has to restore it, or to deploy the store anew"
                      : " at the moment: try again in a few seconds"),
              unavailable.storageServers().isEmpty()
                  ? Map.of("request", requestId)
                  : Map.of("request", requestId, "storageServers", unavailable.storageServers()));
      default ->
          answer(
              ErrorCode.INTERNAL,
              "Lamella failed: its operator finds out why in the logs, by request " + requestId,
              Map.of("request", requestId));
    };
  }

  /** Whether the operator has to know, as against the caller alone. */
  static boolean isFault(RuntimeException error) {
    return !(error instanceof Refusal);
  }

  static Answer answer(Refusal refusal) {
    return answer(refusal.code(), refusal.getMessage(), refusal.detail());
  }

  private static Answer answer(ErrorCode code, String message, Map<String, Object> detail) {
    Answer answer = Answer.json(status(code), ErrorAnswer.of(code.name(), message, detail));
    return switch (code) {
      case UNAVAILABLE, TOOMANYREQUESTS ->
          answer.with("Retry-After", detail.getOrDefault(Refusal.RETRY_AFTER, 2).toString());
      default -> answer;
    };
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case BLOB_UPLOAD_INVALID,
          CHAIN_INVALID,
          DIGEST_INVALID,
          MANIFEST_INVALID,
          NAME_INVALID,
          REQUEST_INVALID,
          SHARD_INVALID,
          SIZE_INVALID,
          TAG_INVALID ->
          400;
      case UNAUTHORIZED -> 401;
      case DENIED -> 403;
      case ACCOUNT_UNKNOWN,
          BLOB_UNKNOWN,
          BLOB_UPLOAD_UNKNOWN,
          COLLECTION_UNKNOWN,
          // The specification's table of endpoints says so; its text only names the code.
          MANIFEST_BLOB_UNKNOWN,
          MANIFEST_UNKNOWN,
          NAME_UNKNOWN,
          ROUTE_UNKNOWN,
          VERIFICATION_UNKNOWN ->
          404;
      case ACCOUNT_CHANGED, ACCOUNT_EXISTS, LAYER_DAMAGED -> 409;
      case UNSUPPORTED -> 405;
      case TOO_LARGE -> 413;
      case RANGE_INVALID -> 416;
      case TOOMANYREQUESTS -> 429;
      case INTERNAL -> 500;
      case UNAVAILABLE -> 503;
    };
  }
}
