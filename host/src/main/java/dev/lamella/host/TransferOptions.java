package dev.lamella.host;

import dev.lamella.host.image.Platform;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What of an image is moved, and over how many connections: the same for push and pull. */
final class TransferOptions {
  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "32",
      description = "Connections at a time, over all layers (default: ${DEFAULT-VALUE}).")
  private int parallel = 32;

  @Option(
      names = "--platform",
      paramLabel = "PLATFORM",
      description =
          "OS/ARCH or OS/ARCH/VARIANT: takes this platform of the image alone, or the nearest older"
              + " variant of it.")
  private Optional<String> platform = Optional.empty();

  @Option(
      names = "--no-referrers",
      description =
          "Leave signatures, SBOMs and other manifests that refer to the image, by their subject or"
              + " by a tag such as sha256-DIGEST.sig.")
  private boolean noReferrers;

  boolean withReferrers() {
    return !noReferrers;
  }

  int parallel() {
    return parallel;
  }

  /**
   * @throws IllegalArgumentException where it is none
   */
  Optional<Platform> platform() {
    return platform.map(Platform::parse);
  }
}
