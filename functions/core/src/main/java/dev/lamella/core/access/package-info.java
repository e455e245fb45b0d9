/** Who asks, and what they may do. */
package dev.lamella.core.access;
