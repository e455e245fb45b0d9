package dev.lamella.host.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image as users write it, with the store before it where they say which, as docker does: {@code
 * 127.0.0.1:5000/team/app:1}.
 *
 * @param store host and port; empty where the name says none
 */
public record FullName(Optional<String> store, ImageName image) {
  /** What is before the first slash is a host where it cannot be part of a repository's name. */
  private static final Pattern HOST =
      Pattern.compile(
          "(localhost|[A-Za-z0-9.-]+:[0-9]{1,5}|\\[[0-9a-fA-F:.]+](?::[0-9]{1,5})?)/(.+)");

  /**
   * @throws dev.lamella.core.Refusal for a name, tag or digest outside its grammar
   */
  public static FullName parse(String text) {
    Matcher parts = HOST.matcher(text);
    return parts.matches()
        ? new FullName(Optional.of(parts.group(1)), ImageName.parse(parts.group(2)))
        : new FullName(Optional.empty(), ImageName.parse(text));
  }
}
