package dev.lamella.coordinator;

import static dev.lamella.core.access.Action.ADMINISTER;
import static dev.lamella.core.access.Action.PUSH;

import dev.lamella.core.LayerId;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationRequest;
import dev.lamella.core.collect.StartCollection;
import dev.lamella.core.report.Report;
import dev.lamella.core.report.Scope;
import dev.lamella.core.upload.AcceptParts;
import dev.lamella.core.upload.CompleteUpload;
import dev.lamella.core.upload.EndUpload;
import dev.lamella.core.upload.OpenUnsized;
import dev.lamella.core.upload.RequestUpload;
import dev.lamella.core.verify.StartVerification;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;

/**
 * Every POST, PUT and DELETE: each method decodes a call, runs a use case and encodes its result.
 */
final class UploadCoordinatorRoutes {
  private final RequestUpload requestUpload;
  private final OpenUnsized openUnsized;
  private final AcceptParts acceptParts;
  private final CompleteUpload completeUpload;
  private final EndUpload endUpload;
  private final StartCollection startCollection;
  private final StartVerification startVerification;

  UploadCoordinatorRoutes(
      RequestUpload requestUpload,
      OpenUnsized openUnsized,
      AcceptParts acceptParts,
      CompleteUpload completeUpload,
      EndUpload endUpload,
      StartCollection startCollection,
      StartVerification startVerification) {
    this.requestUpload = requestUpload;
    this.openUnsized = openUnsized;
    this.acceptParts = acceptParts;
    this.completeUpload = completeUpload;
    this.endUpload = endUpload;
    this.startCollection = startCollection;
    this.startVerification = startVerification;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/uploads/?", new Need.InUseCase(PUSH), this::request)
            .audited(AuditAction.UPLOAD),
        Route.of("POST", "/v1/uploads/unsized", new Need.InUseCase(PUSH), this::unsized),
        Route.of("POST", "/v1/uploads/{id}/parts", new Need.InUseCase(PUSH), this::parts),
        Route.of("POST", "/v1/uploads/{id}/complete", new Need.InUseCase(PUSH), this::complete)
            .audited(AuditAction.UPLOAD),
        Route.of("DELETE", "/v1/uploads/{id}", new Need.InUseCase(PUSH), this::end),
        Route.of("POST", "/v1/collections/?", new Need.OnStore(ADMINISTER), this::collect)
            .audited(AuditAction.COLLECT),
        Route.of("POST", "/v1/verifications/?", new Need.OnStore(ADMINISTER), this::verify)
            .audited(AuditAction.VERIFY));
  }

  private Answer request(Call call) {
    UploadRequest request = Json.read(call.body().bytes(), UploadRequest.class);
    call.notes().image(request.image().value());
    return Answer.json(200, requestUpload.answer(call.caller(), request));
  }

  private Answer unsized(Call call) {
    UnsizedRequest request = Json.read(call.body().bytes(), UnsizedRequest.class);
    call.notes().image(request.image().value());
    return Answer.json(200, openUnsized.open(call.caller(), request));
  }

  private Answer parts(Call call) {
    PartsRequest request = Json.read(call.body().bytes(), PartsRequest.class);
    return Answer.json(
        202, acceptParts.accept(call.caller(), new LayerId(call.variable(0)), request));
  }

  private Answer complete(Call call) {
    CompleteRequest request = Json.read(call.body().bytes(), CompleteRequest.class);
    return switch (completeUpload.complete(call.caller(), new LayerId(call.variable(0)), request)) {
      case Completion.Committed(var layer) -> Answer.json(201, layer);
      case Completion.Pending(var progress) -> Answer.json(202, progress);
    };
  }

  private Answer end(Call call) {
    endUpload.end(call.caller(), new LayerId(call.variable(0)));
    return Answer.empty(204);
  }

  private Answer collect(Call call) {
    return Answer.json(
        202, startCollection.start(Json.read(call.body().bytes(), CollectionRequest.class)));
  }

  private Answer verify(Call call) {
    VerificationRequest request = Json.read(call.body().bytes(), VerificationRequest.class);
    Report job =
        startVerification.start(new Scope(request.deep(), request.name()), request.budget());
    return Answer.json(202, VerificationReport.of(job));
  }
}
