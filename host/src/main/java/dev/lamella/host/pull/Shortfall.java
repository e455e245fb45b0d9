package dev.lamella.host.pull;

import dev.lamella.core.Digest;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Referring;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What refers to an image and could not be had: the pull goes on without it, since the image is
 * whole. A fault of this machine still ends the pull.
 */
final class Shortfall {
  private static final Set<ExitCode> STORES =
      Set.of(ExitCode.REFUSED, ExitCode.WRONG_CONTENT, ExitCode.UNREACHABLE);

  private final List<LeftOut> leftOut = new ArrayList<>();

  static boolean isOfStore(HostFailure failure) {
    return STORES.contains(failure.exitCode());
  }

  void leaveOut(String what, HostFailure why) {
    if (!isOfStore(why)) {
      throw why;
    }
    leftOut.add(new LeftOut(what, String.valueOf(why.getMessage())));
  }

  /**
   * Says of each manifest that needs one of these blobs that it is left out; returns the others.
   */
  Referring leaveOut(Referring referring, Map<Digest, HostFailure> missing) {
    Referring left = referring.without(missing.keySet());
    for (Manifest manifest : referring.manifests()) {
      if (!left.manifests().contains(manifest)) {
        leftOut.add(new LeftOut("manifest " + manifest.digest(), reason(manifest, missing)));
      }
    }
    return left;
  }

  private static String reason(Manifest manifest, Map<Digest, HostFailure> missing) {
    return NamedBlob.of(manifest).stream()
        .flatMap(blob -> Optional.ofNullable(missing.get(blob.digest())).stream())
        .map(failure -> String.valueOf(failure.getMessage()))
        .findFirst()
        .orElse("it needs what is left out");
  }

  List<LeftOut> all() {
    return List.copyOf(leftOut);
  }
}
