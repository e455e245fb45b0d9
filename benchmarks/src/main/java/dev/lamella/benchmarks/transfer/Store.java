package dev.lamella.benchmarks.transfer;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.NamePattern;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationRequest;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.Staging;
import dev.lamella.core.report.Report;
import dev.lamella.embedded.Shaping;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** An embedded stack, and a host beside it. */
final class Store implements AutoCloseable {
  /** Connections of a push or a pull; the command's default. */
  static final int CONNECTIONS = 32;

  /** Often enough to see the end at once, seldom enough to leave the processors to the work. */
  private static final int POLL_MILLIS = 50;

  private final LocalStack stack;
  private final StoreClient client;
  private final UploadNotes notes;
  private final Adapters adapters;
  private final Staging staging;

  private Store(LocalStack stack, Path directory, Map<String, String> environment) {
    this.stack = stack;
    this.client = new StoreClient(stack.endpoint(), Retries.DEFAULT);
    this.notes = new UploadNotes(directory.resolve("notes"));
    this.adapters = new Adapters(new Environment(environment));
    this.staging = adapters.staging();
  }

  static Store start(Path template, Path directory, Shaping shaping) {
    Map<String, Map<String, String>> environments = new ConcurrentHashMap<>();
    LocalStack stack =
        LocalStack.start(
            LocalStackOptions.of(template, directory.resolve("data"))
                .withShaping(shaping)
                .withEnvironment(
                    (function, environment) -> {
                      environments.put(function, environment);
                      return environment;
                    }));
    return new Store(stack, directory, environments.values().iterator().next());
  }

  void push(RandomImage image, String name) {
    var _ =
        new Push(client, notes, Progress.NONE, CONNECTIONS)
            .run(
                Source.open(image.directory())
                    .image(ImageName.parse(name + ":latest"), Optional.empty()),
                new RepositoryName(name),
                new Tag("latest"));
  }

  void pull(String name, Path target) {
    var _ =
        new Pull(client, Progress.NONE, new PullOptions(CONNECTIONS, Optional.empty(), false))
            .run(ImageName.parse(name + ":latest"), target);
  }

  /** Verifies the layers of an image, from the request to the report that says that all is well. */
  void verify(String name, boolean deep) throws IOException {
    VerificationReport begun =
        client.verify(
            new VerificationRequest(deep, Optional.of(new NamePattern(name)), Optional.empty()));
    VerificationReport report = begun;
    while (report.state() == Report.State.RUNNING) {
      pause();
      report = client.verification(begun.id());
    }
    if (!report.damage().isEmpty()) {
      throw new IOException("damaged: " + report.damage().getFirst());
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What the functions use, to put things there that no host could. */
  Adapters adapters() {
    return adapters;
  }

  /** Where anyone may put an object of that length in the staging bucket. */
  URI signPut(LayerId upload, int index, int length) {
    return staging.signPut(upload, index, length).uri();
  }

  /** An object of the staging bucket, over one connection. */
  InputStream read(LayerId upload, int index, int length) throws IOException {
    return staging.read(upload, StagedPart.ofShard(index), 0, length).in();
  }

  /** Where the shards of a stored layer are. */
  List<ShardMap.Entry> shards(String name, Digest layer) {
    List<ShardMap.Entry> all = new ArrayList<>();
    OptionalInt from = OptionalInt.of(0);
    while (from.isPresent()) {
      ShardMap page = client.shards(new RepositoryName(name), layer, from.getAsInt());
      all.addAll(page.map());
      from = page.next();
    }
    return all;
  }

  LocalStack stack() {
    return stack;
  }

  @Override
  public void close() throws IOException {
    stack.close();
  }
}
