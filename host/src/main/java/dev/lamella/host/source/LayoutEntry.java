package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an index of a layout names.
 *
 * @param names that its annotations give it
 */
record LayoutEntry(Descriptor descriptor, List<String> names) {
  /** The tag of the list of what refers to a digest (OCI Distribution Specification 1.1). */
  private static final Pattern FALLBACK = Pattern.compile("sha(256|512)-[0-9a-f]{64,128}");

  LayoutEntry {
    names = List.copyOf(names);
  }

  /** Whether it lists what refers to a manifest: what regctl writes. */
  boolean isListOfReferrers() {
    return names.stream().anyMatch(name -> FALLBACK.matcher(name).matches());
  }
}
