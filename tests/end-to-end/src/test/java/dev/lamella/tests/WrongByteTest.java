package dev.lamella.tests;

import static dev.lamella.tests.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.api.ShardMap;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.pull.PullReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A byte of a shard changes on the disk of its storage server. */
class WrongByteTest extends StackTest {
  private static final int SHARDS = 6;
  private static final long SIZE = (long) SHARDS * SHARD - 100;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"0, target", "3, target", "5, target", "2, target.tar"})
  void pull_shardWithAWrongByte_namesItAndShowsNothingUntilItIsRight(int index, String to)
      throws IOException {
    ImageFiles files = ImageFiles.image(directory.resolve("source"), 50 + index, SIZE);
    String image = "wrong/byte-" + index;
    Host host = new Host(stack().endpoint(), directory.resolve("cache"));
    host.push(files.directory(), image + ":1");
    Digest layer = files.largest();
    ShardMap.Entry shard = host().map(image, layer).map().get(index);
    Path object = data().resolve("s3" + shard.url().getPath());
    byte[] right = Files.readAllBytes(object);
    byte[] wrong = right.clone();
    wrong[new Random(index).nextInt(wrong.length)] ^= 0x10;
    rewrite(object, wrong);

    Path target = directory.resolve(to);
    HostFailure failure = failure(() -> host.pull(image + ":1", target));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.WRONG_CONTENT);
    assertThat(failure.getMessage())
        .contains("shard " + index + " of " + layer, "storage server " + shard.server());
    assertThat(target.resolve("index.json")).doesNotExist();
    assertThat(target.resolve("blobs/sha256").resolve(layer.hex())).doesNotExist();
    assertThat(Files.isRegularFile(target)).isFalse();

    rewrite(object, right);
    PullReport again = host.pull(image + ":1", target);
    assertThat(again.layers())
        .filteredOn(pulled -> pulled.digest().equals(layer))
        .singleElement()
        .satisfies(pulled -> assertThat(pulled.fetched()).isBetween(1, SHARDS));
    assertThat(ImageFiles.blobs(target)).isEqualTo(ImageFiles.blobs(files.directory()));
  }

  /** In place, so that what the server keeps beside the bytes stays. */
  private static void rewrite(Path object, byte[] bytes) throws IOException {
    Files.write(object, bytes, StandardOpenOption.WRITE);
  }
}
