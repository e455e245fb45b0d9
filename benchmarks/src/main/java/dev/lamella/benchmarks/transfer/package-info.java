/** Whole pushes and pulls on the embedded stack, against simpler ways to move the same bytes. */
package dev.lamella.benchmarks.transfer;
