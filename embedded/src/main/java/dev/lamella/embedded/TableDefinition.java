package dev.lamella.embedded;

import java.util.Map;
import java.util.Optional;

/**
 * A table to be created.
 *
 * @param request what the CreateTable call takes: CloudFormation's properties have the same names
 * @param timeToLive the attribute that ends an item, if one is enabled
 */
public record TableDefinition(
    String name, Map<String, Object> request, Optional<String> timeToLive) {

  public TableDefinition {
    request = Map.copyOf(request);
  }
}
