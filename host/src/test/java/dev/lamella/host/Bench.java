package dev.lamella.host;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store and a host with a directory of its own, that does not wait long. */
final class Bench implements AutoCloseable {
  static final ImageName NAME = ImageName.parse("team/app:1");
  private static final int PARALLEL = 8;

  final FakeStore store = new FakeStore();
  final Path directory;

  Bench(Path directory) throws IOException {
    this.directory = directory;
  }

  PushReport push(Path source) {
    return push(source, NAME);
  }

  PushReport push(Path source, ImageName name) {
    return new Push(client(), new UploadNotes(directory.resolve("notes")), Progress.NONE, PARALLEL)
        .run(
            Source.open(source).image(name, Optional.empty()),
            name.name(),
            new Tag(name.reference().toString()));
  }

  PullReport pull(Path target) {
    return pull(NAME, target);
  }

  PullReport pull(ImageName name, Path target) {
    return new Pull(client(), Progress.NONE, new PullOptions(PARALLEL, Optional.empty(), true))
        .run(name, target);
  }

  StoreClient client() {
    return new StoreClient(
        store.url(),
        new Retries(5, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(1)));
  }

  /** The digests of all blobs' contents, by their names. */
  static Map<String, Digest> blobs(Path layout) throws IOException {
    Map<String, Digest> blobs = new TreeMap<>();
    if (!Files.exists(layout.resolve("blobs"))) {
      return blobs;
    }
    try (Stream<Path> files = Files.walk(layout.resolve("blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        blobs.put(layout.relativize(file).toString(), Digest.of(Digest.Algorithm.SHA256, bytes));
      }
    }
    return blobs;
  }

  @Override
  public void close() {
    store.close();
  }
}
