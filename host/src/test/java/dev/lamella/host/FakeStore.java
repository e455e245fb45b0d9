package dev.lamella.host;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Completion;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.ReferrerIndex;
import dev.lamella.core.api.TagList;
import dev.lamella.core.api.UnsizedRequest;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.layer.Copy;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.memory.MemoryOpenUploads;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryShardWriters;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.port.Page;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.StoredObject;
import dev.lamella.core.read.Images;
import dev.lamella.core.read.ListReferrers;
import dev.lamella.core.read.ListTags;
import dev.lamella.core.read.MapShards;
import dev.lamella.core.read.ReportProgress;
import dev.lamella.core.read.ServedLayers;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.upload.AcceptParts;
import dev.lamella.core.upload.Admission;
import dev.lamella.core.upload.CompleteUpload;
import dev.lamella.core.upload.DeleteManifest;
import dev.lamella.core.upload.EndUpload;
import dev.lamella.core.upload.FanOut;
import dev.lamella.core.upload.LateLayers;
import dev.lamella.core.upload.OpenUnsized;
import dev.lamella.core.upload.PutManifest;
import dev.lamella.core.upload.ReadableLayers;
import dev.lamella.core.upload.RequestUpload;
import dev.lamella.core.upload.SettleUpload;
import dev.lamella.core.upload.UploadSettings;
import dev.lamella.core.write.WriteShards;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A store in this JVM: the real use cases over ports in memory, behind HTTP. Its staging and its
 * storage servers are paths of the same server. Tests put {@link Trouble} in the way.
 */
final class FakeStore implements AutoCloseable {
  static final int SHARD = 64 << 10;

  /** What a test does to requests before they are answered. */
  interface Trouble {
    /** Answers the request itself, and says so, or leaves it alone. */
    boolean answers(HttpExchange exchange) throws IOException;
  }

  private static final Pattern UPLOAD = Pattern.compile("/v1/uploads/([^/]+)(/parts|/complete)?");
  private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");
  private static final Pattern REFERRERS = Pattern.compile("/v2/(.+)/referrers/([^/]+)");
  private static final Pattern TAGS = Pattern.compile("/v2/(.+)/tags/list");
  private static final Pattern PART = Pattern.compile("/staging/([^/]+)/(\\d+)");

  /** Few, so that lists have many pages. */
  private static final int REFERRERS_IN_PAGE = 2;

  final MemoryIndex index = MemoryIndex.create();
  final MemoryStaging staging = new MemoryStaging();
  final MemoryShardStore shards = new MemoryShardStore();
  final List<String> requests = new CopyOnWriteArrayList<>();
  final List<Trouble> troubles = new CopyOnWriteArrayList<>();

  /** So many batches are handed over and never come. */
  final AtomicInteger batchesToLose = new AtomicInteger();

  private final Map<String, Copy> signed = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RequestUpload requestUpload;
  private final OpenUnsized openUnsized;
  private final AcceptParts acceptParts;
  private final AtomicInteger handOvers = new AtomicInteger();
  private final CompleteUpload completeUpload;
  private final EndUpload endUpload;
  private final ReportProgress progress;
  private final Images images;
  private final MapShards mapShards;
  private final PutManifest putManifest;
  private final WriteShards writeShards;

  FakeStore() throws IOException {
    this(SHARD);
  }

  FakeStore(int shardSize) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    InstantSource clock = InstantSource.system();
    UploadSettings settings =
        new UploadSettings(shardSize, 4, Duration.ofHours(1), Duration.ofMillis(300));
    Staging signing = new SigningStaging();
    ShardStore signingShards = new SigningShards();
    FanOut fanOut =
        new FanOut(
            index.uploads(),
            (_, shard) -> "s" + shard % 4,
            new MemoryShardWriters(this::dispatch),
            4,
            // What was handed over before is long ago.
            () -> Instant.EPOCH.plus(Duration.ofMinutes(handOvers.incrementAndGet())));
    IntactShards intact = new IntactShards(index.shards(), index.layers());
    progress = new ReportProgress(index.uploads(), intact, signing);
    Admission admission = MemoryOpenUploads.roomForAll(index.uploads(), clock);
    requestUpload =
        new RequestUpload(
            index.layers(),
            index.shards(),
            index.uploads(),
            progress,
            new ReadableLayers(index.layers(), clock),
            admission,
            settings,
            clock);
    openUnsized = new OpenUnsized(index.uploads(), progress, admission, settings, clock);
    acceptParts = new AcceptParts(index.uploads(), staging, intact, fanOut, admission, clock);
    SettleUpload settleUpload =
        new SettleUpload(
            index.layers(),
            index.uploads(),
            signing,
            intact,
            fanOut,
            ChainEngine.best(),
            settings.patience(),
            clock);
    completeUpload = new CompleteUpload(index.uploads(), signing, settleUpload, progress, clock);
    endUpload = new EndUpload(index.uploads(), signing, clock);
    images = new Images(index.images(), index.layers());
    mapShards =
        new MapShards(
            new ServedLayers(index.layers(), (_, _) -> Optional.empty()),
            index.shards(),
            signingShards);
    putManifest = new PutManifest(index.images(), LateLayers.NONE, admission, clock);
    writeShards =
        new WriteShards(
            index.uploads(),
            index.shards(),
            index.layers(),
            signing,
            signingShards,
            (_, shard) -> "s" + shard % 4,
            ChainEngine.best(),
            clock,
            64 << 20);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Answers requests that match with this status, the first {@code times} of each. */
  void fail(String regex, int status, int times) {
    Map<String, Integer> failed = new ConcurrentHashMap<>();
    troubles.add(
        exchange -> {
          String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
          if (!request.matches(regex) || failed.merge(request, 1, Integer::sum) > times) {
            return false;
          }
          send(exchange, status, new byte[0]);
          return true;
        });
  }

  /** Requests so far whose method and path match. */
  long count(String regex) {
    return requests.stream().filter(request -> request.matches(regex)).count();
  }

  private void dispatch(ShardBatch batch) {
    if (batchesToLose.getAndDecrement() > 0) {
      return;
    }
    var _ = threads.submit(() -> writeShards.write(batch));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path);
      for (Trouble trouble : troubles) {
        if (trouble.answers(exchange)) {
          return;
        }
      }
      try {
        route(exchange, path);
      } catch (Refusal e) {
        int status = e.code().name().endsWith("_UNKNOWN") ? 404 : 400;
        answer(exchange, status, ErrorAnswer.of(e.code().name(), e.getMessage(), e.detail()));
      }
    }
  }

  private void route(HttpExchange exchange, String path) throws IOException {
    Matcher upload = UPLOAD.matcher(path);
    Matcher manifest = MANIFEST.matcher(path);
    Matcher referrers = REFERRERS.matcher(path);
    Matcher tags = TAGS.matcher(path);
    Matcher part = PART.matcher(path);
    if (path.equals("/v1/uploads")) {
      answer(
          exchange, 200, requestUpload.answer(Caller.ANYBODY, body(exchange, UploadRequest.class)));
    } else if (path.equals("/v1/uploads/unsized")) {
      answer(exchange, 200, openUnsized.open(Caller.ANYBODY, body(exchange, UnsizedRequest.class)));
    } else if (upload.matches()) {
      upload(exchange, new LayerId(upload.group(1)), Optional.ofNullable(upload.group(2)));
    } else if (manifest.matches()) {
      RepositoryName name = new RepositoryName(manifest.group(1));
      manifest(exchange, name, Reference.parse(manifest.group(2)));
    } else if (referrers.matches()) {
      referrers(exchange, new RepositoryName(referrers.group(1)), Digest.parse(referrers.group(2)));
    } else if (tags.matches()) {
      RepositoryName name = new RepositoryName(tags.group(1));
      Page<Reference.Tag> page =
          new ListTags(index.images())
              .page(
                  name,
                  Optional.of(query(exchange, "last")),
                  Integer.parseInt(query(exchange, "n")));
      answer(exchange, 200, new TagList(name, page.items()));
    } else if (path.equals("/v1/images")) {
      answer(exchange, 200, images.list(Caller.ANYBODY, Optional.of(query(exchange, "last"))));
    } else if (path.startsWith("/v1/images/")) {
      RepositoryName name = new RepositoryName(path.substring("/v1/images/".length()));
      answer(exchange, 200, images.describe(name, Reference.parse(query(exchange, "reference"))));
    } else if (path.startsWith("/v1/layers/")) {
      Digest digest = Digest.parse(path.substring("/v1/layers/".length()));
      RepositoryName name = new RepositoryName(query(exchange, "image"));
      int from = Integer.parseInt(query(exchange, "from"));
      answer(exchange, 200, mapShards.page(name, digest, from));
    } else if (part.matches()) {
      byte[] bytes = exchange.getRequestBody().readAllBytes();
      boolean isPut =
          staging.send(new LayerId(part.group(1)), Integer.parseInt(part.group(2)), bytes);
      send(exchange, isPut ? 200 : 412, new byte[0]);
    } else if (signed.containsKey(path)) {
      try (InputStream in = shards.read(signed.get(path))) {
        send(exchange, 200, in.readAllBytes());
      }
    } else {
      send(exchange, 404, new byte[0]);
    }
  }

  private void upload(HttpExchange exchange, LayerId id, Optional<String> action)
      throws IOException {
    switch (exchange.getRequestMethod() + action.orElse("")) {
      case "POST/parts" ->
          answer(
              exchange,
              202,
              acceptParts.accept(Caller.ANYBODY, id, body(exchange, PartsRequest.class)));
      case "POST/complete" -> {
        switch (completeUpload.complete(
            Caller.ANYBODY, id, body(exchange, CompleteRequest.class))) {
          case Completion.Committed(var layer) -> answer(exchange, 201, layer);
          case Completion.Pending(var now) -> answer(exchange, 202, now);
        }
      }
      case "DELETE" -> {
        endUpload.end(Caller.ANYBODY, id);
        send(exchange, 204, new byte[0]);
      }
      default ->
          answer(
              exchange,
              200,
              progress.find(Caller.ANYBODY, id, Integer.parseInt(query(exchange, "from"))));
    }
  }

  private void manifest(HttpExchange exchange, RepositoryName name, Reference reference)
      throws IOException {
    if (exchange.getRequestMethod().equals("PUT")) {
      String mediaType = exchange.getRequestHeaders().getFirst("Content-Type");
      var _ =
          putManifest.put(
              Caller.ANYBODY, name, reference, mediaType, exchange.getRequestBody().readAllBytes());
      send(exchange, 201, new byte[0]);
      return;
    }
    if (exchange.getRequestMethod().equals("DELETE")) {
      new DeleteManifest(index.images(), InstantSource.system()).delete(name, reference);
      send(exchange, 202, new byte[0]);
      return;
    }
    Manifest manifest = images.manifest(name, reference);
    exchange.getResponseHeaders().set("Content-Type", manifest.mediaType());
    send(exchange, 200, manifest.bytes());
  }

  private void referrers(HttpExchange exchange, RepositoryName name, Digest subject)
      throws IOException {
    List<ReferrerIndex.Entry> all =
        new ListReferrers(index.images())
            .page(name, subject, Optional.empty(), Optional.of(query(exchange, "last")))
            .items();
    List<ReferrerIndex.Entry> page = all.stream().limit(REFERRERS_IN_PAGE).toList();
    if (page.size() < all.size()) {
      exchange
          .getResponseHeaders()
          .set(
              "Link",
              "<%s?last=%s>; rel=\"next\""
                  .formatted(exchange.getRequestURI().getPath(), page.getLast().digest()));
    }
    answer(exchange, 200, ReferrerIndex.of(page));
  }

  private static <T> T body(HttpExchange exchange, Class<T> type) throws IOException {
    return Json.read(exchange.getRequestBody().readAllBytes(), type);
  }

  /** A field of the query, or an empty text. */
  private static String query(HttpExchange exchange, String field) {
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    return Stream.of(query.split("&", -1))
        .filter(part -> part.startsWith(field + "="))
        .map(part -> part.substring(field.length() + 1))
        .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    send(exchange, status, Json.write(body));
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  /** Staging whose URLs lead here. */
  private final class SigningStaging implements Staging {
    @Override
    public SignedUrl signPut(LayerId upload, int index, int length) {
      URI url = url().resolve("/staging/" + upload + "/" + index + "?signature=secret");
      return new SignedUrl(
          url,
          Map.of(
              "content-length",
              Integer.toString(length),
              "if-none-match",
              "*",
              "x-amz-meta-part",
              "" + index));
    }

    @Override
    public SignedUrl signPutWhole(LayerId upload) {
      return staging.signPutWhole(upload);
    }

    @Override
    public void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length) {
      staging.put(upload, part, bytes, offset, length);
    }

    @Override
    public Map<Integer, Long> staged(LayerId upload) {
      return staging.staged(upload);
    }

    @Override
    public Optional<Found> find(LayerId upload, StagedPart part) {
      return staging.find(upload, part);
    }

    @Override
    public Reading read(LayerId upload, StagedPart part, long offset, int length)
        throws IOException {
      return staging.read(upload, part, offset, length);
    }

    @Override
    public void remove(LayerId upload, StagedPart part, String tag) {
      staging.remove(upload, part, tag);
    }

    @Override
    public void remove(LayerId upload) {
      staging.remove(upload);
    }
  }

  /** Storage servers whose URLs lead here. */
  private final class SigningShards implements ShardStore {
    @Override
    public Copy put(Shard shard, Copy copy, byte[] bytes) {
      return shards.put(shard, copy, bytes);
    }

    @Override
    public SignedUrl sign(Copy copy, SignedUrl.Access access) {
      String path = "/servers/" + copy.server() + "/" + copy.key();
      signed.put(path, copy);
      return new SignedUrl(url().resolve(path + "?signature=secret"), Map.of());
    }

    @Override
    public InputStream read(Copy copy) throws IOException {
      return shards.read(copy);
    }

    @Override
    public Optional<ObjectFacts> kept(Copy copy) {
      return shards.kept(copy);
    }

    @Override
    public boolean reaches(String server) {
      return shards.reaches(server);
    }

    @Override
    public List<String> servers() {
      return shards.servers();
    }

    @Override
    public Page<StoredObject> list(String server, Optional<String> cursor, int limit) {
      return shards.list(server, cursor, limit);
    }

    @Override
    public void remove(String server, List<String> keys) {
      shards.remove(server, keys);
    }

    @Override
    public void remove(LayerId layer) {
      shards.remove(layer);
    }
  }
}
