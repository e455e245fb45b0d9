package dev.lamella.core.api;

import java.util.Optional;

/**
 * Asks for another secret of an account: {@code POST /v1/accounts/NAME/secrets}.
 *
 * @param days for which it is good; for ever where empty
 */
public record SecretRequest(Optional<Integer> days) {}
