package dev.lamella.host.source;

import dev.lamella.core.Descriptor;
import dev.lamella.host.image.DigestTag;
import java.util.List;

/**
 * What an index of a layout names.
 *
 * @param names that its annotations give it
 */
record LayoutEntry(Descriptor descriptor, List<String> names) {
  LayoutEntry {
    names = List.copyOf(names);
  }

  /** Whether it lists what refers to a manifest: what regctl writes. */
  boolean isListOfReferrers() {
    return names.stream().anyMatch(DigestTag::isOfList);
  }

  /** Whether it is about another image, by its tag. */
  boolean isAttached() {
    return names.stream().anyMatch(DigestTag::isAttached);
  }
}
