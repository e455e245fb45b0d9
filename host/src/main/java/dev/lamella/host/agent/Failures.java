package dev.lamella.host.agent;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.StoreRefusal;
import java.util.HashMap;
import java.util.Map;

/** What went wrong, as clients of the OCI API are told. */
final class Failures {
  private static final String CHALLENGE = "WWW-Authenticate";
  private static final int UNAUTHORIZED = 401;
  private static final int BAD_GATEWAY = 502;
  private static final int UNAVAILABLE = 503;

  private final StoreNames names;

  Failures(StoreNames names) {
    this.names = names;
  }

  /** Answers a request of which nothing was answered yet. */
  void answer(Request request, RuntimeException failure) throws ClientGone {
    switch (failure) {
      case StoreRefusal refusal -> {
        Map<String, String> headers = new HashMap<>();
        refusal
            .challenge()
            .map(value -> names.renamed(CHALLENGE, value, request.origin()))
            .ifPresent(value -> headers.put(CHALLENGE, value));
        answer(
            request,
            status(request, refusal),
            ErrorAnswer.of(code(refusal), said(refusal), refusal.detail()),
            headers);
      }
      case Refusal refusal ->
          answer(
              request,
              status(refusal.code()),
              ErrorAnswer.of(refusal.code().name(), text(refusal), refusal.detail()),
              later(refusal.code()));
      case HostFailure fault -> fault(request, fault);
      default ->
          answer(
              request,
              500,
              ErrorAnswer.of(
                  ErrorCode.INTERNAL.name(), "the agent failed: its log says why", Map.of()),
              Map.of());
    }
  }

  private static void fault(Request request, HostFailure fault) throws ClientGone {
    ErrorCode code =
        switch (fault.exitCode()) {
          case WRONG_CONTENT, DAMAGED -> ErrorCode.LAYER_DAMAGED;
          case BAD_SOURCE -> ErrorCode.BLOB_UPLOAD_INVALID;
          case INTERNAL, IO -> ErrorCode.INTERNAL;
          case OK, USAGE, REFUSED, UNREACHABLE, INCOMPLETE, IN_USE -> ErrorCode.UNAVAILABLE;
        };
    int status =
        switch (code) {
          case BLOB_UPLOAD_INVALID -> 400;
          case UNAVAILABLE -> UNAVAILABLE;
          case INTERNAL -> 500;
          default -> BAD_GATEWAY;
        };
    answer(request, status, ErrorAnswer.of(code.name(), text(fault), Map.of()), later(code));
  }

  /** As the store itself has it: a client that looks pushes a damaged layer again. */
  private static int status(Request request, StoreRefusal refusal) {
    if (refusal.status() < 400) {
      return BAD_GATEWAY; // A redirect, which is not followed.
    }
    return request.isHead() && refusal.is(ErrorCode.LAYER_DAMAGED) ? 404 : refusal.status();
  }

  /** What stands before a store, such as a proxy, answers without one. */
  private static String code(StoreRefusal refusal) {
    if (!refusal.code().isEmpty()) {
      return refusal.code();
    }
    return refusal.status() == UNAUTHORIZED ? "UNAUTHORIZED" : ErrorCode.UNAVAILABLE.name();
  }

  private static Map<String, String> later(ErrorCode code) {
    return switch (code) {
      case UNAVAILABLE, TOOMANYREQUESTS -> Map.of("Retry-After", "5");
      default -> Map.of();
    };
  }

  private static void answer(
      Request request, int status, ErrorAnswer error, Map<String, String> headers)
      throws ClientGone {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", "application/json");
    request.answer(status, all, Json.write(error));
  }

  /** Who is to sign in is told what the store said, and no more. */
  private static String said(StoreRefusal refusal) {
    return refusal.status() == UNAUTHORIZED ? Plain.line(refusal.said()) : text(refusal);
  }

  static String text(RuntimeException failure) {
    return Plain.line(String.valueOf(failure.getMessage()));
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case BLOB_UNKNOWN, BLOB_UPLOAD_UNKNOWN, NAME_UNKNOWN, MANIFEST_UNKNOWN -> 404;
      case DENIED -> 403;
      case UNSUPPORTED -> 405;
      case TOO_LARGE -> 413;
      case RANGE_INVALID -> 416;
      case TOOMANYREQUESTS -> 429;
      case INTERNAL -> 500;
      case UNAVAILABLE -> UNAVAILABLE;
      default -> 400;
    };
  }
}
