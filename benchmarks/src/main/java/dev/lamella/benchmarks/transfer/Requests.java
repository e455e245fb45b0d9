package dev.lamella.benchmarks.transfer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same request, many times, by several clients at once; redirects are not followed.
 *
 * @param method GET or HEAD
 */
record Requests(String method, URI uri) {
  private static final int CLIENTS = 8;
  private static final int EACH = 500;

  /**
   * @param nanos of each request, in ascending order
   * @param seconds that all took together
   */
  @SuppressWarnings("ArrayRecordComponent") // Thousands of numbers, and never compared.
  record Times(long[] nanos, double seconds) {
    double perSecond() {
      return nanos.length / seconds;
    }

    double p99Millis() {
      return nanos[(int) Math.ceil(nanos.length * 0.99) - 1] / 1e6;
    }
  }

  Times run() throws IOException {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      long start = System.nanoTime();
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(threads.submit(() -> oneAfterTheOther(client)));
      }
      List<long[]> parts = new ArrayList<>();
      for (Future<long[]> each : running) {
        parts.add(each.get());
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Times(parts.stream().flatMapToLong(Arrays::stream).sorted().toArray(), seconds);
    } catch (ExecutionException e) {
      throw new IOException(method + " " + uri.getPath() + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private long[] oneAfterTheOther(HttpClient client) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Accept", "application/vnd.oci.image.manifest.v1+json")
            .build();
    long[] nanos = new long[EACH];
    for (int i = 0; i < EACH; i++) {
      long start = System.nanoTime();
      int answered = client.send(request, BodyHandlers.ofByteArray()).statusCode();
      nanos[i] = System.nanoTime() - start;
      if (answered >= 400) {
        throw new IOException("answered " + answered);
      }
    }
    return nanos;
  }
}
