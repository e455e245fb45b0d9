/**
 * The host agent: clients speak the OCI API to it, and it speaks the parallel API to the store.
 * Uses transfer, store, work, progress and outcome.
 */
package dev.lamella.host.agent;
