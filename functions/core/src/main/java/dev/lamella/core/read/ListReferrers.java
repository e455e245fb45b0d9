package dev.lamella.core.read;

import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ReferrerIndex;
import dev.lamella.core.manifest.Referrer;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The manifests that are about another one: signatures, bills of materials and the like. */
public final class ListReferrers {
  /** Bytes of a page, so that it fits a function's answer; one referrer may be larger. */
  private static final int LARGEST_PAGE = 4 << 20;

  /** Their annotations can have 4 MiB each, in a function of 512 MB. */
  private static final int AT_ONCE = 25;

  private final ImageIndex images;

  public ListReferrers(ImageIndex images) {
    this.images = images;
  }

  /**
   * Referrers in order of their digests after {@code last}, which may be any text; none of a
   * subject that is not known.
   *
   * @param artifactType the only type wanted, or all
   */
  public Page<ReferrerIndex.Entry> page(
      RepositoryName image, Digest subject, Optional<String> artifactType, Optional<String> last) {
    List<ReferrerIndex.Entry> page = new ArrayList<>();
    long bytes = 0;
    String after = last.orElse("");
    Optional<Digest> from = parsed(after);
    while (true) {
      List<Referrer> some = images.referrers(image, subject, from, AT_ONCE);
      if (some.isEmpty()) {
        return new Page<>(page, Optional.empty());
      }
      for (Referrer referrer : some) {
        if (referrer.manifest().digest().toString().compareTo(after) <= 0) {
          continue;
        }
        if (artifactType.isPresent() && !artifactType.equals(referrer.artifactType())) {
          continue;
        }
        ReferrerIndex.Entry entry = entry(referrer);
        bytes += Json.write(entry).length;
        if (bytes > LARGEST_PAGE && !page.isEmpty()) {
          return new Page<>(page, Optional.of(page.getLast().digest().toString()));
        }
        page.add(entry);
      }
      from = Optional.of(some.getLast().manifest().digest());
    }
  }

  private static Optional<Digest> parsed(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static ReferrerIndex.Entry entry(Referrer referrer) {
    return new ReferrerIndex.Entry(
        referrer.manifest().mediaType(),
        referrer.manifest().digest(),
        referrer.manifest().size(),
        referrer.artifactType(),
        referrer.annotations());
  }
}
