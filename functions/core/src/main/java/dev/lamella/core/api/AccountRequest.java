package dev.lamella.core.api;

import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TrustRule;
import java.util.List;
import java.util.Optional;

/**
 * Asks for a new account: {@code POST /v1/accounts}.
 *
 * @param secretDays days for which its first secret is good; for ever where empty
 * @param trusts whom it takes without a secret: then none is made
 */
public record AccountRequest(
    AccountName name,
    boolean administrator,
    List<Grant> grants,
    Optional<Integer> secretDays,
    Optional<List<TrustRule>> trusts) {
  public AccountRequest {
    grants = List.copyOf(grants);
    trusts = trusts.map(List::copyOf);
  }
}
