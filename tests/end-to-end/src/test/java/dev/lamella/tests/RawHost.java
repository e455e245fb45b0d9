package dev.lamella.tests;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.CompleteRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.PartsRequest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.UploadAnswer;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadRequest;
import dev.lamella.core.chain.Chain;
import dev.lamella.core.chain.ChainEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Speaks the API word by word, so that a test can also say what no honest host would. */
final class RawHost {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final URI api;
  private final Optional<String> authorization;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RawHost(URI api) {
    this(api, Optional.empty());
  }

  private RawHost(URI api, Optional<String> authorization) {
    this.api = api;
    this.authorization = authorization;
  }

  /** The same, which says so who it is. */
  RawHost as(String authorization) {
    return new RawHost(api, Optional.of(authorization));
  }

  static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Digest sha256(byte[] bytes) {
    try {
      return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Chain chain(byte[] layer, int shardSize) {
    return Chain.of(ChainEngine.best(), layer, shardSize);
  }

  HttpResponse<byte[]> call(String method, String path, byte[] body) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(path));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return send(request, method, body);
  }

  HttpResponse<byte[]> call(String method, String path, String body) throws IOException {
    return call(method, path, body.getBytes(StandardCharsets.UTF_8));
  }

  HttpResponse<byte[]> putManifest(String image, String reference, String type, byte[] manifest)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at("/v2/" + image + "/manifests/" + reference))
            .header("Content-Type", type);
    return send(request, "PUT", manifest);
  }

  HttpResponse<byte[]> get(URI uri) throws IOException {
    return send(HttpRequest.newBuilder(uri), "GET", new byte[0]);
  }

  /** What no client library would send for you: any bytes, to any URL. */
  HttpResponse<byte[]> put(URI uri, byte[] body) throws IOException {
    return send(request(uri), "PUT", body);
  }

  /** With the header that the URL of a part has signed. */
  private static HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return uri.toString().contains("if-none-match")
        ? request.header("If-None-Match", "*")
        : request;
  }

  HttpResponse<byte[]> put(URI uri, byte[] body, String header, String value) throws IOException {
    return send(request(uri).header(header, value), "PUT", body);
  }

  UploadAnswer ask(String image, Digest digest, long size, Optional<LayerId> resume)
      throws IOException {
    UploadRequest request =
        new UploadRequest(
            new RepositoryName(image),
            List.of(new UploadRequest.Wanted(digest, size, Optional.empty(), resume)));
    return read(call("POST", "/v1/uploads", Json.write(request)), 200, UploadAnswer.class);
  }

  UploadProgress open(String image, Digest digest, long size) throws IOException {
    return ask(image, digest, size, Optional.empty()).missing().getFirst();
  }

  UploadProgress progress(LayerId upload) throws IOException {
    return read(call("GET", "/v1/uploads/" + upload, ""), 200, UploadProgress.class);
  }

  void stage(UploadProgress upload, byte[] layer) throws IOException {
    for (UploadProgress.Part part : upload.parts()) {
      stage(part, slice(layer, part.offset(), part.size()));
    }
  }

  void stage(UploadProgress.Part part, byte[] bytes) throws IOException {
    HttpResponse<byte[]> answer = put(part.url(), bytes);
    if (answer.statusCode() != 200) {
      throw new IOException(
          "part %d of %d bytes was answered %d: %s"
              .formatted(part.index(), bytes.length, answer.statusCode(), text(answer)));
    }
  }

  HttpResponse<byte[]> announce(LayerId upload, Chain chain, Integer... parts) throws IOException {
    List<Integer> staged = Arrays.asList(parts);
    PartsRequest request = new PartsRequest(staged, staged.stream().map(chain::link).toList());
    return call("POST", "/v1/uploads/" + upload + "/parts", Json.write(request));
  }

  HttpResponse<byte[]> complete(LayerId upload, Digest digest, long size, Optional<Chain> chain)
      throws IOException {
    CompleteRequest request = new CompleteRequest(digest, size, chain.map(Chain::states));
    return call("POST", "/v1/uploads/" + upload + "/complete", Json.write(request));
  }

  /** Completes, asking again as long as shards are still to come. */
  HttpResponse<byte[]> completeFully(
      LayerId upload, Digest digest, long size, Optional<Chain> chain) throws IOException {
    HttpResponse<byte[]> answer = complete(upload, digest, size, chain);
    for (int i = 0; i < 20 && answer.statusCode() == 202; i++) {
      answer = complete(upload, digest, size, Optional.empty());
    }
    return answer;
  }

  /** Lets an image have a layer, whether or not another image has it already. */
  void store(String image, byte[] layer) throws IOException {
    if (!ask(image, sha256(layer), layer.length, Optional.empty()).missing().isEmpty()) {
      push(image, layer);
    }
  }

  /** Pushes a layer and says how its completion was answered. */
  HttpResponse<byte[]> push(String image, byte[] layer) throws IOException {
    UploadProgress upload = open(image, sha256(layer), layer.length);
    stage(upload, layer);
    return completeFully(
        upload.upload(),
        sha256(layer),
        layer.length,
        Optional.of(chain(layer, upload.shardSize())));
  }

  ShardMap map(String image, Digest digest) throws IOException {
    return read(call("GET", "/v1/layers/" + digest + "?image=" + image, ""), 200, ShardMap.class);
  }

  /** The layer as its storage servers give it, merged by index. */
  byte[] pull(String image, Digest digest) throws IOException {
    ByteArrayOutputStream merged = new ByteArrayOutputStream();
    for (ShardMap.Entry shard : map(image, digest).map()) {
      merged.writeBytes(get(shard.url()).body());
    }
    return merged.toByteArray();
  }

  boolean isVisible(String image, Digest digest) throws IOException {
    return call("GET", "/v1/layers/" + digest + "?image=" + image, "").statusCode() == 200;
  }

  static <T> T read(HttpResponse<byte[]> answer, int status, Class<T> type) throws IOException {
    if (answer.statusCode() != status) {
      throw new IOException("answered " + answer.statusCode() + ": " + text(answer));
    }
    return Json.read(answer.body(), type);
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** Where the Link header says that the next page is. */
  static Optional<String> next(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue("Link")
        .map(link -> link.replaceFirst("^<(.*)>; rel=\"next\"$", "$1"));
  }

  static Integer[] all(Chain chain) {
    return IntStream.range(0, chain.count()).boxed().toArray(Integer[]::new);
  }

  static byte[] slice(byte[] layer, long offset, int size) {
    return Arrays.copyOfRange(layer, (int) offset, (int) offset + size);
  }

  /** Behind the API's stage, where it has one, and not normalized. */
  private URI at(String path) {
    return URI.create(api.toString().replaceFirst("/$", "") + path);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, String method, byte[] body)
      throws IOException {
    try {
      return http.send(
          request
              .method(
                  method,
                  body.length == 0 && !method.equals("PUT")
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofByteArray(body))
              .timeout(LIMIT)
              .build(),
          BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
