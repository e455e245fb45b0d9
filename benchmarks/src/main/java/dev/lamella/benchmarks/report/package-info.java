/** What was measured, and how it is shown. */
package dev.lamella.benchmarks.report;
