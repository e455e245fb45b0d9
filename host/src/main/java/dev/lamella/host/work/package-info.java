/** Tasks on virtual threads, and a bound on how many work at once. Uses outcome. */
package dev.lamella.host.work;
