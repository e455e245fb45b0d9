/** The lamella command: arguments in, lines and exit codes out. Uses all packages below it. */
package dev.lamella.host;
