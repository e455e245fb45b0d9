package dev.lamella.core.api;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Grant;
import java.util.List;
import java.util.Optional;

/**
 * Asks for a new account: {@code POST /v1/accounts}.
 *
 * @param secretDays days for which its first secret is good; for ever where empty
 */
public record AccountRequest(
    AccountName name, boolean administrator, List<Grant> grants, Optional<Integer> secretDays) {
  public AccountRequest {
    grants = List.copyOf(grants);
  }
}
