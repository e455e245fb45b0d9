package dev.lamella.metadata;

import static dev.lamella.core.access.Action.PULL;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.AuditAction;
import dev.lamella.core.api.Catalogue;
import dev.lamella.core.api.ReferrerIndex;
import dev.lamella.core.api.TagList;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.Page;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.ListReferrers;
import dev.lamella.core.read.ListTags;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Need;
import dev.lamella.gateway.Route;
import java.util.List;
import java.util.Optional;

/** What the OCI Distribution API reads of manifests: themselves, tags, referrers, the catalogue. */
final class ManifestRoutes {
  private final Images images;
  private final ListTags listTags;
  private final ListReferrers listReferrers;

  ManifestRoutes(Images images, ListTags listTags, ListReferrers listReferrers) {
    this.images = images;
    this.listTags = listTags;
    this.listReferrers = listReferrers;
  }

  /** A name takes all it can, so that {@code a/manifests/b} is one, too. */
  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v2/_catalog/?", new Need.InUseCase(PULL), this::catalogue),
        Route.of(
                "GET",
                "/v2/{name+}/manifests/{reference}",
                new Need.OnRepository(PULL),
                this::manifest)
            .audited(AuditAction.PULL),
        Route.of("GET", "/v2/{name+}/tags/list/?", new Need.OnRepository(PULL), this::tags),
        Route.of(
            "GET", "/v2/{name+}/referrers/{digest}", new Need.OnRepository(PULL), this::referrers));
  }

  private Answer catalogue(Call call) {
    Page<RepositoryName> page =
        images.names(call.caller(), call.query("last"), call.queryLimit("n", Images.MOST_NAMES));
    return Answer.json(200, new Catalogue(page.items()))
        .withNextPage(page.next().map(last -> call.nextPage(last, "n")));
  }

  /** Whatever the client accepts: there is one form of a manifest, and its type says which. */
  private Answer manifest(Call call) {
    Manifest manifest = images.manifest(call.repository(), Reference.parse(call.variable(1)));
    return Answer.bytes(200, manifest.mediaType(), manifest.bytes())
        .with("Docker-Content-Digest", manifest.digest().toString());
  }

  private Answer tags(Call call) {
    RepositoryName image = call.repository();
    Page<Tag> page = listTags.page(image, call.query("last"), call.queryLimit("n", ListTags.MOST));
    return Answer.json(200, new TagList(image, page.items()))
        .withNextPage(page.next().map(last -> call.nextPage(last, "n")));
  }

  private Answer referrers(Call call) {
    Optional<String> artifactType = call.query("artifactType").filter(type -> !type.isEmpty());
    Page<ReferrerIndex.Entry> page =
        listReferrers.page(
            call.repository(), Digest.parse(call.variable(1)), artifactType, call.query("last"));
    Answer answer =
        Answer.json(200, ReferrerIndex.of(page.items()))
            .with("Content-Type", ReferrerIndex.MEDIA_TYPE)
            .withNextPage(page.next().map(last -> call.nextPage(last, "artifactType")));
    return artifactType.isEmpty() ? answer : answer.with("OCI-Filters-Applied", "artifactType");
  }
}
