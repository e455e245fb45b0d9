/**
 * How a command ends: exit codes, and the exception that carries one. Uses no other package of the
 * host.
 */
package dev.lamella.host.outcome;
