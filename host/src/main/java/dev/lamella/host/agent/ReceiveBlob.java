package dev.lamella.host.agent;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes blobs from clients in all the ways that the OCI API has: whole with the POST, with the PUT
 * or in one PATCH, or in chunks. What comes is sent on while it comes.
 */
final class ReceiveBlob {
  private static final byte[] NOTHING = new byte[0];

  private final PushSessions sessions;
  private final PassOn passOn;
  private final AgentLog log;

  ReceiveBlob(PushSessions sessions, PassOn passOn, AgentLog log) {
    this.sessions = sessions;
    this.passOn = passOn;
    this.log = log;
  }

  /** {@code POST /v2/NAME/blobs/uploads/}. */
  void open(Request request, RepositoryName image) throws IOException {
    if (request.query("mount").isEmpty()) {
      sessions.requireAllowed(image, request.authorization());
    } else if (passOn.mounts(request)) {
      return;
    }
    Optional<Digest> whole = request.query("digest").map(Digest::parse);
    PushSession session = sessions.open(image, request.authorization());
    if (whole.isEmpty()) {
      answer(request, 202, session, 0);
    } else {
      finish(request, session, whole.get());
    }
  }

  /** Any request to {@code /v2/NAME/blobs/uploads/ID}. */
  void goOn(Request request, RepositoryName image, String id) throws IOException {
    PushSession session = sessions.require(image, id);
    switch (request.method()) {
      case "GET", "HEAD" -> {
        long size = session.take(session::size);
        answer(request, 204, session, size);
      }
      case "PATCH" -> chunk(request, session);
      case "PUT" -> finish(request, session, digest(request));
      case "DELETE" -> end(request, session);
      default -> throw new Refusal(ErrorCode.UNSUPPORTED, "an upload takes no " + request.method());
    }
  }

  private static Digest digest(Request request) {
    return request
        .query("digest")
        .map(Digest::parse)
        .orElseThrow(
            () ->
                new Refusal(
                    ErrorCode.DIGEST_INVALID,
                    "query parameter 'digest' is missing: what all bytes together are"));
  }

  private void chunk(Request request, PushSession session) throws IOException {
    boolean isTaken =
        session.take(
            () -> {
              session.goOnAs(request.authorization(), false);
              boolean takes = takes(request, session);
              if (takes) {
                receive(request, session);
              }
              return takes;
            });
    answer(request, isTaken ? 202 : 416, session, session.size());
  }

  private void finish(Request request, PushSession session, Digest digest) throws IOException {
    Optional<String> line =
        session.take(
            () -> {
              session.goOnAs(request.authorization(), true);
              return takes(request, session)
                  ? Optional.of(finished(request, session, digest))
                  : Optional.empty();
            });
    if (line.isEmpty()) {
      answer(request, 416, session, session.size());
      return;
    }
    log.line(line.get());
    Map<String, String> headers = new HashMap<>();
    headers.put("Location", request.origin() + "/v2/" + session.image() + "/blobs/" + digest);
    headers.put("Docker-Content-Digest", digest.toString());
    request.answer(201, headers, NOTHING);
  }

  private String finished(Request request, PushSession session, Digest digest) throws IOException {
    receive(request, session);
    try {
      return session.finish(digest);
    } finally {
      sessions.close(session);
    }
  }

  private void end(Request request, PushSession session) throws IOException {
    session.take(
        () -> {
          session.goOnAs(request.authorization(), true);
          sessions.close(session);
          return true;
        });
    request.answer(204, Map.of(), NOTHING);
  }

  /** Whether what comes is what is to come next. Else the client is told where to go on. */
  private static boolean takes(Request request, PushSession session) {
    Optional<ByteRange> range = PushSession.range(request);
    if (range.isPresent() && range.get().start() != session.size()) {
      return false;
    }
    if (range.isPresent()
        && request.length().isPresent()
        && request.length().getAsLong() != range.get().length()) {
      throw new Refusal(
          ErrorCode.RANGE_INVALID,
          "Content-Range says %d bytes, and Content-Length %d"
              .formatted(range.get().length(), request.length().getAsLong()));
    }
    return true;
  }

  /** A client that is gone may go on where it was: what came is kept until the upload expires. */
  private void receive(Request request, PushSession session) throws IOException {
    try {
      session.write(request.body());
    } catch (RuntimeException e) {
      sessions.close(session);
      throw e;
    }
  }

  private static void answer(Request request, int status, PushSession session, long size)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put(
        "Location", request.origin() + "/v2/" + session.image() + "/blobs/uploads/" + session.id());
    // Docker refuses an answer without a range. Of nothing there is none, and all registries say
    // this.
    headers.put("Range", "0-" + Math.max(0, size - 1));
    headers.put("Docker-Upload-UUID", session.id());
    request.answer(status, headers, NOTHING);
  }
}
