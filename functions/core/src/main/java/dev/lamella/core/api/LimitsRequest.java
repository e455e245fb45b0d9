package dev.lamella.core.api;

import dev.lamella.core.access.Limits;

/** Replaces the limits of an account: {@code PUT /v1/accounts/NAME/limits}. */
public record LimitsRequest(Limits limits) {}
