package dev.lamella.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.source.Source;
import java.io.ByteArrayInputStream;
import java.util.Optional;

/** Archives of docker save and of OCI layouts, packed and not. */
class ArchiveFuzzTest {
  private static final ImageName NAME = ImageName.parse("team/app:1");

  @FuzzTest(maxDuration = Refused.TIME)
  void archive_ofAnyBytes_isTakenOrRefused(byte[] bytes) {
    try (Source source = Source.read(new ByteArrayInputStream(bytes))) {
      var _ = source.image(NAME, Optional.empty());
    } catch (HostFailure _) {
      // It is no image, and says so.
    }
  }
}
