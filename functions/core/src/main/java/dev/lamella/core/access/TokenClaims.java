package dev.lamella.core.access;

import java.time.Instant;

/**
 * What a token says.
 *
 * @param id another for each token
 * @param expires not in it any more
 */
public record TokenClaims(
    String id, AccountName account, Access access, Instant issued, Instant expires) {}
