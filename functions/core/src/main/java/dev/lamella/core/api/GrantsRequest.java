package dev.lamella.core.api;

import dev.lamella.core.access.Grant;
import java.util.List;
import java.util.Optional;

/**
 * Replaces what an account may do: {@code PUT /v1/accounts/NAME/grants}.
 *
 * @param version of the account that is to be changed, where it matters that nobody else changed it
 *     since
 */
public record GrantsRequest(boolean administrator, List<Grant> grants, Optional<String> version) {
  public GrantsRequest {
    grants = List.copyOf(grants);
  }
}
