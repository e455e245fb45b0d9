package dev.lamella.benchmarks.report;

/** Something that has no target. */
public record Reading(String name, double value, String unit) {}
