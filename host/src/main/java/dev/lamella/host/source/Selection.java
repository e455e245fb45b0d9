package dev.lamella.host.source;

import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import java.util.Optional;

/**
 * Which image of a source is meant, and how much of it.
 *
 * @param name under which it is to be pushed
 * @param asked which one, where a source holds several: what it is called there, its digest, or
 *     {@code @} and its position from 0
 * @param platform where given, of an index only its image of that platform
 * @param withReferrers whether what refers to the image, by its subject, comes with it
 */
public record Selection(
    ImageName name, Optional<String> asked, Optional<Platform> platform, boolean withReferrers) {

  /** The image that the name says, and what refers to it. */
  public Selection(ImageName name, Optional<Platform> platform) {
    this(name, Optional.empty(), platform, true);
  }
}
