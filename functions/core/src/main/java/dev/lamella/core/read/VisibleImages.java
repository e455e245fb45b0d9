package dev.lamella.core.read;

import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.port.ImageIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The images that a caller may pull from. They are looked for where they can be: what others have
 * costs a caller nothing, and tells nothing, as long as a pattern has no text after a star.
 */
record VisibleImages(ImageIndex images) {
  /** To look at a time, at least. */
  private static final int PAGE = 100;

  /** One that covers another comes before it. */
  private static final Comparator<NamePattern> IN_ORDER =
      Comparator.comparing(NamePattern::prefix)
          .thenComparing(pattern -> pattern.exact().isPresent());

  /** In lexical order after {@code last}; fewer than {@code limit} only where they end. */
  List<RepositoryName> after(Caller caller, Optional<RepositoryName> last, int limit) {
    List<RepositoryName> found = new ArrayList<>();
    for (NamePattern pattern : apart(caller.permissions().pullable())) {
      if (found.size() < limit) {
        found.addAll(of(pattern, caller, last, limit - found.size()));
      }
    }
    return found;
  }

  /** Without those that another covers: the names of each come before those of the next. */
  private static List<NamePattern> apart(List<NamePattern> patterns) {
    List<NamePattern> apart = new ArrayList<>();
    for (NamePattern pattern : patterns.stream().sorted(IN_ORDER).toList()) {
      if (apart.stream().noneMatch(other -> covers(other, pattern))) {
        apart.add(pattern);
      }
    }
    return apart;
  }

  private static boolean covers(NamePattern one, NamePattern other) {
    return one.equals(other) || (one.exact().isEmpty() && other.prefix().startsWith(one.prefix()));
  }

  private List<RepositoryName> of(
      NamePattern pattern, Caller caller, Optional<RepositoryName> last, int limit) {
    if (pattern.exact().isPresent()) {
      return images.images(pattern.prefix(), last, 1).stream()
          .filter(pattern.exact().get()::equals)
          .toList();
    }
    int page = Math.max(limit, PAGE);
    List<RepositoryName> found = new ArrayList<>();
    Optional<RepositoryName> from = last;
    while (found.size() < limit) {
      List<RepositoryName> some = images.images(pattern.prefix(), from, page);
      some.stream()
          .filter(image -> caller.may(Action.PULL, image))
          .limit(limit - found.size())
          .forEach(found::add);
      if (some.size() < page) {
        break;
      }
      from = Optional.of(some.getLast());
    }
    return found;
  }
}
