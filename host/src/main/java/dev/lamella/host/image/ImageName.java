package dev.lamella.host.image;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;

/**
 * An image as users write it: {@code NAME:TAG}, {@code NAME@DIGEST}, or {@code NAME} alone. Of
 * {@code NAME:TAG@DIGEST} the digest counts, as for Docker.
 */
public record ImageName(RepositoryName name, Reference reference) {
  private static final Tag LATEST = new Tag("latest");

  /**
   * @throws dev.lamella.core.Refusal for a name, tag or digest outside its grammar
   */
  public static ImageName parse(String text) {
    int at = text.indexOf('@');
    if (at >= 0) {
      return new ImageName(
          parse(text.substring(0, at)).name(),
          new Reference.ByDigest(Digest.parse(text.substring(at + 1))));
    }
    int colon = text.lastIndexOf(':');
    if (colon >= 0) {
      return new ImageName(
          new RepositoryName(text.substring(0, colon)), new Tag(text.substring(colon + 1)));
    }
    return new ImageName(new RepositoryName(text), LATEST);
  }

  @Override
  public String toString() {
    return switch (reference) {
      case Tag tag -> name + ":" + tag;
      case Reference.ByDigest digest -> name + "@" + digest;
    };
  }
}
