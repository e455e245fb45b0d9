package dev.lamella.core.api;

import dev.lamella.core.NamePattern;
import dev.lamella.core.report.Budget;
import java.util.Optional;

/**
 * {@code POST /v1/verifications}: starts a verification job, or finds the one that runs.
 *
 * @param deep whether shards are read, and not only asked for
 * @param name of an image, or a pattern of names; absent for the whole store
 * @param budget absent for the usual one
 */
public record VerificationRequest(
    boolean deep, Optional<NamePattern> name, Optional<Budget> budget) {}
