package dev.lamella.host.source;

import dev.lamella.host.image.ImageName;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which image is meant, where a source holds several.
 *
 * @param names what the source calls it; several for an image with several tags
 */
record Choice<T>(T image, List<String> names) {
  Choice {
    names = List.copyOf(names);
  }

  /**
   * The one that is called as it will be: by name and tag, by the same with a registry's host in
   * front, or by the tag; otherwise the only one.
   */
  static <T> T choose(SourceFiles files, List<Choice<T>> offered, ImageName wanted) {
    String whole = wanted.toString();
    String tag = wanted.reference().toString();
    List<Predicate<String>> rules =
        List.of(whole::equals, name -> name.endsWith("/" + whole), tag::equals);
    for (Predicate<String> rule : rules) {
      List<T> matching =
          offered.stream()
              .filter(choice -> choice.names.stream().anyMatch(rule))
              .map(Choice::image)
              .distinct()
              .toList();
      if (matching.size() == 1) {
        return matching.getFirst();
      }
    }
    List<T> distinct = offered.stream().map(Choice::image).distinct().toList();
    if (distinct.size() == 1) {
      return distinct.getFirst();
    }
    if (distinct.isEmpty()) {
      throw files.bad("it holds no image");
    }
    throw files.bad(
        "it holds %d images and none is called %s: push one of %s by its name"
            .formatted(
                distinct.size(),
                whole,
                offered.stream().map(choice -> String.join(" or ", choice.names)).toList()));
  }
}
