package dev.lamella.host.image;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;

/**
 * An image of a store as users write it: {@code NAME:TAG}, {@code NAME@DIGEST}, or {@code NAME}
 * alone. In {@code NAME:TAG@DIGEST} the digest says which, and the tag is for people.
 */
public record ImageName(RepositoryName name, Reference reference) {
  private static final Tag LATEST = new Tag("latest");

  /**
   * @throws dev.lamella.core.Refusal for a name, tag or digest outside its grammar
   */
  public static ImageName parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? tagged(text)
        : new ImageName(
            tagged(text.substring(0, at)).name,
            new Reference.ByDigest(Digest.parse(text.substring(at + 1))));
  }

  private static ImageName tagged(String text) {
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? new ImageName(new RepositoryName(text), LATEST)
        : new ImageName(
            new RepositoryName(text.substring(0, colon)), new Tag(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return switch (reference) {
      case Tag tag -> name + ":" + tag;
      case Reference.ByDigest digest -> name + "@" + digest;
    };
  }
}
