package dev.lamella.host.store;

import dev.lamella.core.Digest;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.ImageAnswer;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.PartsAnswer;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationRequest;
import dev.lamella.core.report.ReportId;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.outcome.HostFailure;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The store's API, one method for each call. Every call is tried again where that can help, and may
 * be made twice. Immutable and thread-safe.
 *
 * <p>All methods throw {@link StoreRefusal} where the store says no, and {@link HostFailure} with
 * {@code UNREACHABLE} where it does not answer.
 */
public final class StoreClient {
  private final Api api;
  private final Destinations destinations;

  public StoreClient(URI base, Retries retries) {
    this(
        new Api(base, new Wire(retries.stall()), new Retrier(retries), new Meter(), SignIn.NONE),
        Destinations.of(base, System.getenv()));
  }

  private StoreClient(Api api, Destinations destinations) {
    this.api = api;
    this.destinations = destinations;
  }

  /** The same client, whose requests are counted by this meter. */
  public StoreClient meteredBy(Meter other) {
    return new StoreClient(api.meteredBy(other), destinations);
  }

  /** The same client, which asks for somebody else. */
  public StoreClient onBehalfOf(SignIn other) {
    return new StoreClient(api.by(other), destinations);
  }

  /**
   * The same client, which signs in.
   *
   * @param credential where there is none, it asks as anybody
   * @param scopes what it is going to do, as {@link TokenScope} has them
   */
  public StoreClient signedIn(Optional<Credential> credential, List<String> scopes) {
    return onBehalfOf(new Tokens(api.by(SignIn.NONE), credential, scopes, System::nanoTime));
  }

  /** Whether the store asked who calls, and nobody is signed in; false before the first call. */
  public boolean isAnonymous() {
    return api.signIn().isAnonymous();
  }

  public URI base() {
    return api.base();
  }

  public Retrier retrier() {
    return api.retrier();
  }

  /** Bytes to and from the storage servers and staging, by URLs that the store signed. */
  public Bulk bulk() {
    return new Bulk(destinations, api.wire(), api.meter());
  }

  /** What is listed about an image's manifests. */
  public AboutManifests aboutManifests() {
    return new AboutManifests(api);
  }

  /** What is called by who administers accounts. */
  public Accounts accounts() {
    return new Accounts(api);
  }

  /** Who did what. */
  public AuditReads audit() {
    return new AuditReads(api);
  }

  public UploadAnswer request(UploadRequest request) {
    return read("request the upload", post("/v1/uploads", request), UploadAnswer.class);
  }

  /** Begins an upload of a blob whose digest and size are said last. */
  public UploadProgress openUnsized(RepositoryName image) {
    return read(
        "begin an upload",
        post("/v1/uploads/unsized", new UnsizedRequest(image)),
        UploadProgress.class);
  }

  public UploadProgress progress(LayerId upload, int from) {
    Exchange exchange = get("/v1/uploads/" + upload, Map.of("from", Integer.toString(from)));
    return read("ask for the upload's progress", exchange, UploadProgress.class);
  }

  public PartsAnswer announce(LayerId upload, PartsRequest parts) {
    Exchange exchange = post("/v1/uploads/" + upload + "/parts", parts);
    return read("announce parts", exchange, PartsAnswer.class);
  }

  public Completion complete(LayerId upload, CompleteRequest request) {
    String action = "complete the upload of " + request.digest();
    HttpAnswer answer = call(action, post("/v1/uploads/" + upload + "/complete", request));
    return answer.status() == HttpURLConnection.HTTP_ACCEPTED
        ? new Completion.Pending(parse(action, answer, UploadProgress.class))
        : new Completion.Committed(parse(action, answer, StoredLayer.class));
  }

  public void end(LayerId upload) {
    call("end the upload", Exchange.of("DELETE", uri("/v1/uploads/" + upload, Map.of())));
  }

  /** Starts a collection, or goes on with the one that runs. */
  public CollectionRun collect(CollectionRequest request) {
    return read("start a collection", post("/v1/collections", request), CollectionRun.class);
  }

  public CollectionRun collection(String id) {
    return read(
        "ask for the collection", get("/v1/collections/" + id, Map.of()), CollectionRun.class);
  }

  /** Starts a verification, or finds the one of the same scope that runs. */
  public VerificationReport verify(VerificationRequest request) {
    return read(
        "start a verification", post("/v1/verifications", request), VerificationReport.class);
  }

  public VerificationReport verification(ReportId id) {
    return read(
        "ask for the verification",
        get("/v1/verifications/" + id, Map.of()),
        VerificationReport.class);
  }

  public ImageList images(Optional<RepositoryName> last) {
    Map<String, String> query = new LinkedHashMap<>();
    last.ifPresent(name -> query.put("last", name.value()));
    return read("list images", get("/v1/images", query), ImageList.class);
  }

  public ImageAnswer image(RepositoryName image, Reference reference) {
    Exchange exchange = get("/v1/images/" + image, Map.of("reference", reference.toString()));
    return read("inspect " + named(image, reference), exchange, ImageAnswer.class);
  }

  public ShardMap shards(RepositoryName image, Digest layer, int from) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("image", image.value());
    query.put("from", Integer.toString(from));
    return read("map the shards of " + layer, get("/v1/layers/" + layer, query), ShardMap.class);
  }

  /**
   * The manifest as the store has it; whether its bytes match a digest is the caller's to check.
   */
  public ManifestBytes manifest(RepositoryName image, Reference reference) {
    String action = "get the manifest of " + named(image, reference);
    Exchange exchange =
        new Exchange(
            "GET",
            manifestUri(image, reference),
            Map.of("Accept", ManifestBytes.TYPES),
            Optional.empty());
    HttpAnswer answer = call(action, exchange);
    String mediaType =
        answer.header("content-type").map(type -> type.split(";", 2)[0].strip()).orElse("");
    return new ManifestBytes(mediaType, answer.body());
  }

  public void putManifest(RepositoryName image, Reference reference, ManifestBytes manifest) {
    Exchange exchange =
        new Exchange(
            "PUT",
            manifestUri(image, reference),
            Map.of("Content-Type", manifest.mediaType()),
            Optional.of(Body.of(manifest.bytes())));
    call("put the manifest of " + named(image, reference), exchange);
  }

  /** Deletes a tag, or a manifest with the tags that name it. Idempotent. */
  public void delete(RepositoryName image, Reference reference) {
    try {
      call(
          "delete " + named(image, reference),
          Exchange.of("DELETE", manifestUri(image, reference)));
    } catch (StoreRefusal e) {
      // An answer that was lost, and the call made again: it is gone.
      if (!e.is(ErrorCode.MANIFEST_UNKNOWN)) {
        throw e;
      }
    }
  }

  private static String named(RepositoryName image, Reference reference) {
    return image + (reference instanceof Reference.ByDigest ? "@" : ":") + reference;
  }

  private URI manifestUri(RepositoryName image, Reference reference) {
    return uri("/v2/" + image + "/manifests/" + reference, Map.of());
  }

  private Exchange get(String path, Map<String, String> query) {
    return api.get(path, query);
  }

  private Exchange post(String path, Object body) {
    return api.post(path, body);
  }

  private <T> T read(String action, Exchange exchange, Class<T> type) {
    return api.read(action, exchange, type);
  }

  private <T> T parse(String action, HttpAnswer answer, Class<T> type) {
    return api.parse(action, answer, type);
  }

  private URI uri(String path, Map<String, String> query) {
    return api.uri(path, query);
  }

  private HttpAnswer call(String action, Exchange exchange) {
    return api.call(action, exchange);
  }
}
