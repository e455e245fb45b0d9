package dev.lamella.metadata;

import static dev.lamella.core.access.Action.PULL;
import static dev.lamella.core.access.Action.PUSH;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.port.SignedUrl.Access;
import dev.lamella.core.read.LocateBlob;
import dev.lamella.core.read.ReportReceived;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.UploadAnswers;
import java.util.List;

/** The read side of blobs, by the OCI Distribution Specification. */
final class BlobRoutes {
  private final LocateBlob locateBlob;
  private final LocateBlob forAnonymous;
  private final ReportReceived reportReceived;

  /**
   * @param forAnonymous what anonymous callers get it from: it has nothing begun
   */
  BlobRoutes(LocateBlob locateBlob, LocateBlob forAnonymous, ReportReceived reportReceived) {
    this.locateBlob = locateBlob;
    this.forAnonymous = forAnonymous;
    this.reportReceived = reportReceived;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
            "GET", "/v2/{name+}/blobs/uploads/{id}", new Need.OnRepository(PUSH), this::progress),
        Route.of("GET", "/v2/{name+}/blobs/{digest}", new Need.OnRepository(PULL), this::blob)
            .audited(AuditAction.PULL));
  }

  private Answer progress(Call call) {
    RepositoryName image = call.repository();
    LayerId id = new LayerId(call.variable(1));
    return UploadAnswers.progress(204, call, image, id, reportReceived.of(image, id));
  }

  /**
   * A redirect, so that no byte of a layer passes through a function. Also of HEAD: a gateway would
   * take the length of our empty answer for that of the layer.
   */
  private Answer blob(Call call) {
    Digest digest = Digest.parse(call.variable(1));
    Access access = call.method().equals("HEAD") ? Access.HEAD : Access.GET;
    LocateBlob blobs = call.caller().isAnonymous() ? forAnonymous : locateBlob;
    return Answer.empty(307)
        .with("Location", blobs.locate(call.repository(), digest, access).uri().toString())
        .with("Docker-Content-Digest", digest.toString());
  }
}
