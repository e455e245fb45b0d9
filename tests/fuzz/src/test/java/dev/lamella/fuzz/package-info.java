/** What is read from outside, read from bytes that nobody wrote. */
@NullMarked
package dev.lamella.fuzz;

import org.jspecify.annotations.NullMarked;
