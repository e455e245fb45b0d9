package dev.lamella.local.gateway;

import java.util.Set;

/** A REST API's BinaryMediaTypes. */
final class MediaTypes {
  private MediaTypes() {}

  /** Whether one of them is that type, or a wildcard over it. */
  static boolean matches(Set<String> patterns, String type) {
    return patterns.contains("*/*")
        || patterns.contains(type)
        || patterns.contains(type.split("/", 2)[0] + "/*");
  }
}
