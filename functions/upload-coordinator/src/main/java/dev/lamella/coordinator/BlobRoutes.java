package dev.lamella.coordinator;

import static dev.lamella.core.access.Action.DELETE;
import static dev.lamella.core.access.Action.PUSH;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.upload.EndUpload;
import dev.lamella.core.upload.Finish;
import dev.lamella.core.upload.FinishBlob;
import dev.lamella.core.upload.OpenBlob;
import dev.lamella.core.upload.ReadableLayers;
import dev.lamella.core.upload.Receipt;
import dev.lamella.core.upload.ReceiveChunk;
import dev.lamella.core.upload.UnlinkBlob;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.UploadAnswers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The write side of blobs, by the OCI Distribution Specification: uploads whole and in chunks,
 * mounts, deletes.
 */
final class BlobRoutes {
  /** The specification's form; {@code bytes } before it, as RFC 9110 has it, is taken too. */
  private static final Pattern RANGE = Pattern.compile("(?:bytes[ =])?(\\d{1,18})-(\\d{1,18})");

  private final OpenBlob openBlob;
  private final ReadableLayers readable;
  private final ReceiveChunk receiveChunk;
  private final FinishBlob finishBlob;
  private final EndUpload endUpload;
  private final UnlinkBlob unlinkBlob;

  BlobRoutes(
      OpenBlob openBlob,
      ReadableLayers readable,
      ReceiveChunk receiveChunk,
      FinishBlob finishBlob,
      EndUpload endUpload,
      UnlinkBlob unlinkBlob) {
    this.openBlob = openBlob;
    this.readable = readable;
    this.receiveChunk = receiveChunk;
    this.finishBlob = finishBlob;
    this.endUpload = endUpload;
    this.unlinkBlob = unlinkBlob;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", "/v2/{name+}/blobs/uploads/?", new Need.OnRepository(PUSH), this::open)
            .audited(AuditAction.UPLOAD),
        Route.of(
            "PATCH", "/v2/{name+}/blobs/uploads/{id}", new Need.OnRepository(PUSH), this::chunk),
        Route.of("PUT", "/v2/{name+}/blobs/uploads/{id}", new Need.OnRepository(PUSH), this::finish)
            .audited(AuditAction.UPLOAD),
        Route.of(
            "DELETE", "/v2/{name+}/blobs/uploads/{id}", new Need.OnRepository(PUSH), this::end),
        Route.of(
                "DELETE", "/v2/{name+}/blobs/{digest}", new Need.OnRepository(DELETE), this::unlink)
            .audited(AuditAction.DELETE));
  }

  private Answer open(Call call) {
    RepositoryName image = call.repository();
    Optional<Digest> mount = usable(call.query("mount"), Digest::parse);
    Optional<RepositoryName> from = usable(call.query("from"), RepositoryName::new);
    if (mount.isPresent() && readable.mount(call.caller(), image, mount.get(), from)) {
      return created(call, image, mount.get());
    }
    Optional<Digest> digest = call.query("digest").map(Digest::parse);
    if (digest.isPresent()) {
      return settled(
          call,
          image,
          digest.get(),
          finishBlob.store(call.caller(), image, call.body().blob(), digest.get()));
    }
    // One that no digest can have is refused before any bytes are sent.
    call.query("digest-algorithm").ifPresent(Digest.Algorithm::parse);
    LayerId id = openBlob.open(call.caller(), image);
    Answer answer = UploadAnswers.progress(202, call, image, id, 0);
    return openBlob
        .signWhole(id)
        .map(url -> answer.with("Location", UploadAnswers.location(call, image, id) + to(url)))
        .orElse(answer);
  }

  /**
   * What cannot be mounted is uploaded: the specification has an upload begin then, and no error.
   */
  private static <T> Optional<T> usable(Optional<String> text, Function<String, T> parse) {
    try {
      return text.map(parse);
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  /** What the edge redirects a PUT to that is too large for a function. */
  private static String to(SignedUrl url) {
    return "?to=" + URLEncoder.encode(url.uri().toString(), StandardCharsets.UTF_8);
  }

  private Answer chunk(Call call) {
    RepositoryName image = call.repository();
    LayerId id = new LayerId(call.variable(1));
    return switch (receiveChunk.receive(
        call.caller(), image, id, start(call), call.body().blob())) {
      case Receipt.Accepted(long received) ->
          UploadAnswers.progress(202, call, image, id, received);
      case Receipt.OutOfOrder(long received) -> outOfOrder(call, image, id, received);
    };
  }

  private Answer finish(Call call) {
    Digest digest =
        call.query("digest")
            .map(Digest::parse)
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.DIGEST_INVALID,
                        "query parameter 'digest' is missing: what all bytes together are"));
    RepositoryName image = call.repository();
    LayerId id = new LayerId(call.variable(1));
    return switch (finishBlob.finish(
        call.caller(), image, id, start(call), call.body().blob(), digest)) {
      case Finish.OutOfOrder(long received) -> outOfOrder(call, image, id, received);
      case Finish.Settled settled -> settled(call, image, digest, settled);
    };
  }

  private static Answer settled(
      Call call, RepositoryName image, Digest digest, Finish.Settled settled) {
    return switch (settled) {
      case Finish.Stored() -> created(call, image, digest);
      case Finish.StillWriting() ->
          throw new Refusal(
              ErrorCode.UNAVAILABLE,
              "shards of " + digest + " are still being written: send the same again");
    };
  }

  private Answer end(Call call) {
    endUpload.end(call.repository(), new LayerId(call.variable(1)));
    return Answer.empty(204);
  }

  private Answer unlink(Call call) {
    unlinkBlob.unlink(call.repository(), Digest.parse(call.variable(1)));
    return Answer.empty(202);
  }

  private static Answer created(Call call, RepositoryName image, Digest digest) {
    return Answer.empty(201)
        .with("Location", call.stage() + "/v2/" + image + "/blobs/" + digest)
        .with("Docker-Content-Digest", digest.toString());
  }

  private static Answer outOfOrder(Call call, RepositoryName image, LayerId id, long received) {
    Refusal refusal =
        new Refusal(
            ErrorCode.RANGE_INVALID, "the next chunk of upload " + id + " begins at " + received);
    return UploadAnswers.with(Answer.refusal(refusal), call, image, id, received);
  }

  /** Where the body begins, by the Content-Range that it may have. */
  private static OptionalLong start(Call call) {
    Optional<String> text = call.header("Content-Range");
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher range = RANGE.matcher(text.get());
    if (!range.matches()) {
      throw new Refusal(
          ErrorCode.RANGE_INVALID, "a Content-Range is first-last, such as 0-1023, in bytes");
    }
    long start = Long.parseLong(range.group(1));
    long length = Long.parseLong(range.group(2)) - start + 1;
    int sent = call.body().blob().length;
    if (length != sent) {
      throw new Refusal(
          ErrorCode.RANGE_INVALID,
          "the Content-Range says " + length + " bytes, and " + sent + " were sent");
    }
    return OptionalLong.of(start);
  }
}
