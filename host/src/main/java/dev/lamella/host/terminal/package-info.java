/** What a person sees: bars, tables, bytes. Uses push and pull for their reports, and progress. */
package dev.lamella.host.terminal;
