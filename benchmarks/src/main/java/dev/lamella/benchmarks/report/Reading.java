package dev.lamella.benchmarks.report;

/** Something that has no target and nothing to be compared with. */
public record Reading(String name, double microseconds) {}
