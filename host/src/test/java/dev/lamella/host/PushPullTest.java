package dev.lamella.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.host.image.Hashes;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Push and pull against a store in this JVM. */
final class PushPullTest {
  private static final int SHARD = FakeStore.SHARD;
  private static final ImageName NAME = ImageName.parse("team/app:1");

  @TempDir Path directory;
  private FakeStore store;

  @BeforeEach
  void startStore() throws IOException {
    store = new FakeStore();
  }

  @AfterEach
  void stopStore() {
    store.close();
  }

  @Test
  void pull_ofWhatWasPushed_isTheSameByteForByte() throws IOException {
    Path source =
        TestImage.layout(
            directory.resolve("source"),
            1,
            0,
            1,
            63,
            64,
            65,
            SHARD - 1,
            SHARD,
            SHARD + 1,
            40 * SHARD + 7);
    PushReport pushed = push(source);
    PullReport pulled = pull(directory.resolve("target"));
    assertThat(pulled.digest()).isEqualTo(pushed.digest());
    assertThat(blobs(directory.resolve("target"))).isEqualTo(blobs(source));
    assertThat(pulled.layers()).hasSize(10);
  }

  @Test
  void push_again_sendsNothing() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 3 * SHARD);
    push(source);
    store.requests.clear();
    PushReport again = push(source);
    assertThat(again.layers()).noneMatch(PushReport.PushedLayer::sent);
    assertThat(store.count("PUT /staging/.*")).isZero();
  }

  @Test
  void pull_toArchive_isReadAsSource() throws IOException {
    Path source = TestImage.layout(directory.resolve("source"), 1, 3 * SHARD + 5, 17);
    PushReport pushed = push(source);
    pull(directory.resolve("image.tar"));
    ImageName other = ImageName.parse("other/name:2");
    PushReport again =
        newPush()
            .run(
                Source.open(directory.resolve("image.tar")).image(other, Optional.empty()),
                other.name(),
                new Tag("2"));
    assertThat(again.digest()).isEqualTo(pushed.digest());
  }

  private PushReport push(Path source) {
    return newPush()
        .run(Source.open(source).image(NAME, Optional.empty()), NAME.name(), new Tag("1"));
  }

  private Push newPush() {
    return new Push(client(), new UploadNotes(directory.resolve("notes")), Progress.NONE, 8);
  }

  private PullReport pull(Path target) {
    return new Pull(client(), Progress.NONE, new PullOptions(8, Optional.empty(), true))
        .run(NAME, target);
  }

  private StoreClient client() {
    return new StoreClient(
        store.url(),
        new Retries(5, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(5)));
  }

  /** The digests of all blobs' contents, by their names. */
  private static Map<String, Digest> blobs(Path layout) throws IOException {
    Map<String, Digest> blobs = new TreeMap<>();
    try (Stream<Path> files = Files.walk(layout.resolve("blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        blobs.put(
            layout.relativize(file).toString(), Hashes.digest(Digest.Algorithm.SHA256, bytes));
      }
    }
    return blobs;
  }
}
