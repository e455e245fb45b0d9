/** Finds what nothing leads to: objects without a record, and records without an owner. */
package dev.lamella.core.orphan;
