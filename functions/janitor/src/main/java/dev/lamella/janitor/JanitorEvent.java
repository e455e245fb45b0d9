package dev.lamella.janitor;

import java.util.Optional;

/**
 * What starts the janitor: a schedule's event, which has no such field, or somebody who asked.
 *
 * @param collection id of the run to go on with; empty for the one that runs, or a new one
 * @param full whether a new one also looks at everything that the storage servers hold
 */
record JanitorEvent(Optional<String> collection, Optional<Boolean> full) {}
