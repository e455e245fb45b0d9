/** Locks between processes, and between the threads of one. Uses no other package of the host. */
package dev.lamella.host.lock;
