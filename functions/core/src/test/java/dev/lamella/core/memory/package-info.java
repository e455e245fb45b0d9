/** The ports in memory, for tests: as the AWS adapters behave, without their limits. */
package dev.lamella.core.memory;
