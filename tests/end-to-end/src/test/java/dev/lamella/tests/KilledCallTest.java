package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.push.PushReport.PushedLayer;
import dev.lamella.tests.FaultyLink.Call;
import dev.lamella.tests.FaultyLink.Fate;
import dev.lamella.tests.FaultyLink.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A container host is killed at one of its calls: before it reaches the store, or after. */
class KilledCallTest extends StackTest {
  private static final long SIZE = 2L * SHARD + 7;

  @TempDir Path directory;

  /** Where the store has the layer by then, nothing of it is sent again. */
  @ParameterizedTest
  @CsvSource({
    "POST, /v1/uploads$,            true,  false",
    "POST, /v1/uploads/.*/parts,    false, false",
    "POST, /v1/uploads/.*/parts,    true,  false",
    "POST, /v1/uploads/.*/complete, false, false",
    "POST, /v1/uploads/.*/complete, true,  false",
    "PUT,  /v2/.*/manifests/1,      false, true",
    "PUT,  /v2/.*/manifests/1,      true,  true"
  })
  void push_hostKilledAtACall_endsWhenItIsRunAgain(
      String method, String path, boolean isDone, boolean isStored) throws Exception {
    int seed = (method + path + isDone).hashCode() & 0xffff;
    String name = "killed/call-" + seed + ":1";
    ImageFiles files = ImageFiles.image(directory.resolve("source"), seed, SIZE);
    killAt(method, path, isDone, "push", files.directory(), name);
    String manifest = "/v2/killed/call-" + seed + "/manifests/1";
    boolean isThere = path.contains("manifests") && isDone;
    assertThat(host().call("GET", manifest, "").statusCode()).isEqualTo(isThere ? 200 : 404);

    Digest layer = files.largest();
    assertThat(container().push(files.directory(), name).layers())
        .filteredOn(pushed -> pushed.digest().equals(layer) && isStored)
        .noneMatch(PushedLayer::sent);

    container().pull(name, directory.resolve("target"));
    assertThat(ImageFiles.blobs(directory.resolve("target")))
        .isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @Test
  void pull_hostKilledWhereABlobHasItsName_endsWhenItIsRunAgain() throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 1, SIZE, SIZE);
    container().push(files.directory(), "killed/named:1");
    Path target = directory.resolve("target");
    try (Child host =
        Hosting.start(container(), "pull", target, "killed/named:1", Hosting.FIRST_BLOB)) {
      assertThat(host.awaitLine("here")).isPresent();
    }
    assertThat(target.resolve("index.json")).doesNotExist();
    assertThat(ImageFiles.blobs(target))
        .isNotEmpty()
        .allSatisfy((name, content) -> assertThat(content.hex()).isEqualTo(name));

    assertThat(container().pull("killed/named:1", target).layers())
        .anySatisfy(pulled -> assertThat(pulled.fetched()).isZero());
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/.*/manifests/.*, true",
    "GET, /v1/layers/.*,       false",
    "GET, /v1/layers/.*,       true"
  })
  void pull_hostKilledAtACall_endsWhenItIsRunAgain(String method, String path, boolean isDone)
      throws Exception {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 2, SIZE);
    container().push(files.directory(), "killed/pulled:1");
    Path target = directory.resolve("target");
    killAt(method, path, isDone, "pull", target, "killed/pulled:1");
    assertThat(target.resolve("index.json")).doesNotExist();

    container().pull("killed/pulled:1", target);
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  private void killAt(
      String method, String path, boolean isDone, String what, Path place, String name)
      throws Exception {
    CompletableFuture<Child> started = new CompletableFuture<>();
    AtomicBoolean isKilled = new AtomicBoolean();
    Runnable kill =
        () -> {
          isKilled.set(true);
          started.join().kill();
        };
    try (FaultyLink link = new FaultyLink().before(stack().endpoint())) {
      link.rule(
          call -> {
            if (!isAt(call, method, path) || isKilled.get()) {
              return Rule.NONE.fate(call);
            }
            if (isDone) {
              return new Fate.Lost(kill);
            }
            kill.run();
            return new Fate.Answer(500);
          });
      Host host = new Host(link.uri(), directory.resolve("cache"));
      try (Child child = Hosting.start(host, what, place, name, Hosting.END)) {
        started.complete(child);
        assertThat(child.awaitLine("ended"))
            .as("whether it got to its end")
            .isEqualTo(Optional.empty());
        assertThat(isKilled).isTrue();
      }
    }
    // What the killed host set going comes to its end.
    assertThat(stack().lambda().awaitIdle(Duration.ofSeconds(60))).isTrue();
  }

  private Host container() {
    return new Host(stack().endpoint(), directory.resolve("cache"));
  }

  private static boolean isAt(Call call, String method, String path) {
    return call.method().equals(method) && call.path().matches(path.replace("$", "") + "(\\?.*)?");
  }
}
