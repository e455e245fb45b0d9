package dev.lamella.host.image;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What an image is for, in the one form that containerd gives to the names in use: {@code x86_64}
 * is {@code amd64}, {@code aarch64} and {@code arm64/v8} are {@code arm64}, {@code armhf} is {@code
 * arm/v7}.
 *
 * @param variant empty where the architecture alone says it
 * @param osVersion as {@code windows(10.0.17763)/amd64} says it, or an index
 */
public record Platform(String os, String architecture, String variant, Optional<String> osVersion) {
  private static final Pattern OS = Pattern.compile("([a-z0-9_.-]+)(?:\\(([a-z0-9_.-]+)\\))?");
  private static final Pattern WORD = Pattern.compile("[a-z0-9_.-]+");
  private static final Pattern LEVEL = Pattern.compile("v(\\d{1,3})(?:\\.(\\d{1,3}))?");
  private static final int MINORS = 1_000;

  public Platform {
    os = lower(os).equals("macos") ? "darwin" : lower(os);
    String[] normal = normal(lower(architecture), lower(variant));
    architecture = normal[0];
    variant = normal[1];
  }

  private static String[] normal(String architecture, String variant) {
    return switch (architecture) {
      case "i386", "x86" -> new String[] {"386", ""};
      case "amd64", "x86_64", "x86-64" -> new String[] {"amd64", without("v1", variant)};
      case "arm64", "aarch64" -> new String[] {"arm64", without("v8", version(variant))};
      case "armhf" -> new String[] {"arm", "v7"};
      case "armel" -> new String[] {"arm", "v6"};
      case "arm" -> new String[] {"arm", variant.isEmpty() ? "v7" : version(variant)};
      default -> new String[] {architecture, variant};
    };
  }

  private static String without(String base, String variant) {
    return variant.equals(base) || variant.equals(base + ".0") ? "" : variant;
  }

  private static String version(String variant) {
    return variant.matches("\\d.*") ? "v" + variant : variant;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /**
   * @param text {@code os/architecture} or {@code os/architecture/variant}
   * @throws IllegalArgumentException where it is neither
   */
  public static Platform parse(String text) {
    List<String> parts = List.of(lower(text).split("/", -1));
    Matcher os = OS.matcher(parts.getFirst());
    if (parts.size() < 2
        || parts.size() > 3
        || !os.matches()
        || !parts.stream().skip(1).allMatch(part -> WORD.matcher(part).matches())) {
      throw new IllegalArgumentException(
          "a platform is os/architecture such as linux/arm64, not '" + text + "'");
    }
    return new Platform(
        os.group(1),
        parts.get(1),
        parts.size() == 3 ? parts.get(2) : "",
        Optional.ofNullable(os.group(2)));
  }

  /** Linux on this machine's processor, which is what its containers run on. */
  public static Platform ofThisMachine() {
    return new Platform("linux", System.getProperty("os.arch", "amd64"), "", Optional.empty());
  }

  /** What an index says of an entry, or a config of its image; empty where it does not say it. */
  static Optional<Platform> of(JsonNode json) {
    String os = json.path("os").asString("");
    String architecture = json.path("architecture").asString("");
    return os.isEmpty() || architecture.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Platform(
                os,
                architecture,
                json.path("variant").asString(""),
                Optional.of(json.path("os.version").asString(""))
                    .filter(version -> !version.isEmpty())));
  }

  /**
   * How far an image for another platform is from what was asked for: 0 for the same, more for an
   * older variant, which newer processors run; empty where it does not fit. Other architectures
   * never do, though some processors run them.
   */
  OptionalInt distance(Platform offered) {
    if (!os.equals(offered.os)
        || !architecture.equals(offered.architecture)
        || !fitsVersion(offered)) {
      return OptionalInt.empty();
    }
    OptionalInt wanted = level();
    OptionalInt has = offered.level();
    if (wanted.isEmpty() || has.isEmpty()) {
      return variant.equals(offered.variant) ? OptionalInt.of(0) : OptionalInt.empty();
    }
    return has.getAsInt() <= wanted.getAsInt()
        ? OptionalInt.of(wanted.getAsInt() - has.getAsInt())
        : OptionalInt.empty();
  }

  /** What the images of an index are for, by digest; only of those of which it says so. */
  public static Map<String, String> named(JsonNode index) {
    Map<String, String> platforms = new HashMap<>();
    for (JsonNode entry : index.path("manifests")) {
      of(entry.path("platform"))
          .ifPresent(
              platform -> platforms.put(entry.path("digest").asString(""), platform.toString()));
    }
    return platforms;
  }

  /** A version stands for all that it begins: 10.0.17763 for 10.0.17763.5329. */
  private boolean fitsVersion(Platform offered) {
    return osVersion.isEmpty()
        || offered.osVersion.isEmpty()
        || (offered.osVersion.get() + ".").startsWith(osVersion.get() + ".");
  }

  private OptionalInt level() {
    String said =
        switch (architecture) {
          case "amd64" -> variant.isEmpty() ? "v1" : variant;
          case "arm64" -> variant.isEmpty() ? "v8" : variant;
          case "arm" -> variant;
          default -> "";
        };
    Matcher level = LEVEL.matcher(said);
    if (!level.matches()) {
      return OptionalInt.empty();
    }
    int minor = level.group(2) == null ? 0 : Integer.parseInt(level.group(2));
    return OptionalInt.of(Integer.parseInt(level.group(1)) * MINORS + minor);
  }

  @Override
  public String toString() {
    return os
        + osVersion.map(version -> "(" + version + ")").orElse("")
        + "/"
        + architecture
        + (variant.isEmpty() ? "" : "/" + variant);
  }
}
