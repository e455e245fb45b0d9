package dev.lamella.core.api;

import dev.lamella.core.Digest;

/** What an assembler is asked for: one stored layer. */
public record AssemblyRequest(Digest layer) {}
