package dev.lamella.core.read;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.util.List;
import java.util.Optional;

/** An image's tags. */
public final class ListTags {
  /** So many fill at most 1.3 MB of an answer. */
  public static final int MOST = 10_000;

  private final ImageIndex images;

  public ListTags(ImageIndex images) {
    this.images = images;
  }

  /**
   * Tags in lexical order after {@code last}, which may be any text; of a page without tags there
   * is no next one.
   *
   * @param wanted tags of a page; {@link #MOST} where it is more
   * @throws Refusal {@code NAME_UNKNOWN} where the image has no manifest
   */
  public Page<Tag> page(RepositoryName image, Optional<String> last, int wanted) {
    int limit = Math.min(wanted, MOST);
    List<Tag> tags =
        new NamesAfter<>(Tag::new, Tag::value, (from, most) -> images.tags(image, from, most))
            .list(last.orElse(""), limit + 1);
    if (tags.isEmpty() && !images.exists(image)) {
      throw new Refusal(
          ErrorCode.NAME_UNKNOWN, "there is no image " + image + ": see /v2/_catalog, or push it");
    }
    return Page.of(tags, limit, Tag::value);
  }
}
