package dev.lamella.core.upload;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.ImageIndex;
import java.time.InstantSource;

/** Removes a tag; or a manifest, with the tags that point to it. */
public final class DeleteManifest {
  private final ImageIndex images;
  private final InstantSource clock;

  public DeleteManifest(ImageIndex images, InstantSource clock) {
    this.images = images;
    this.clock = clock;
  }

  /**
   * @throws Refusal {@code MANIFEST_UNKNOWN} where there is none, so also the second time
   */
  public void delete(RepositoryName image, Reference reference) {
    if (!images.delete(image, reference, clock.instant())) {
      throw new Refusal(
          ErrorCode.MANIFEST_UNKNOWN, "image " + image + " has no manifest " + reference);
    }
  }
}
