/** What is made of the command's own description: manual pages and the completion of a shell. */
@org.jspecify.annotations.NullMarked
package dev.lamella.dist;
