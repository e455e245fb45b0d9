package dev.lamella.core.api;

import java.util.List;
import java.util.Optional;

/**
 * A page of accounts in order of their names: {@code GET /v1/accounts}.
 *
 * @param next where the page after this one begins, for {@code ?last=}; empty for the last
 */
public record AccountList(List<AccountAnswer> accounts, Optional<String> next) {
  public AccountList {
    accounts = List.copyOf(accounts);
  }
}
