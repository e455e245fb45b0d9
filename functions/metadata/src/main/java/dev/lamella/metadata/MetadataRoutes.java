package dev.lamella.metadata;

import static dev.lamella.core.access.Action.ADMINISTER;
import static dev.lamella.core.access.Action.PULL;
import static dev.lamella.core.access.Action.PUSH;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.read.CollectionReports;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.MapShards;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.read.VerificationReports;
import dev.lamella.core.report.ReportId;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;
import java.util.Map;

/** Every GET and HEAD: each method decodes a call, runs a use case and encodes its result. */
final class MetadataRoutes {
  private final Images images;
  private final MapShards mapShards;
  private final MapShards forAnonymous;
  private final ReportProgress progress;
  private final CollectionReports collections;
  private final VerificationReports verifications;

  /**
   * @param forAnonymous what anonymous callers get shards from: it has nothing begun
   */
  MetadataRoutes(
      Images images,
      MapShards mapShards,
      MapShards forAnonymous,
      ReportProgress progress,
      CollectionReports collections,
      VerificationReports verifications) {
    this.images = images;
    this.mapShards = mapShards;
    this.forAnonymous = forAnonymous;
    this.progress = progress;
    this.collections = collections;
    this.verifications = verifications;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v2/?", new Need.SignIn(), _ -> Answer.json(200, Map.of())),
        Route.of("GET", "/v1/images/?", new Need.InUseCase(PULL), this::list),
        Route.of("GET", "/v1/images/{name+}", new Need.OnRepository(PULL), this::describe),
        Route.of("GET", "/v1/layers/{digest}", new Need.OnImage(PULL), this::map)
            .audited(AuditAction.PULL),
        Route.of("GET", "/v1/uploads/{id}", new Need.InUseCase(PUSH), this::progress),
        Route.of(
            "GET",
            "/v1/collections/?",
            new Need.OnStore(ADMINISTER),
            _ -> Answer.json(200, collections.list())),
        Route.of(
            "GET",
            "/v1/collections/{id}",
            new Need.OnStore(ADMINISTER),
            call -> Answer.json(200, collections.find(call.variable(0)))),
        Route.of("GET", "/v1/verifications/?", new Need.OnStore(ADMINISTER), this::verifications),
        Route.of(
            "GET",
            "/v1/verifications/{id}",
            new Need.OnStore(ADMINISTER),
            call -> Answer.json(200, verifications.find(new ReportId(call.variable(0))))));
  }

  private Answer verifications(Call call) {
    return Answer.json(
        200,
        verifications.list(call.query("last").filter(last -> !last.isEmpty()).map(ReportId::new)));
  }

  private Answer list(Call call) {
    return Answer.json(200, images.list(call.caller(), call.query("last")));
  }

  private Answer describe(Call call) {
    Reference reference = Reference.parse(call.query("reference").orElse("latest"));
    return Answer.json(200, images.describe(call.repository(), reference));
  }

  private Answer map(Call call) {
    Digest digest = Digest.parse(call.variable(0));
    MapShards maps = call.caller().isAnonymous() ? forAnonymous : mapShards;
    return Answer.json(200, maps.page(call.image(), digest, call.queryNumber("from")));
  }

  private Answer progress(Call call) {
    LayerId id = new LayerId(call.variable(0));
    return Answer.json(200, progress.find(call.caller(), id, call.queryNumber("from")));
  }
}
