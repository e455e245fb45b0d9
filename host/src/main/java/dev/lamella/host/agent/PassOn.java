package dev.lamella.host.agent;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * Has the store answer what is not about the bytes of blobs, as if the client had asked it. Follows
 * no redirect: what names the store in an answer names the agent then, and what names another host
 * is the client's to follow.
 */
final class PassOn implements AutoCloseable {
  /** More than any manifest; a function takes 6 MB. */
  private static final int MOST_BODY = 8 << 20;

  /** Requests with bodies, which are held, at a time. */
  private static final int MOST_BODIES = 4;

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final int ACCEPTED = 202;
  private static final int BUFFER = 64 << 10;

  /** Of one connection, and not of what goes over it (RFC 9110, section 7.6.1); or set anew. */
  private static final Set<String> NOT_SENT =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private final StoreNames names;
  private final HttpClient http;
  private final MemoryBudget bodies;

  PassOn(StoreNames names, Duration patience) {
    this.names = names;
    this.bodies = new MemoryBudget((long) MOST_BODIES * MOST_BODY, patience);
    this.http =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /**
   * @throws HostFailure {@code UNREACHABLE} where the store does not answer
   */
  void pass(Request request) throws IOException {
    long length = request.length().orElse(MOST_BODY);
    if (length > MOST_BODY) {
      throw tooLarge();
    }
    if (length == 0) {
      pass(request, BodyPublishers.noBody());
      return;
    }
    try (MemoryBudget.Lease _ = bodies.take(length, length)) {
      byte[] body = request.body().readNBytes(MOST_BODY + 1);
      if (body.length > MOST_BODY) {
        throw tooLarge();
      }
      pass(request, BodyPublishers.ofByteArray(body));
    }
  }

  private static Refusal tooLarge() {
    return new Refusal(
        ErrorCode.TOO_LARGE, "a request that is no blob has at most " + MOST_BODY + " bytes");
  }

  /**
   * Has the store mount a blob.
   *
   * @return false, with nothing answered, where it begins an upload instead: the agent has its own
   */
  boolean mounts(Request request) throws IOException {
    HttpResponse<InputStream> answer = ask(request, BodyPublishers.noBody());
    try (InputStream in = answer.body()) {
      if (answer.statusCode() != ACCEPTED) {
        copy(request, answer, in);
        return true;
      }
    }
    answer.headers().firstValue("location").ifPresent(begun -> end(request, begun));
    return false;
  }

  /** Where that does not succeed, it expires. */
  private void end(Request request, String begun) {
    try {
      URI upload = names.store().resolve(begun);
      if (names.isStore(upload)) {
        HttpRequest.Builder ending = HttpRequest.newBuilder(upload).timeout(ANSWER).DELETE();
        request.authorization().ifPresent(value -> ending.header("Authorization", value));
        ask(ending.build()).body().close();
      }
    } catch (IOException | HostFailure | IllegalArgumentException _) {
      // What the client wants is another thing.
    }
  }

  private void pass(Request request, BodyPublisher body) throws IOException {
    HttpResponse<InputStream> answer = ask(request, body);
    try (InputStream in = answer.body()) {
      copy(request, answer, in);
    }
  }

  private HttpResponse<InputStream> ask(Request request, BodyPublisher body) {
    return ask(asked(request, body));
  }

  private HttpRequest asked(Request request, BodyPublisher body) {
    try {
      HttpRequest.Builder asked =
          HttpRequest.newBuilder(names.upstream(request.rawPath(), request.rawQuery()))
              .timeout(ANSWER)
              .method(request.method(), body);
      request
          .headers()
          .forEach(
              (name, values) -> {
                if (isSent(name)) {
                  values.forEach(value -> asked.header(name, value));
                }
              });
      return asked.build();
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          ErrorCode.REQUEST_INVALID, "the request cannot be passed on: " + e.getMessage());
    }
  }

  private HttpResponse<InputStream> ask(HttpRequest asked) {
    try {
      return http.send(asked, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted", e);
    }
  }

  private HostFailure unreachable(IOException cause) {
    return new HostFailure(
        ExitCode.UNREACHABLE,
        "the store at %s does not answer (%s): see that it runs, and that the agent's --to is its URL"
            .formatted(names.store(), cause.getClass().getSimpleName()),
        cause);
  }

  private static boolean isSent(String name) {
    return !NOT_SENT.contains(name.toLowerCase(Locale.ROOT));
  }

  private void copy(Request request, HttpResponse<InputStream> answer, InputStream in)
      throws IOException {
    for (Map.Entry<String, List<String>> header : answer.headers().map().entrySet()) {
      if (isSent(header.getKey())) {
        for (String value : header.getValue()) {
          String name = StoreNames.meant(header.getKey());
          request.add(name, names.renamed(name, value, request.origin()));
        }
      }
    }
    long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
    if (request.isHead() || length == 0 || hasNoBody(answer.statusCode())) {
      Map<String, String> headers =
          request.isHead() && length >= 0
              ? Map.of("Content-Length", Long.toString(length))
              : Map.of();
      request.begin(answer.statusCode(), headers, 0).end();
      return;
    }
    Request.Sending sending =
        length < 0
            ? request.beginOpen(answer.statusCode())
            : request.begin(answer.statusCode(), Map.of(), length);
    byte[] buffer = new byte[BUFFER];
    for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
      sending.write(buffer, read);
    }
    sending.end();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static boolean hasNoBody(int status) {
    return status == 204 || status == 304;
  }

  private int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }
}
