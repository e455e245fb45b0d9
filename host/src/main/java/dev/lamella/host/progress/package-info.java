/** What a transfer tells whoever looks on. Uses no other package of the host. */
package dev.lamella.host.progress;
