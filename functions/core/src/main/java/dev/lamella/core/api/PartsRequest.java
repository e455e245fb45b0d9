package dev.lamella.core.api;

import dev.lamella.core.Refusal;
import dev.lamella.core.Slicing;
import dev.lamella.core.chain.Link;
import java.util.List;

/**
 * {@code POST /v1/uploads/{id}/parts}: parts that are staged, and the link of the digest chain that
 * each makes.
 *
 * @param staged part indexes, at most 10,000
 * @param links as many as {@code staged}, in the same order, or none
 */
public record PartsRequest(List<Integer> staged, List<Link> links) {
  /**
   * @throws Refusal {@code SIZE_INVALID} where a list is longer than a layer can have shards
   */
  public PartsRequest {
    Slicing.requireList("staged", staged.size());
    Slicing.requireList("links", links.size());
    staged = List.copyOf(staged);
    links = List.copyOf(links);
  }
}
