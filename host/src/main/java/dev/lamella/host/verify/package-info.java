/** Waits for a verification at the store, and tells what it found. */
package dev.lamella.host.verify;
