package dev.lamella.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.PushReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a container host pushes is what another one pulls, in whatever form it comes and goes. */
class ImageRoundTripTest extends StackTest {
  private static final long[] SIZES = {
    0, 1, 63, 64, 65, SHARD - 1, SHARD, SHARD + 1, 7L * SHARD + 777
  };
  private static final int SHARDS = Boolean.getBoolean("lamella.full") ? 61 : 17;

  @TempDir Path directory;

  enum Form {
    LAYOUT(1),
    ARCHIVE(2),
    DOCKER_SAVE(3);

    private final int seed;

    Form(int seed) {
      this.seed = seed;
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void image_ofLayersOfEverySize_comesBackBitForBit(Form form) throws IOException {
    ImageFiles files = new ImageFiles(directory.resolve("source"));
    List<Digest> layers = new ArrayList<>();
    for (long size : SIZES) {
      layers.add(files.layer(form.seed * 100 + layers.size(), size));
    }
    files.name(files.manifest(layers), "1");
    String name = "forms/of-" + form.seed + ":1";
    Path source =
        switch (form) {
          case LAYOUT -> files.directory();
          case ARCHIVE -> files.archive(directory.resolve("source.tar"));
          case DOCKER_SAVE -> files.dockerSave(directory.resolve("source.tar"), name, layers);
        };
    PushReport pushed = host("pusher").push(source, name);
    assertThat(pushed.layers()).hasSize(SIZES.length + 1);

    PullReport pulled = host("puller").pull(name, directory.resolve("target"));
    assertThat(pulled.digest()).isEqualTo(pushed.digest());
    assertSame(files, pushed, directory.resolve("target"));
    host("puller").pull(name, directory.resolve("target.tar"));
    assertSame(files, pushed, directory.resolve("target.tar"));
  }

  @Test
  void secondImage_withLayersOfTheFirst_sendsOnlyWhatIsItsOwn() throws IOException {
    ImageFiles files = new ImageFiles(directory.resolve("source"));
    Digest base = files.layer(1, 3L * SHARD);
    Digest first = files.layer(2, 1000);
    Digest second = files.layer(3, SHARD + 5);
    files.name(files.manifest(List.of(base, first)), "1");
    files.name(files.manifest(List.of(base, second)), "2");
    host("pusher").push(files.directory(), "dedupe/one:1");

    PushReport other = host("stranger").push(files.directory(), "dedupe/two:2");
    PushReport.PushedLayer shared = layer(other, base);
    assertThat(shared.sent()).isFalse();
    assertThat(shared.bytes()).isZero();
    assertThat(layer(other, second).sent()).isTrue();
    assertThat(other.bytes()).isBetween(SHARD + 5L, 2L * SHARD);

    PushReport again = host("pusher").push(files.directory(), "dedupe/one:1");
    assertThat(again.layers()).noneMatch(PushReport.PushedLayer::sent);
    host("puller").pull("dedupe/two:2", directory.resolve("target"));
    assertSame(files, other, directory.resolve("target"));
  }

  @Test
  void layerOfManyShards_comesBackBitForBit() throws IOException {
    long size = (SHARDS - 1L) * SHARD + 12_345;
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 7, size, 17);
    PushReport pushed = host("pusher").push(files.directory(), "large/layer:1");
    PushReport.PushedLayer large = layer(pushed, files.largest());
    assertThat(large.shards()).isEqualTo(SHARDS);
    assertThat(large.servers()).hasSize(4).allSatisfy((_, shards) -> even(shards, SHARDS));
    PullReport pulled = host("puller").pull("large/layer:1", directory.resolve("target"));
    assertThat(pulled.bytes()).isBetween(size, size + (1 << 20));
    assertSame(files, pushed, directory.resolve("target"));
  }

  @Test
  void index_ofTwoImagesUnderTwoTags_comesBackWhole() throws IOException {
    ImageFiles files = new ImageFiles(directory.resolve("source"));
    Digest shared = files.layer(11, 2 * SHARD);
    Digest one = files.manifest(List.of(shared, files.layer(12, 100)));
    Digest two = files.manifest(List.of(shared, files.layer(13, SHARD + 1)));
    files.nameIndex(files.index(List.of(one, two)), "multi");
    PushReport pushed = host("pusher").push(files.directory(), "index/app:multi");
    PushReport tagged = host("pusher").push(files.directory(), "index/app:latest");
    assertThat(tagged.digest()).isEqualTo(pushed.digest());
    assertThat(tagged.layers()).noneMatch(PushReport.PushedLayer::sent);
    assertThat(pushed.manifests()).isEqualTo(3);
    for (String name :
        List.of("index/app:multi", "index/app:latest", "index/app@" + pushed.digest())) {
      Path target = directory.resolve("target-" + Integer.toHexString(name.hashCode()));
      assertThat(host("puller").pull(name, target).digest()).isEqualTo(pushed.digest());
      assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
    }
    PullReport single = host("puller").pull("index/app@" + one, directory.resolve("single"));
    assertThat(single.manifests()).isEqualTo(1);
    assertThat(ImageFiles.blobs(directory.resolve("single"))).hasSize(4).containsKey(one.hex());
  }

  private static void even(int shards, int all) {
    assertThat(shards).isBetween(all / 4, all / 4 + 1);
  }

  private Host host(String who) {
    return new Host(stack().endpoint(), directory.resolve("cache-" + who));
  }

  private static PushReport.PushedLayer layer(PushReport report, Digest digest) {
    return report.layers().stream()
        .filter(layer -> layer.digest().equals(digest))
        .findFirst()
        .orElseThrow();
  }

  /** Every blob of the image is there, and every blob that is there is what it is called. */
  private static void assertSame(ImageFiles files, PushReport pushed, Path target)
      throws IOException {
    Map<String, Digest> expected = new TreeMap<>();
    expected.put(pushed.digest().hex(), pushed.digest());
    for (PushReport.PushedLayer layer : pushed.layers()) {
      expected.put(layer.digest().hex(), layer.digest());
      assertThat(files.file(layer.digest())).exists();
    }
    assertThat(ImageFiles.blobs(target)).isEqualTo(expected);
  }
}
