package dev.lamella.coordinator;

import static dev.lamella.core.access.Action.DELETE;
import static dev.lamella.core.access.Action.PUSH;

import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.upload.DeleteManifest;
import dev.lamella.core.upload.PutManifest;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;

/** What the OCI Distribution API writes of manifests and tags. */
final class ManifestRoutes {
  private final PutManifest putManifest;
  private final DeleteManifest deleteManifest;

  ManifestRoutes(PutManifest putManifest, DeleteManifest deleteManifest) {
    this.putManifest = putManifest;
    this.deleteManifest = deleteManifest;
  }

  List<Route> routes() {
    return List.of(
        Route.of("PUT", "/v2/{name+}/manifests/{reference}", new Need.OnRepository(PUSH), this::put)
            .audited(AuditAction.PUSH),
        Route.of(
                "DELETE",
                "/v2/{name+}/manifests/{reference}",
                new Need.OnRepository(DELETE),
                this::delete)
            .audited(AuditAction.DELETE),
        Route.elsewhere("/v2/?"),
        Route.elsewhere("/v2/_catalog/?"),
        Route.elsewhere("/v2/{name+}/tags/list/?"),
        Route.elsewhere("/v2/{name+}/referrers/{digest}"));
  }

  private Answer put(Call call) {
    RepositoryName image = call.repository();
    Manifest manifest =
        putManifest.put(
            call.caller(),
            image,
            Reference.parse(call.variable(1)),
            call.contentType(),
            call.body().bytes());
    String digest = manifest.digest().toString();
    Answer answer =
        Answer.empty(201)
            .with("Location", call.stage() + "/v2/" + image + "/manifests/" + digest)
            .with("Docker-Content-Digest", digest);
    manifest
        .subject()
        .ifPresent(subject -> answer.with("OCI-Subject", subject.digest().toString()));
    return answer;
  }

  private Answer delete(Call call) {
    deleteManifest.delete(call.repository(), Reference.parse(call.variable(1)));
    return Answer.empty(202);
  }
}
