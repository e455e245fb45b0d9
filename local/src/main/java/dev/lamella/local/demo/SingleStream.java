package dev.lamella.local.demo;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.Staging;
import dev.lamella.local.LocalStack;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What Lamella is compared with: the same bytes through one connection to the same S3, as one
 * object.
 */
final class SingleStream {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Staging staging;
  private final LayerId object = LayerId.random();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  SingleStream(LocalStack stack) {
    staging = new Adapters(new Environment(stack.environment(Demo.SHARD_WRITER))).staging();
  }

  /** Sends a file, at most 2 GiB. */
  Duration put(Path file) throws IOException {
    int length = Math.toIntExact(Files.size(file));
    HttpRequest request =
        HttpRequest.newBuilder(staging.signPut(object, 0, length).uri())
            .header("If-None-Match", "*")
            .PUT(BodyPublishers.ofFile(file))
            .timeout(LIMIT)
            .build();
    long start = System.nanoTime();
    try {
      HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
      if (answer.statusCode() != 200) {
        throw new IOException("S3 answered the single stream with " + answer.statusCode());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return since(start);
  }

  /** Gets back what {@link #put} sent. */
  Duration get(int length) throws IOException {
    long start = System.nanoTime();
    try (Staging.Reading part = staging.read(object, StagedPart.ofShard(0), 0, length)) {
      part.in().transferTo(OutputStream.nullOutputStream());
    }
    return since(start);
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
