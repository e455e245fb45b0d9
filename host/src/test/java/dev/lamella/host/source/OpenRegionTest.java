package dev.lamella.host.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that several threads read, one of which is interrupted. */
class OpenRegionTest {
  private final Path file;

  OpenRegionTest(@TempDir Path directory) throws IOException {
    this.file = Files.writeString(directory.resolve("file"), "one two three");
  }

  @Test
  void read_afterAnotherThreadWasInterrupted_goesOn() throws Exception {
    try (OpenRegion region = new Region(file, 4, 9).open()) {
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(() -> read(region, 3)).isInstanceOf(HostFailure.class);
                  });
      reader.join();

      assertThat(read(region, 3)).isEqualTo("two");
    }
  }

  @Test
  void read_afterClose_fails() throws IOException {
    OpenRegion region = new Region(file, 4, 9).open();
    region.close();

    assertThatThrownBy(() -> read(region, 3)).isInstanceOf(HostFailure.class);
  }

  @Test
  void read_endsWithTheRegion() throws IOException {
    try (OpenRegion region = new Region(file, 4, 3).open()) {
      assertThat(read(region, 9)).isEqualTo("two");
      assertThat(region.read(ByteBuffer.allocate(1), 3)).isEqualTo(-1);
    }
  }

  private static String read(OpenRegion region, int most) {
    byte[] bytes = new byte[most];
    int length = region.read(ByteBuffer.wrap(bytes), 0);
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
