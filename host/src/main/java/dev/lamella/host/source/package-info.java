/**
 * Images on this machine that are to be pushed, read where they are. Uses transfer, image and
 * outcome.
 */
package dev.lamella.host.source;
