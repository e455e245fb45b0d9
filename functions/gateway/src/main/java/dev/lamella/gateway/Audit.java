package dev.lamella.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.RequestIdentity;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.Json;
import java.time.Instant;
import java.util.Optional;

/** The one place that says which calls leave a line in the audit trail, and what is in it. */
final class Audit {
  private Audit() {}

  /**
   * The line of a call that was answered, as JSON in UTF-8 without a break; empty where it leaves
   * none.
   *
   * @param status that the caller gets
   */
  static Optional<byte[]> line(
      APIGatewayProxyRequestEvent event,
      Call call,
      Answer answer,
      int status,
      Instant time,
      String requestId) {
    AuditNotes notes = call.notes();
    if (!isKept(call, status)) {
      return Optional.empty();
    }
    AuditEvent kept =
        new AuditEvent(
            time,
            notes.action().text(),
            notes.account(),
            notes.proof(),
            notes.image(),
            notes.reference(),
            Optional.ofNullable(answer.headers().get("Docker-Content-Digest")),
            notes.detail(),
            status,
            bytes(call, answer, status),
            source(event),
            call.header("User-Agent").orElse(""),
            requestId);
    return Optional.of(Json.write(new AuditEvent.Line(kept)));
  }

  private static boolean isKept(Call call, int status) {
    AuditAction action = call.notes().action();
    if (action == AuditAction.SIGN_IN) {
      // Whoever gets a token without a proof has not signed in.
      return status >= 400 || call.notes().proof().isPresent();
    }
    if (status == 401 && call.header("Authorization").isEmpty()) {
      // A question how to sign in, which every client begins with.
      return false;
    }
    if (status == 401 || status == 403) {
      return true;
    }
    return switch (action) {
      case OTHER -> false;
      // What is on its way yet, is 202.
      case UPLOAD -> status == 200 || status == 201;
      // HEAD gives nothing of a manifest, but where a blob is.
      case PULL -> !call.method().equals("HEAD") || status == 307;
      default -> true;
    };
  }

  private static Optional<Long> bytes(Call call, Answer answer, int status) {
    return switch (call.notes().action()) {
      case PUSH -> status == 201 ? Optional.of((long) call.body().bytes().length) : none();
      case PULL -> status == 200 ? Optional.of((long) answer.body().length) : none();
      default -> none();
    };
  }

  private static Optional<Long> none() {
    return Optional.empty();
  }

  /** Never a header: a client can set each. Behind the edge it is the edge's address. */
  private static String source(APIGatewayProxyRequestEvent event) {
    return Optional.ofNullable(event.getRequestContext())
        .map(ProxyRequestContext::getIdentity)
        .map(RequestIdentity::getSourceIp)
        .orElse("");
  }
}
