package dev.lamella.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lamella.core.Digest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.core.manifest.Referrer;
import java.util.List;

/** Manifests and indexes. */
class ManifestFuzzTest {
  private static final Digest ANY = Digest.parse("sha256:" + "0".repeat(64));

  @FuzzTest(maxDuration = Refused.TIME)
  void manifest_ofAnyBytes_isTakenOrRefused(byte[] bytes) {
    for (String type :
        List.of(
            ManifestReader.OCI_MANIFEST,
            ManifestReader.OCI_INDEX,
            ManifestReader.DOCKER_MANIFEST,
            ManifestReader.DOCKER_LIST)) {
      Refused.or(bytes, json -> ManifestReader.read(ANY, type, json), Referrer::of);
    }
  }
}
