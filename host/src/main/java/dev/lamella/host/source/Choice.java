package dev.lamella.host.source;

import dev.lamella.host.image.ImageName;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which image is meant, where a source holds several.
 *
 * @param names what the source calls it; several for an image with several tags, none where it has
 *     no name
 * @param digest by which it can be chosen, too: of its manifest, or, in what docker save wrote, of
 *     its configuration
 */
record Choice<T>(T image, List<String> names, String digest) {
  /** So many are named in a message. */
  private static final int MOST_NAMED = 10;

  Choice {
    names = List.copyOf(names);
  }

  /**
   * The one that was asked for by name, digest or {@code @position}; else the one that is called as
   * it will be: by name and tag, by the same with a registry's host in front, or by the tag;
   * otherwise the only one.
   */
  static <T> T choose(
      SourceFiles files, List<Choice<T>> offered, ImageName wanted, Optional<String> asked) {
    if (asked.isPresent()) {
      return asked(offered, asked.get())
          .orElseThrow(
              () -> files.bad("it holds no image '%s'; %s".formatted(asked.get(), all(offered))));
    }
    String whole = wanted.toString();
    String tag = wanted.reference().toString();
    List<Predicate<String>> rules =
        List.of(whole::equals, name -> name.endsWith("/" + whole), tag::equals);
    for (Predicate<String> rule : rules) {
      Optional<T> only = only(offered, choice -> choice.names.stream().anyMatch(rule));
      if (only.isPresent()) {
        return only.get();
      }
    }
    if (offered.isEmpty()) {
      throw files.bad("it holds no image");
    }
    return only(offered, _ -> true)
        .orElseThrow(
            () ->
                files.bad(
                    "it holds %d images, and it is not clear which is %s: choose one by --image; %s"
                        .formatted(offered.size(), whole, all(offered))));
  }

  private static <T> Optional<T> asked(List<Choice<T>> offered, String asked) {
    List<Optional<T>> found =
        List.of(
            IntStream.range(0, offered.size())
                .filter(position -> asked.equals("@" + position))
                .mapToObj(offered::get)
                .map(Choice::image)
                .findFirst(),
            only(offered, choice -> choice.digest.equals(asked)),
            only(offered, choice -> choice.names.contains(asked)));
    return found.stream().flatMap(Optional::stream).findFirst();
  }

  private static <T> Optional<T> only(List<Choice<T>> offered, Predicate<Choice<T>> rule) {
    List<T> matching = offered.stream().filter(rule).map(Choice::image).distinct().toList();
    return matching.size() == 1 ? Optional.of(matching.getFirst()) : Optional.empty();
  }

  private static <T> String all(List<Choice<T>> offered) {
    return IntStream.range(0, Math.min(MOST_NAMED, offered.size()))
        .mapToObj(position -> "@" + position + " is " + offered.get(position).shown())
        .collect(
            Collectors.joining(
                ", ",
                "",
                offered.size() > MOST_NAMED ? " and so on to @" + (offered.size() - 1) : ""));
  }

  private String shown() {
    return names.isEmpty() ? digest : String.join(" or ", names) + " (" + digest + ")";
  }
}
