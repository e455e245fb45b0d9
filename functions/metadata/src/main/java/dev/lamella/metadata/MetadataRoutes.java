package dev.lamella.metadata;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.read.CollectionReports;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.MapShards;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.read.VerificationReports;
import dev.lamella.core.report.ReportId;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Route;
import java.util.List;
import java.util.Map;

/** Every GET and HEAD: each method decodes a call, runs a use case and encodes its result. */
final class MetadataRoutes {
  private final Images images;
  private final MapShards mapShards;
  private final ReportProgress progress;
  private final CollectionReports collections;
  private final VerificationReports verifications;

  MetadataRoutes(
      Images images,
      MapShards mapShards,
      ReportProgress progress,
      CollectionReports collections,
      VerificationReports verifications) {
    this.images = images;
    this.mapShards = mapShards;
    this.progress = progress;
    this.collections = collections;
    this.verifications = verifications;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v2/?", _ -> Answer.json(200, Map.of())),
        Route.of("GET", "/v1/images/?", this::list),
        Route.of("GET", "/v1/images/{name+}", this::describe),
        Route.of("GET", "/v1/layers/{digest}", this::map),
        Route.of("GET", "/v1/uploads/{id}", this::progress),
        Route.of("GET", "/v1/collections/?", _ -> Answer.json(200, collections.list())),
        Route.of(
            "GET",
            "/v1/collections/{id}",
            call -> Answer.json(200, collections.find(call.variable(0)))),
        Route.of("GET", "/v1/verifications/?", this::verifications),
        Route.of(
            "GET",
            "/v1/verifications/{id}",
            call -> Answer.json(200, verifications.find(new ReportId(call.variable(0))))));
  }

  private Answer verifications(Call call) {
    return Answer.json(
        200,
        verifications.list(call.query("last").filter(last -> !last.isEmpty()).map(ReportId::new)));
  }

  private Answer list(Call call) {
    return Answer.json(200, images.list(call.query("last")));
  }

  private Answer describe(Call call) {
    Reference reference = Reference.parse(call.query("reference").orElse("latest"));
    return Answer.json(200, images.describe(new RepositoryName(call.variable(0)), reference));
  }

  private Answer map(Call call) {
    RepositoryName image =
        call.query("image")
            .map(RepositoryName::new)
            .orElseThrow(
                () ->
                    new Refusal(
                        ErrorCode.REQUEST_INVALID,
                        "query parameter 'image' is missing: the image through which the layer is"
                            + " read"));
    Digest digest = Digest.parse(call.variable(0));
    return Answer.json(200, mapShards.page(image, digest, call.queryNumber("from")));
  }

  private Answer progress(Call call) {
    return Answer.json(200, progress.find(new LayerId(call.variable(0)), call.queryNumber("from")));
  }
}
